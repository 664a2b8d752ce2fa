import { type EtaOrder, estimateArrivals, travelSeconds, walkStops } from '../../domain/eta.ts';
import { distance, type Location } from '../../domain/geo.ts';
import { isCarried } from '../../domain/order-status.ts';
import type { DriverRecord, Eta, VehicleType } from '../../domain/orders.ts';

/** So far a vehicle is sent with one order, in metres from pickup to dropoff; null is any distance. */
const REACH: Record<VehicleType, number | null> = {
  foot: 3000,
  bicycle: 8000,
  motorcycle: 40_000,
  car: null,
  van: null,
};
/** What speaks against a driver, as the seconds of a detour that it weighs as much as. */
const OFFLINE = 7200;
const TOO_FAR = 7200;
const DECLINED = 3600;
const NO_LOCATION = 1800;
/** A stop of which nobody can tell how long it takes. */
const UNKNOWN_ORDER = 1200;
/** A location is as good as new for so long, and at some age it is only as good as none. */
const FRESH_SECONDS = 60;

/** Each with the `seconds` that it adds to the driver's score; those that add none speak for the driver. */
export type Reason =
  | { code: 'travel'; seconds: number; metres: number }
  | { code: 'no_location'; seconds: number }
  | { code: 'location_age'; seconds: number; age: number }
  | { code: 'active_orders'; seconds: number; count: number; carried: number }
  | { code: 'available' | 'offline'; seconds: number }
  | { code: 'vehicle_fits' | 'vehicle_out_of_reach'; seconds: number; metres: number; reach: number | null }
  | { code: 'declined_before'; seconds: number };

export type Candidate = { driver: DriverRecord; orders: readonly EtaOrder[]; declined: boolean };
export type Suggestion = {
  driver: Pick<DriverRecord, 'id' | 'name' | 'vehicleType' | 'status'>;
  score: number;
  eta: Eta;
  reasons: Reason[];
};
/** The order as the driver would get it, at whose pickup it is handed over; `metres` from there to the dropoff. */
export type Offer = { order: EtaOrder; metres: number | null; now: number };

/**
 * The drivers, the best one first: by the seconds until each is at the pickup after what they already have, and what else
 * is to be said, so that the reasons' seconds add up to the score by which they are ranked.
 */
export function rankDrivers(candidates: readonly Candidate[], offer: Offer): Suggestion[] {
  return candidates
    .map((candidate) => suggestion(candidate, offer))
    .sort((a, b) => a.score - b.score || (a.driver.id < b.driver.id ? -1 : 1));
}

function suggestion(candidate: Candidate, offer: Offer): Suggestion {
  const { id, name, vehicleType, status } = candidate.driver;
  const reasons = reasonsOf(candidate, offer);
  const arrivals = estimateArrivals(candidate.driver, [...candidate.orders, offer.order], offer.now);
  return {
    driver: { id, name, vehicleType, status },
    score: reasons.reduce((sum, { seconds }) => sum + seconds, 0),
    eta: arrivals.get(offer.order.id) ?? { pickup: null, dropoff: null },
    reasons,
  };
}

function reasonsOf({ driver, orders, declined }: Candidate, { order, metres, now }: Offer): Reason[] {
  const { location, vehicleType, status } = driver;
  const reasons: Reason[] = [];
  const pickup = order.pickup.location;
  const direct = location && pickup ? Math.round(travelSeconds(location, pickup, vehicleType)) : null;
  if (location && pickup && direct !== null) {
    reasons.push({ code: 'travel', seconds: direct, metres: Math.round(distance(location, pickup)) });
  }
  if (location === null) reasons.push({ code: 'no_location', seconds: NO_LOCATION });
  else {
    const age = Math.max(0, Math.round((now - Date.parse(location.fixedAt)) / 1000));
    const seconds = age <= FRESH_SECONDS ? 0 : Math.min(age, NO_LOCATION);
    reasons.push({ code: 'location_age', seconds, age });
  }
  if (orders.length > 0) {
    const carried = orders.filter((one) => isCarried(one.status)).length;
    const seconds = waitSeconds(driver, orders, order, direct, now);
    reasons.push({ code: 'active_orders', seconds, count: orders.length, carried });
  }
  const offline = status === 'offline';
  reasons.push({ code: offline ? 'offline' : 'available', seconds: offline ? OFFLINE : 0 });
  if (metres !== null) reasons.push(fitOf(vehicleType, metres));
  if (declined) reasons.push({ code: 'declined_before', seconds: DECLINED });
  return reasons;
}

/** By so much the driver is later at the pickup for the orders that come first. */
function waitSeconds(
  driver: { location: Location | null; vehicleType: VehicleType },
  orders: readonly EtaOrder[],
  order: EtaOrder,
  direct: number | null,
  now: number,
): number {
  let arrival: number | null = null;
  // Without its own time of being ready, which delays every driver alike.
  const { window: _, ...pickup } = order.pickup;
  walkStops(driver, [...orders, { ...order, readyAt: null, pickup }], now, (id, moment) => {
    if (id === order.id) arrival = moment;
  });
  if (arrival === null || direct === null) return orders.length * UNKNOWN_ORDER;
  return Math.max(0, Math.round((arrival - now) / 1000) - direct);
}

function fitOf(vehicleType: VehicleType, metres: number): Reason {
  const reach = REACH[vehicleType];
  const fits = reach === null || metres <= reach;
  return { code: fits ? 'vehicle_fits' : 'vehicle_out_of_reach', seconds: fits ? 0 : TOO_FAR, metres, reach };
}
