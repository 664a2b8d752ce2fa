import { isStatus } from '../../domain/order-status.ts';
import type { DriverRecord, Eta, OrderForDriver } from '../../domain/orders.ts';
import type { Message } from '../../domain/room-messages.ts';

/** What a fleet room tells a driver, as far as this app cares. */
export type FleetNews =
  | { type: 'snapshot'; orders: OrderForDriver[]; driver: DriverRecord | null }
  | { type: 'order'; order: OrderForDriver }
  | { type: 'driver'; driver: DriverRecord }
  | { type: 'eta'; orderId: string; eta: Eta }
  | { type: 'other' };

/**
 * Reads a message of the fleet room; null when it is none. What decides is checked; the rest of an order is taken from our
 * own server as it is: zod would be a third of what the app may weigh.
 */
export function readFleetNews(raw: unknown): FleetNews | null {
  const message = parse(raw);
  if (!isRecord(message) || typeof message.type !== 'string') return null;
  const { type, order, orders, driver, drivers, orderId, eta } = message;
  if (type === 'snapshot' && Array.isArray(orders)) {
    const own = Array.isArray(drivers) ? drivers.find(isDriver) : undefined;
    return { type, orders: orders.filter(isOrder), driver: own ?? null };
  }
  if (type === 'order' && isOrder(order)) return { type, order };
  if (type === 'driver' && isDriver(driver)) return { type, driver };
  if (type === 'eta' && typeof orderId === 'string' && isRecord(eta)) {
    return { type, orderId, eta: { pickup: null, dropoff: null, ...eta } };
  }
  return type === 'error' ? null : { type: 'other' };
}

/** What the chat of an order tells. */
export type ChatNews =
  /** `readUpTo`: the time of the newest message that this side has read; undefined where it is not told. */
  { type: 'messages'; messages: Message[]; readUpTo?: string | undefined } | { type: 'other' };

export function readChatNews(raw: unknown): ChatNews | null {
  const message = parse(raw);
  if (!isRecord(message) || typeof message.type !== 'string') return null;
  if (message.type === 'snapshot' && Array.isArray(message.messages)) {
    const { reads } = message;
    const readUpTo = isRecord(reads) && typeof reads.driver === 'string' ? reads.driver : '';
    return { type: 'messages', messages: message.messages.filter(isMessage), readUpTo };
  }
  if (message.type === 'message' && isMessage(message)) return { type: 'messages', messages: [message] };
  return message.type === 'error' ? null : { type: 'other' };
}

export function isOrder(value: unknown): value is OrderForDriver {
  if (!isRecord(value)) return false;
  const { id, number, status, statusAt, version, pickup, dropoff, items } = value;
  if (typeof id !== 'string' || typeof number !== 'number' || typeof version !== 'number') return false;
  if (typeof status !== 'string' || !isStatus(status) || typeof statusAt !== 'string') return false;
  return isStop(pickup) && isStop(dropoff) && Array.isArray(items);
}

const isStop = (value: unknown): boolean => isRecord(value) && typeof value.address === 'string';

export function isDriver(value: unknown): value is DriverRecord {
  return isRecord(value) && typeof value.id === 'string' && typeof value.status === 'string';
}

function isMessage(value: unknown): value is Message {
  if (!isRecord(value)) return false;
  return [value.id, value.from, value.text, value.at].every((part) => typeof part === 'string');
}

function parse(raw: unknown): unknown {
  try {
    return JSON.parse(String(raw));
  } catch {
    return null;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
