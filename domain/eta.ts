import { distance, type Location } from './geo.ts';
import { inStopOrder, type StopOrder } from './next-stop.ts';
import { isBeforePickup, isCarried } from './order-status.ts';
import type { Eta, Stop, TimeRange, VehicleType } from './orders.ts';

/** Typical door-to-door speed in a city, m/s: 5, 14, 26, 22 and 20 km/h. */
const SPEED: Record<VehicleType, number> = { foot: 1.4, bicycle: 3.9, motorcycle: 7.2, car: 6.1, van: 5.6 };
/** Streets are longer than the straight line by about this much. */
const DETOUR = 1.35;
const PICKUP_SECONDS = 120;
const DROPOFF_SECONDS = 180;
/** The range told is the estimate ± a fifth of the time left, and never narrower than ± 3 minutes. */
const UNCERTAINTY = 0.2;
const LEAST_MARGIN_SECONDS = 180;

/** What is reckoned with while nobody knows who will bring it, or by what. */
const ANY_VEHICLE: VehicleType = 'motorcycle';
/** Until a driver is found and at the pickup. */
const DISPATCH_SECONDS = 600;

export type EtaOrder = StopOrder & { pickup: Stop; dropoff: Stop; readyAt: string | null; eta: Eta };
export type EtaDriver = { location: Location | null; vehicleType: VehicleType };

/** Seconds to travel so many metres of straight line by that vehicle, through streets. */
const streetSeconds = (metres: number, vehicle: VehicleType): number => (metres * DETOUR) / SPEED[vehicle];

/** Seconds to travel between two points by that vehicle, through streets. */
export function travelSeconds(from: Location, to: Location, vehicle: VehicleType): number {
  return streetSeconds(distance(from, to), vehicle);
}

/** Seconds from arriving at the pickup to arriving at the dropoff so many metres away, by no vehicle in particular. */
export const usualSeconds = (metres: number): number => PICKUP_SECONDS + streetSeconds(metres, ANY_VEHICLE);

/**
 * The arrival ranges of each of a driver's active orders, walked in stop order from where the driver is.
 * What cannot be told (no fix yet, a stop without a location) is null, and so is all that comes behind it.
 * `now` is milliseconds since 1970.
 */
export function estimateArrivals(
  driver: EtaDriver,
  orders: readonly EtaOrder[],
  now: number,
): Map<string, Eta> {
  const arrivals = new Map<string, Eta>();
  const range = (arrival: number | null) =>
    arrival === null ? null : rangeAround(arrival, (arrival - now) / 1000, now);
  walkStops(driver, orders, now, (id, pickup, dropoff) =>
    arrivals.set(id, { pickup: range(pickup), dropoff: range(dropoff) }),
  );
  return arrivals;
}

/** As `estimateArrivals`, of which this is the middle: moments in milliseconds since 1970, told to `visit` in stop order. */
export function walkStops(
  driver: EtaDriver,
  orders: readonly EtaOrder[],
  now: number,
  visit: (orderId: string, pickup: number | null, dropoff: number | null) => void,
): void {
  let at = driver.location;
  let clock = now;

  const arriveAt = (stop: Stop, serviceSeconds: number, ...notBefore: Moment[]): number | null => {
    if (at === null || stop.location === undefined) {
      at = null;
      return null;
    }
    clock += travelSeconds(at, stop.location, driver.vehicleType) * 1000;
    for (const moment of notBefore) if (moment) clock = Math.max(clock, Date.parse(moment));
    const arrival = clock;
    clock += serviceSeconds * 1000;
    at = stop.location;
    return arrival;
  };

  for (const order of inStopOrder(orders)) {
    const { id, status, pickup, dropoff, readyAt } = order;
    // Bringing it back tells nobody an arrival, but the stops behind it wait for it.
    if (status === 'enroute_to_return') arriveAt(pickup, PICKUP_SECONDS);
    const fetched = isBeforePickup(status)
      ? arriveAt(pickup, PICKUP_SECONDS, readyAt, pickup.window?.from)
      : null;
    const brought =
      isBeforePickup(status) || isCarried(status)
        ? arriveAt(dropoff, DROPOFF_SECONDS, dropoff.window?.from)
        : null;
    visit(id, fetched, brought);
  }
}

type Moment = string | null | undefined;

export type QuoteTimes = {
  /** Between the stops as the crow flies. */
  metres: number;
  /** When it can be picked up, and not before when it may be brought; milliseconds since 1970, as `now`. */
  readyAt: number;
  notBefore: number;
  window: TimeRange | undefined;
  now: number;
};
export type QuoteEta = { pickup: TimeRange; dropoff: TimeRange } | { tooSoon: number };

/**
 * When a delivery that no driver has yet would be picked up and brought. With a window, that is told, but for the part of
 * it that cannot be kept. `tooSoon`: no part can; it is the earliest arrival.
 */
export function estimateQuote({ metres, readyAt, notBefore, window, now }: QuoteTimes): QuoteEta {
  const way = usualSeconds(metres);
  const pickup = Math.max(readyAt, now + DISPATCH_SECONDS * 1000, notBefore - way * 1000);
  const dropoff = pickup + way * 1000;
  const told = {
    pickup: rangeAround(pickup, DISPATCH_SECONDS, Math.max(readyAt, now)),
    dropoff: rangeAround(dropoff, DISPATCH_SECONDS + way, Math.max(notBefore, now)),
  };
  if (window === undefined) return told;
  const [opens, closes] = [Date.parse(window.from), Date.parse(window.to)];
  if (dropoff > closes) return { tooSoon: dropoff };
  const from = Math.max(opens, Date.parse(told.dropoff.from));
  const iso = (moment: number) => new Date(Math.max(moment, pickup)).toISOString();
  return {
    pickup: { from: iso(from - way * 1000), to: iso(closes - way * 1000) },
    dropoff: { from: new Date(from).toISOString(), to: new Date(closes).toISOString() },
  };
}

/** `seconds` is how much of it is still uncertain; it is not told to be before `earliest`. */
function rangeAround(arrival: number, seconds: number, earliest: number): TimeRange {
  const margin = Math.max(seconds * UNCERTAINTY, LEAST_MARGIN_SECONDS) * 1000;
  const minute = 60_000;
  return {
    from: new Date(Math.floor(Math.max(earliest, arrival - margin) / minute) * minute).toISOString(),
    to: new Date(Math.ceil((arrival + margin) / minute) * minute).toISOString(),
  };
}
