import { z } from 'zod';
import { usualSeconds } from './eta.ts';
import { DRIVER_STATUSES, isBeforePickup, isCarried, type OrderStatus } from './order-status.ts';
import type { OrderRecord } from './orders.ts';

export const LATENESS_STATES = ['on_time', 'at_risk', 'late'] as const;
/** `seconds`: by so much it comes (or came) after what was promised; negative is before. */
export const Lateness = z.object({ state: z.enum(LATENESS_STATES), seconds: z.int() });
export type Lateness = z.infer<typeof Lateness>;

/** While it is in one of these, somebody waits for the promise to be kept. One that failed is told by its status. */
export const PROMISE_STATUSES: readonly OrderStatus[] = [
  'created',
  ...DRIVER_STATUSES.filter((status) => isBeforePickup(status) || isCarried(status)),
];

type PromisedOrder = Pick<
  OrderRecord,
  'status' | 'promisedAt' | 'eta' | 'readyAt' | 'pickup' | 'distance' | 'deliveryTime'
>;

/**
 * How the order stands to what was promised, at `now` (milliseconds since 1970): `late` is past it, `at_risk` will
 * probably be. What was delivered is judged by when. Null without a promise, or when nobody waits for it any more.
 */
export function latenessOf(order: PromisedOrder, now: number): Lateness | null {
  if (order.promisedAt === null) return null;
  const promised = Date.parse(order.promisedAt);
  const after = (moment: number) => Math.round((moment - promised) / 1000);
  if (order.status === 'delivered') {
    if (order.deliveryTime === null) return null;
    const delivered = Date.parse(order.deliveryTime);
    return { state: delivered > promised ? 'late' : 'on_time', seconds: after(delivered) };
  }
  if (!PROMISE_STATUSES.includes(order.status)) return null;
  const expected = Math.max(now, expectedArrival(order, now));
  const state = now > promised ? 'late' : expected > promised ? 'at_risk' : 'on_time';
  return { state, seconds: after(expected) };
}

/** By the estimate; without one, were it picked up as soon as it can be. */
function expectedArrival({ status, eta, readyAt, pickup, distance }: PromisedOrder, now: number): number {
  if (eta.dropoff !== null) return (Date.parse(eta.dropoff.from) + Date.parse(eta.dropoff.to)) / 2;
  if (isCarried(status) || distance === null) return now;
  const fetched = [readyAt, pickup.window?.from].map((moment) => (moment ? Date.parse(moment) : now));
  return Math.max(now, ...fetched) + usualSeconds(distance) * 1000;
}
