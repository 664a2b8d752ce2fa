import { STATUSES } from '../../domain/order-status.ts';
import type { DriverForCustomer, OrderForCustomer } from '../../domain/orders.ts';
import type { DeliveryMessage } from '../../domain/room-messages.ts';
import type { RoomInfo, TrackingView } from './view.ts';

/** A message of a delivery room as its customer gets it. The chat's are passed over: this page has none. */
export type TrackMessage = OfCustomer<Exclude<DeliveryMessage, { type: 'message' | 'read' }>>;
type OfCustomer<M> = M extends { order: unknown } ? Omit<M, 'order'> & { order: OrderForCustomer } : M;

// These checks say what domain's zod schemas say (a test holds them together), in a tenth of the bytes a phone must load.
type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const int: Check = (value) => Number.isSafeInteger(value);
const instant: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const oneOf =
  (values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value);
const nullOr =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape =
  (fields: Record<string, Check>): Check =>
  (value) =>
    isRecord(value) && Object.entries(fields).every(([key, check]) => check(value[key]));

const status = oneOf(STATUSES);
const range = shape({ from: instant, to: instant });
const place = shape({ lat: number, lng: number });
const position = {
  lat: number,
  lng: number,
  heading: nullOr(number),
  fixedAt: instant,
};
const vehicles: Record<DriverForCustomer['vehicleType'], true> = {
  bicycle: true,
  motorcycle: true,
  car: true,
  van: true,
  foot: true,
};
const driver = nullOr(shape({ name: text, vehicleType: oneOf(Object.keys(vehicles)) }));
const order = shape({
  id: text,
  number: int,
  status,
  version: int,
  eta: nullOr(range),
  steps: list(shape({ status, at: nullOr(instant) })),
  pickup: shape({ address: text, location: nullOr(place) }),
  dropoff: shape({
    address: text,
    location: nullOr(place),
    name: nullOr(text),
    instructions: nullOr(text),
    window: nullOr(range),
  }),
  items: list(shape({ name: text, quantity: int })),
  reason: nullOr(text),
  currency: text,
  total: nullOr(int),
  tip: nullOr(int),
  cashOnDelivery: nullOr(int),
  deliveryTime: nullOr(instant),
});
const state = { order, driver, location: nullOr(shape(position)) };
const eta: Check = (value) => range(value) || shape({ pickup: nullOr(range), dropoff: nullOr(range) })(value);

const MESSAGES: Record<TrackMessage['type'], Check> = {
  snapshot: shape(state),
  status: shape(state),
  location: shape(position),
  eta: shape({ eta: nullOr(eta) }),
  pong: () => true,
  error: shape({ code: text }),
};
const envelope = shape({ epoch: text, seq: int, at: instant });
const view = shape({
  merchant: shape({
    name: text,
    logoUrl: nullOr(text),
    color: nullOr(text),
    timezone: text,
    phone: nullOr(text),
  }),
  ...state,
  pin: (value) => value === undefined || nullOr(text)(value),
});
const room = shape({
  host: text,
  protocol: oneOf(['ws', 'wss']),
  party: text,
  room: text,
  token: text,
  expiresAt: instant,
});

/** What came over the socket, or null when it is nothing this page knows: newer servers may say more. */
export function readMessage(raw: unknown): TrackMessage | null {
  const message = typeof raw === 'string' ? parsed(raw) : null;
  if (!isRecord(message) || message.v !== 1 || !envelope(message)) return null;
  const known = Object.entries(MESSAGES).find(([type]) => type === message.type);
  // The checks above and of that type are those of the type's fields that this page reads.
  return known?.[1](message) ? (message as TrackMessage) : null;
}

/** An answer of `GET /v1/tracking/:token`, or null. */
export function readView(value: unknown): TrackingView | null {
  // `view` checks each field of the type.
  return view(value) ? (value as TrackingView) : null;
}

/** An answer of `GET /v1/tracking/:token/room`, or null. */
export function readRoom(value: unknown): RoomInfo | null {
  // `room` checks each field of the type.
  return room(value) ? (value as RoomInfo) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return null;
  }
}
