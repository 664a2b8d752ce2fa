import type { Location } from '../../domain/geo.ts';
import { aim, type Glide, isAtRest, type Pose, type PoseFix, poseAt } from './glide.ts';
import type { Pixel } from './projection.ts';

export type MapDriver = {
  id: string;
  name: string;
  at: PoseFix;
  /** Their last fix is too old to be trusted. */
  isStale: boolean;
};

/** How the line of an order is coloured; `unassigned` is dashed as well. */
export type OrderTone = 'unassigned' | 'on_time' | 'at_risk' | 'late';

export type MapOrder = {
  id: string;
  label: string;
  pickup: Location | null;
  dropoff: Location | null;
  /** The driver who brings it: then its line starts where they are. */
  carrier: string | null;
  tone: OrderTone;
  isSelected: boolean;
};

export type FleetPlaces = {
  drivers: readonly MapDriver[];
  orders: readonly MapOrder[];
  /** The way an order went. */
  trail: readonly Location[];
};

export type Mark = { type: 'driver' | 'order'; id: string };

/** What is on the map and where it is just now: drivers glide from fix to fix. */
export class FleetScene {
  places: FleetPlaces = { drivers: [], orders: [], trail: [] };
  #glides = new Map<string, Glide>();
  #drivers = new Map<string, MapDriver>();

  /** `now` is of the page's clock in milliseconds; with `jump` nothing glides. */
  show(places: FleetPlaces, now: number, jump: boolean): void {
    this.places = places;
    const glides = new Map<string, Glide>();
    for (const { id, at } of places.drivers) glides.set(id, aim(this.#glides.get(id) ?? null, at, now, jump));
    this.#glides = glides;
    this.#drivers = new Map(places.drivers.map((driver) => [driver.id, driver]));
  }

  driver(id: string | null): MapDriver | undefined {
    return id === null ? undefined : this.#drivers.get(id);
  }

  poseOf({ id, at }: MapDriver, now: number): Pose {
    const glide = this.#glides.get(id);
    return glide === undefined ? at : poseAt(glide, now);
  }

  isAtRest(now: number): boolean {
    for (const glide of this.#glides.values()) if (!isAtRest(glide, now)) return false;
    return true;
  }

  /** What is drawn at that pixel: of drivers and stops within reach the nearest, drivers before stops. */
  markAt(pixel: Pixel, project: (at: Location) => Pixel, now: number, only?: Mark['type']): Mark | null {
    const distance = (at: Location): number => {
      const { x, y } = project(at);
      return Math.hypot(x - pixel.x, y - pixel.y);
    };
    const drivers = this.places.drivers.map((driver) => ({
      mark: { type: 'driver' as const, id: driver.id },
      pixels: distance(this.poseOf(driver, now)),
    }));
    const driver = nearest(drivers, only === 'driver' ? DROP_REACH : REACH);
    if (driver !== null || only === 'driver') return driver;
    const stops = this.places.orders.flatMap(({ id, pickup, dropoff }) =>
      [dropoff, pickup]
        .filter((at) => at !== null)
        .map((at) => ({ mark: { type: 'order' as const, id }, pixels: distance(at) })),
    );
    return nearest(stops, REACH);
  }
}

/** In pixels: of a click, and of something that is dropped, which hides what is below it. */
const REACH = 16;
const DROP_REACH = 36;

function nearest(marks: readonly { mark: Mark; pixels: number }[], reach: number): Mark | null {
  let best: { mark: Mark; pixels: number } | null = null;
  for (const mark of marks) {
    if (mark.pixels <= reach && (best === null || mark.pixels < best.pixels)) best = mark;
  }
  return best?.mark ?? null;
}
