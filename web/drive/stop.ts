import { inStopOrder } from '../../domain/next-stop.ts';
import { isBeforePickup, type OrderStatus, type ReasonCode, UNDO } from '../../domain/order-status.ts';
import type { OrderForDriver, Stop } from '../../domain/orders.ts';
import type { OutboxItem } from './outbox/item.ts';
import { inOrder } from './outbox/queue.ts';

/** Where an order takes its driver now, and the one thing to do there. */
export type DriverStop = {
  order: OrderForDriver;
  leg: 'pickup' | 'dropoff' | 'return';
  place: Stop;
  /** What comes next on the usual way. */
  next: OrderStatus;
  /** Whether a slip of the thumb would cost something: then it is slid. */
  isFinal: boolean;
};

const NEXT: Partial<Record<OrderStatus, OrderStatus>> = {
  assigned: 'arrived_at_pickup',
  enroute_to_pickup: 'arrived_at_pickup',
  arrived_at_pickup: 'picked_up',
  picked_up: 'arrived_at_dropoff',
  enroute_to_dropoff: 'arrived_at_dropoff',
  arrived_at_dropoff: 'delivered',
  failed: 'enroute_to_return',
  enroute_to_return: 'returned',
};

/** What setting off to the stop is called, for who opens the navigation. */
export const SETTING_OFF: Partial<Record<OrderStatus, OrderStatus>> = {
  assigned: 'enroute_to_pickup',
  picked_up: 'enroute_to_dropoff',
};

/** The stop of an order that the driver has, or null when there is nothing to do with it any more. */
export function stopOf(order: OrderForDriver): DriverStop | null {
  const next = NEXT[order.status];
  if (next === undefined) return null;
  const isReturn = order.status === 'failed' || order.status === 'enroute_to_return';
  const leg = isReturn ? 'return' : isBeforePickup(order.status) ? 'pickup' : 'dropoff';
  const place = leg === 'dropoff' ? order.dropoff : order.pickup;
  return { order, leg, place, next, isFinal: next === 'delivered' || next === 'returned' };
}

/** Whether the hand-over needs more than a word: then a sheet asks for it. */
export function needsHandOver({ proof, cashOnDelivery }: OrderForDriver): boolean {
  return Boolean(proof?.photo || proof?.signature || proof?.pin || cashOnDelivery);
}

/** Why a delivery failed, and why an order is declined: what of the codes a driver can know. */
export const FAIL_REASONS = [
  'customer_absent',
  'customer_unreachable',
  'customer_refused',
  'wrong_address',
  'damaged',
  'accident',
  'other',
] as const satisfies readonly ReasonCode[];
export const DECLINE_REASONS = ['accident', 'not_ready', 'other'] as const satisfies readonly ReasonCode[];

/** The orders as they are once all that waits has been sent: what the driver did is so, network or not. */
export function withWaiting(
  orders: readonly OrderForDriver[],
  waiting: readonly OutboxItem[],
): OrderForDriver[] {
  let shown = [...orders];
  for (const { action, at } of inOrder(waiting)) {
    if (action.kind === 'status') {
      shown = shown.map((order) =>
        order.id === action.orderId ? { ...order, status: action.status, statusAt: at } : order,
      );
    }
    if (action.kind === 'stops') {
      const places = new Map(action.orderIds.map((id, index) => [id, index + 1]));
      shown = shown.map((order) => ({ ...order, stopSequence: places.get(order.id) ?? order.stopSequence }));
    }
  }
  return shown;
}

/** The stops that are left, the next one first. One that failed comes last: it waits until the others are done. */
export function stopsLeft(orders: readonly OrderForDriver[]): DriverStop[] {
  const stops = inStopOrder(orders)
    .map(stopOf)
    .filter((stop) => stop !== null);
  return [...stops.filter((stop) => stop.order.status !== 'failed'), ...stops.filter(isFailed)];
}

/** Whether its place is the driver's to choose: not while they are heading there, nor after it failed. */
export const isMovable = ({ order }: DriverStop): boolean =>
  order.status === 'assigned' || order.status === 'picked_up';

const isFailed = ({ order }: DriverStop): boolean => order.status === 'failed';

/** The order whose last step can still be taken back, newest first; the server allows ten minutes, we one less. */
export function undoable(orders: readonly OrderForDriver[], now: number): OrderForDriver | null {
  const recent = orders
    .filter(({ status, statusAt }) => UNDO.from.includes(status) && now - Date.parse(statusAt) < UNDO_MS)
    .sort((a, b) => Date.parse(b.statusAt) - Date.parse(a.statusAt));
  return recent[0] ?? null;
}
const UNDO_MS = (UNDO.seconds - 60) * 1000;
