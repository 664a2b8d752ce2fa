import type { Location } from '../domain/geo.ts';
import type { Eta } from '../domain/orders.ts';
import type { FleetFlush } from '../domain/room-events.ts';
import { encodeTrail, type TrailPoint } from '../domain/trail.ts';

type LastLocation = Location & { heading: number | null; speed: number | null; fixedAt: string };

/** A chunk of this many points is closed and the next one begun: a phone tracker may hand in a thousand at once. */
const CHUNK_POINTS = 500;
/** While functions is down, so many chunks are kept (about an hour of a hundred drivers), the oldest lost first. */
const KEPT_CHUNKS = 36_000;
/** One flush is no more than this many chunks and characters, far from the 8 MB that functions takes. */
const FLUSH_CHUNKS = 2_000;
const FLUSH_LENGTH = 4_000_000;

/**
 * What a fleet room will write behind itself. What could not be written is given back with `restore` and goes along next
 * time: a chunk is named by its driver and first point, so that writing it twice is writing it once.
 */
export class FlushBuffer {
  #points = new Map<string, TrailPoint[]>();
  #trails: FleetFlush['trails'] = [];
  #locations = new Map<string, LastLocation>();
  #etas = new Map<string, Eta>();
  /** Chunks thrown away because nobody took them. */
  lost = 0;

  get empty(): boolean {
    const waiting = this.#points.size + this.#trails.length + this.#locations.size + this.#etas.size;
    return waiting === 0;
  }

  /** Chunks that did not go along with the last `take` still wait. */
  get hasBacklog(): boolean {
    return this.#trails.length > 0;
  }

  addFix(driverId: string, at: LastLocation): void {
    const points = this.#points.get(driverId) ?? [];
    points.push({ lat: at.lat, lng: at.lng, at: Date.parse(at.fixedAt) });
    this.#points.set(driverId, points);
    this.#locations.set(driverId, at);
    if (points.length >= CHUNK_POINTS) this.#close(driverId, points);
  }

  setEta(orderId: string, eta: Eta): void {
    this.#etas.set(orderId, eta);
  }

  /** What waits, in the shape that functions takes: all of it but the chunks that are too many for one flush. */
  take(): FleetFlush {
    for (const [driverId, points] of this.#points) this.#close(driverId, points);
    const locations = [...this.#locations].map(([driverId, { lat, lng, heading, speed, fixedAt }]) => ({
      driverId,
      lat,
      lng,
      heading,
      speed,
      fixedAt,
    }));
    const etas = [...this.#etas].map(([orderId, eta]) => ({ orderId, eta }));
    const trails = this.#trails.splice(0, this.#fitting());
    this.#locations.clear();
    this.#etas.clear();
    return { trails, locations, etas };
  }

  /** Gives back what could not be written. What has come since is newer. */
  restore({ trails, locations, etas }: FleetFlush): void {
    this.#trails = [...trails, ...this.#trails];
    const surplus = Math.max(0, this.#trails.length - KEPT_CHUNKS);
    this.#trails.splice(0, surplus);
    this.lost += surplus;
    for (const { driverId, ...location } of locations) {
      if (!this.#locations.has(driverId)) this.#locations.set(driverId, location);
    }
    for (const { orderId, eta } of etas) if (!this.#etas.has(orderId)) this.#etas.set(orderId, eta);
  }

  /** How many chunks, the oldest first, go along in one flush. */
  #fitting(): number {
    let length = 0;
    const over = this.#trails.findIndex(({ points }, i) => {
      length += points.length;
      return i === FLUSH_CHUNKS || (i > 0 && length > FLUSH_LENGTH);
    });
    return over === -1 ? this.#trails.length : over;
  }

  #close(driverId: string, points: TrailPoint[]): void {
    this.#points.delete(driverId);
    const [first] = points;
    if (first === undefined) return;
    this.#trails.push({
      driverId,
      startedAt: new Date(first.at).toISOString(),
      points: btoa(String.fromCharCode(...encodeTrail(points))),
    });
  }
}
