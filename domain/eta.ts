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

export type EtaOrder = StopOrder & { pickup: Stop; dropoff: Stop; readyAt: string | null; eta: Eta };
export type EtaDriver = { location: Location | null; vehicleType: VehicleType };

/** Seconds to travel between two points by that vehicle, through streets. */
export function travelSeconds(from: Location, to: Location, vehicle: VehicleType): number {
  return (distance(from, to) * DETOUR) / SPEED[vehicle];
}

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
  let at = driver.location;
  let clock = now;

  const visit = (
    stop: Stop,
    serviceSeconds: number,
    notBefore: string | null | undefined,
  ): TimeRange | null => {
    if (at === null || stop.location === undefined) {
      at = null;
      return null;
    }
    clock += travelSeconds(at, stop.location, driver.vehicleType) * 1000;
    if (notBefore) clock = Math.max(clock, Date.parse(notBefore));
    const range = rangeAround(clock, now);
    clock += serviceSeconds * 1000;
    at = stop.location;
    return range;
  };

  for (const order of inStopOrder(orders)) {
    // Bringing it back tells nobody an arrival, but the stops behind it wait for it.
    if (order.status === 'enroute_to_return') visit(order.pickup, PICKUP_SECONDS, null);
    let pickup: TimeRange | null = null;
    if (isBeforePickup(order.status)) pickup = visit(order.pickup, PICKUP_SECONDS, order.readyAt);
    const dropoff =
      isBeforePickup(order.status) || isCarried(order.status)
        ? visit(order.dropoff, DROPOFF_SECONDS, order.dropoff.window?.from)
        : null;
    arrivals.set(order.id, { pickup, dropoff });
  }
  return arrivals;
}

function rangeAround(arrival: number, now: number): TimeRange {
  const margin = Math.max(((arrival - now) / 1000) * UNCERTAINTY, LEAST_MARGIN_SECONDS) * 1000;
  const minute = 60_000;
  return {
    from: new Date(Math.floor(Math.max(now, arrival - margin) / minute) * minute).toISOString(),
    to: new Date(Math.ceil((arrival + margin) / minute) * minute).toISOString(),
  };
}
