import { isActive } from '../../../domain/order-status.ts';
import type { OrderForManager } from '../../../domain/orders.ts';
import { type LatenessState, latenessStateOf } from './lateness.ts';

/** An order's stretch of a lane; `from` and `to` are shares of its width, 0 to 1. */
export type Block = {
  orderId: string;
  from: number;
  to: number;
  row: number;
  lateness: LatenessState | null;
};
export type Lane = { blocks: Block[]; rows: number; unestimated: string[] };

/** The lane shows this much time before and after now, in milliseconds. */
export const BEFORE_MS = 30 * 60_000;
export const AFTER_MS = 90 * 60_000;
/** Where "now" is in the lane's width. */
export const NOW_SHARE = BEFORE_MS / (BEFORE_MS + AFTER_MS);

/** Shorter ones could not be seen nor pressed. */
const LEAST_SHARE = 0.06;

/** One driver's orders in time: from the pickup to the arrival, as estimated. Those that overlap lie in rows. */
export function laneOf(orders: Iterable<OrderForManager>, driverId: string, now: number): Lane {
  const own = [...orders].filter((order) => order.driverId === driverId && isActive(order.status));
  const timed = own.flatMap((order) => {
    const times = timesOf(order, now);
    return times === null ? [] : [{ order, ...times }];
  });
  timed.sort((a, b) => a.from - b.from || a.order.number - b.order.number);
  const ends: number[] = [];
  const blocks = timed.flatMap(({ order, from: start, to: end }) => {
    const from = Math.max(0, shareOf(start, now));
    if (from >= 1) return [];
    const to = Math.min(1, Math.max(shareOf(end, now), from + LEAST_SHARE));
    const free = ends.findIndex((taken) => taken <= from);
    const row = free === -1 ? ends.length : free;
    ends[row] = to;
    return [{ orderId: order.id, from, to, row, lateness: latenessStateOf(order, now) }];
  });
  const shown = new Set(blocks.map(({ orderId }) => orderId));
  const unestimated = own.filter(({ id }) => !shown.has(id)).map(({ id }) => id);
  return { blocks, rows: Math.max(1, ends.length), unestimated };
}

/** Where a moment lies in the lane; outside of 0 to 1 it is not shown. */
export const shareOf = (moment: number, now: number): number =>
  (moment - (now - BEFORE_MS)) / (BEFORE_MS + AFTER_MS);

function timesOf({ eta, pickupTime, statusAt }: OrderForManager, now: number) {
  if (eta.dropoff === null) return null;
  const from = Date.parse(pickupTime ?? eta.pickup?.from ?? statusAt);
  // An estimate that is over already says: any moment.
  return { from: Math.min(from, now + AFTER_MS), to: Math.max(Date.parse(eta.dropoff.to), now) };
}
