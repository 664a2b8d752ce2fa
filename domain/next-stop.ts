import { isBeforePickup, isCarried, type OrderStatus } from './order-status.ts';

/** What must be known of a driver's order to tell where the driver goes next. */
export type StopOrder = { id: string; status: OrderStatus; stopSequence: number | null; statusAt: string };

export type NextStop = { orderId: string; leg: 'pickup' | 'dropoff' | 'return' };

/** The driver has said that they are going there, or are there. */
const HEADING: readonly OrderStatus[] = [
  'enroute_to_pickup',
  'arrived_at_pickup',
  'enroute_to_dropoff',
  'arrived_at_dropoff',
  'enroute_to_return',
];

/**
 * A driver's active orders in the order in which they will be worked: what the driver has said to be heading for
 * (latest first), then the stop order, then age.
 */
export function inStopOrder<T extends StopOrder>(orders: readonly T[]): T[] {
  return [...orders].sort((a, b) => {
    const heading = Number(HEADING.includes(b.status)) - Number(HEADING.includes(a.status));
    if (heading !== 0) return heading;
    if (HEADING.includes(a.status)) return Date.parse(b.statusAt) - Date.parse(a.statusAt);
    const sequence = (a.stopSequence ?? Infinity) - (b.stopSequence ?? Infinity);
    // Infinity - Infinity is NaN: two orders without a place in the order go by id, which grows with time.
    return sequence || (a.id < b.id ? -1 : 1);
  });
}

/**
 * Where the driver goes next, or null without work. A failed order waits for a decision and is no stop; one that has
 * ended or has no driver is none either, should the caller still hold it.
 */
export function nextStop(orders: readonly StopOrder[]): NextStop | null {
  const first = inStopOrder(orders.filter((order) => isStop(order.status)))[0];
  if (first === undefined) return null;
  return { orderId: first.id, leg: legOf(first.status) };
}

const isStop = (status: OrderStatus): boolean =>
  isBeforePickup(status) || isCarried(status) || status === 'enroute_to_return';

function legOf(status: OrderStatus): NextStop['leg'] {
  if (status === 'enroute_to_return') return 'return';
  return isCarried(status) ? 'dropoff' : 'pickup';
}

/**
 * Whether this order's customer may see the driver and where they are: only while the order is carried and its dropoff
 * is the driver's next stop. Page, API and room all ask here. `orders` are all active ones of that driver.
 */
export function driverIsForCustomer(orderId: string, orders: readonly StopOrder[]): boolean {
  const next = nextStop(orders);
  return next !== null && next.orderId === orderId && next.leg === 'dropoff';
}
