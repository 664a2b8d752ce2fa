import { z } from 'zod';
import { FIX_SOURCES, Fix } from './fix.ts';
import { Location } from './geo.ts';
import { DriverRecord, Eta, Instant, OrderRecord } from './orders.ts';
import { Message } from './room-messages.ts';

/**
 * What functions and the worker post to `POST /parties/fleet-room/<merchant>` with a service token. Each carries the
 * whole state at its version: repeated or reordered ones are harmless.
 */
export const RoomEvent = z.discriminatedUnion('type', [
  /** An order as it was at `order.version`. */
  z.object({ type: z.literal('order'), order: OrderRecord }),
  /** A driver as it was at `driver.version`; `location` is what the database last knew and may be older than the room's. */
  z.object({
    type: z.literal('driver'),
    driver: DriverRecord,
    /** One of the sandbox: managers are not shown it. */
    robot: z.boolean().optional(),
  }),
  /** A driver that is gone: its sockets are closed (4403) and it leaves the map. */
  z.object({ type: z.literal('driver_removed'), driverId: z.uuid() }),
  /** A colleague who was removed: their sockets are closed (4403), in the fleet room and in the deliveries'. */
  z.object({ type: z.literal('user_removed'), userId: z.uuid() }),
  /** A message of an order's chat, which was stored. */
  z.object({ type: z.literal('message'), orderId: z.uuid(), message: Message }),
  /** An order's chat was erased at that time, with all its messages. */
  z.object({ type: z.literal('chat_erased'), orderId: z.uuid(), at: Instant }),
  /** Fixes of a phone tracker. */
  z.object({
    type: z.literal('fixes'),
    driverId: z.uuid(),
    source: z.enum(FIX_SOURCES),
    fixes: z.array(Fix).max(1000),
  }),
]);
export type RoomEvent = z.infer<typeof RoomEvent>;

/** `GET /internal/fleet/<merchant>`: what a fleet room loads once when it starts. Active orders, all drivers. */
export const FleetState = z.object({
  merchant: z.object({ id: z.uuid(), name: z.string() }),
  drivers: z.array(DriverRecord),
  /** Of the drivers those that are robots of the sandbox. */
  robots: z.array(z.uuid()).optional(),
  orders: z.array(OrderRecord),
  /** Of the orders those in whose chat something was written: the others' rooms need not ask. */
  chats: z.array(z.uuid()).default([]),
});
export type FleetState = z.infer<typeof FleetState>;

/** `POST /internal/flush/<merchant>`: what a fleet room writes behind itself every 10 seconds, in one batch. */
export const FleetFlush = z.object({
  trails: z.array(
    z.object({
      driverId: z.uuid(),
      /** The time of its first point: with the driver it names the chunk, so that a repeated flush is harmless. */
      startedAt: Instant,
      /** base64 of the encoding in trail.ts. */
      points: z.base64(),
    }),
  ),
  locations: z.array(
    z.object({
      driverId: z.uuid(),
      ...Location.shape,
      heading: z.number().nullable(),
      speed: z.number().nullable(),
      fixedAt: Instant,
    }),
  ),
  etas: z.array(z.object({ orderId: z.uuid(), eta: Eta })),
});
export type FleetFlush = z.infer<typeof FleetFlush>;
