import { z } from 'zod';
import { FIX_SOURCES, Fix } from './fix.ts';
import { Location } from './geo.ts';
import {
  DriverForCustomer,
  DriverRecord,
  Eta,
  Instant,
  OrderForCustomer,
  OrderForDriver,
  OrderForManager,
  TimeRange,
} from './orders.ts';
import { text } from './text.ts';

/** A client's message, and a tracker's batch line, is at most this many bytes of UTF-8. */
export const MAX_MESSAGE_BYTES = 4096;

/** Why a room closes a socket for good; 1012 (restart) and 1013 (try again) are the two that invite a reconnect. */
export const CLOSE = {
  unauthenticated: 4401,
  forbidden: 4403,
  restart: 1012,
  tryAgain: 1013,
} as const;

export const AUDIENCES = ['customer', 'driver', 'manager'] as const;
export type Audience = (typeof AUDIENCES)[number];

export const PARTIES = ['delivery-room', 'fleet-room'] as const;
export type Party = (typeof PARTIES)[number];

/** The claims of a room token (JWT, audience `dropmate:room`), besides `sub`, `iat` and `exp`. */
export const RoomClaims = z.object({
  sub: z.string(),
  exp: z.int(),
  merchant: z.uuid(),
  party: z.enum(PARTIES),
  room: z.uuid(),
  audience: z.enum(AUDIENCES),
  driver: z.uuid().optional(),
  /** Who only looks, an API key that may only read: writes nothing into the chat, nor marks. */
  readOnly: z.literal(true).optional(),
});
export type RoomClaims = z.infer<typeof RoomClaims>;

/** In 1,000 characters. A message that escapes all of them as \uXXXX would be over MAX_MESSAGE_BYTES. */
export const MessageText = text(1000);

/** A message of an order's chat as everybody in it sees it. */
export const Message = z.object({
  /** Made by the sender's client: the same one twice is one message. */
  id: z.uuid(),
  from: z.enum(AUDIENCES),
  text: z.string(),
  /** When it was stored. */
  at: Instant,
});
export type Message = z.infer<typeof Message>;

/** By side (whoever of it): the time of the newest message that it has read. Absent: none yet. */
export const ReadMarks = z.partialRecord(z.enum(AUDIENCES), Instant);
export type ReadMarks = z.infer<typeof ReadMarks>;

/** That side has read everything up to the message of that time. */
export const ReadMark = z.object({ by: z.enum(AUDIENCES), upTo: Instant });
export type ReadMark = z.infer<typeof ReadMark>;

/**
 * What a client may send. `renew` replaces the socket's token before it expires. A `message` is stored before it comes
 * back, to its sender as well: that is the acknowledgement. `read` names the newest message that was read.
 */
export const ClientMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('fix'), seq: z.int().min(0), ...Fix.shape }),
  z.strictObject({ type: z.literal('ping') }),
  z.strictObject({ type: z.literal('renew'), token: z.string().max(2048) }),
  z.strictObject({ type: z.literal('message'), id: z.uuid(), text: MessageText }),
  z.strictObject({ type: z.literal('read'), id: z.uuid() }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

/** Every server message carries these. `seq` only grows within an `epoch`; `epoch` changes when a room starts anew. */
const envelope = { v: z.literal(1), epoch: z.string(), seq: z.int(), at: Instant };

/** Where a driver is, as a viewer gets it. Unknown is null. */
export const LocationFields = z.object({
  ...Location.shape,
  driverId: z.uuid(),
  accuracy: z.number().nullable(),
  heading: z.number().nullable(),
  speed: z.number().nullable(),
  fixedAt: Instant,
  source: z.enum(FIX_SOURCES),
});
export type LocationFields = z.infer<typeof LocationFields>;

const OrderView = z.union([OrderForManager, OrderForDriver, OrderForCustomer]);

const deliverySnapshot = z.object({
  ...envelope,
  type: z.literal('snapshot'),
  order: OrderView,
  driver: DriverForCustomer.nullable(),
  location: LocationFields.nullable(),
  /** The newest 50, oldest first. */
  messages: z.array(Message),
  /** The release before does not say. */
  reads: ReadMarks.optional(),
  recovered: z.boolean(),
});

/** What a delivery room sends. `driver` and `location` are null while they do not concern the customer. */
export const DeliveryMessage = z.discriminatedUnion('type', [
  deliverySnapshot,
  z.object({
    ...envelope,
    type: z.literal('status'),
    order: OrderView,
    driver: DriverForCustomer.nullable(),
    location: LocationFields.nullable(),
  }),
  z.object({ ...envelope, type: z.literal('location'), ...LocationFields.shape }),
  z.object({ ...envelope, type: z.literal('eta'), eta: z.union([Eta, TimeRange]).nullable() }),
  // Its `at` is when it was stored. It may come twice (again in a snapshot, again to who resumes): the id tells.
  z.object({ ...envelope, type: z.literal('message'), ...Message.shape }),
  z.object({ ...envelope, type: z.literal('read'), ...ReadMark.shape }),
  z.object({ ...envelope, type: z.literal('pong') }),
  z.object({
    ...envelope,
    type: z.literal('error'),
    code: z.string(),
    detail: z.string(),
    /** The `message` or `read` that it is about, where it could be read. */
    id: z.uuid().optional(),
  }),
]);
export type DeliveryMessage = z.infer<typeof DeliveryMessage>;

/** What a fleet room sends: to managers all of it, to a driver their own state and orders. */
export const FleetMessage = z.discriminatedUnion('type', [
  z.object({
    ...envelope,
    type: z.literal('snapshot'),
    drivers: z.array(DriverRecord),
    orders: z.array(z.union([OrderForManager, OrderForDriver])),
    recovered: z.boolean(),
  }),
  z.object({ ...envelope, type: z.literal('driver'), driver: DriverRecord }),
  z.object({ ...envelope, type: z.literal('order'), order: z.union([OrderForManager, OrderForDriver]) }),
  z.object({ ...envelope, type: z.literal('location'), ...LocationFields.shape }),
  z.object({ ...envelope, type: z.literal('eta'), orderId: z.uuid(), eta: Eta }),
  z.object({ ...envelope, type: z.literal('pong') }),
  z.object({ ...envelope, type: z.literal('error'), code: z.string(), detail: z.string() }),
]);
export type FleetMessage = z.infer<typeof FleetMessage>;

/** Why a client's message was refused; the socket stays open. */
export const ROOM_ERRORS = {
  too_large: 'A message is at most 4 KB.',
  bad_json: 'A message must be one JSON object.',
  unknown_type: 'This room does not know that type of message.',
  invalid: 'The message is not valid.',
  too_fast: 'Too many messages: slow down.',
  forbidden: 'That is not yours to send.',
  /** Worth sending again, with the same id. */
  not_stored: 'It could not be stored just now; send it again with the same id.',
  /** Final; the detail says why. */
  refused: 'It is not taken.',
} as const;
export type RoomErrorCode = keyof typeof ROOM_ERRORS;
