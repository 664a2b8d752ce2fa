import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgEnum,
  pgPolicy,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Location } from '../../domain/geo.ts';
import { CHANNELS } from '../../domain/notifications.ts';
import { ACTIVE_STATUSES, REASON_CODES, STATUSES } from '../../domain/order-status.ts';
import type { Eta, Item, ProofDemand, StepTimes, Stop } from '../../domain/orders.ts';
import type { StepDetails } from '../../domain/proof.ts';
import { SANDBOX_OUTCOMES } from '../../domain/sandbox.ts';
import { merchants } from './accounts.ts';
import { bytea, createdAt, id, instant, merchantId, ofMerchant, systemReads, systemRole } from './columns.ts';
import { drivers } from './drivers.ts';

export const orderStatus = pgEnum('order_status', STATUSES);

export const customers = pgTable(
  'customers',
  {
    merchantId: merchantId().references(() => merchants.id),
    id: id(),
    name: text('name').notNull(),
    phone: text('phone'),
    email: text('email'),
    address: text('address'),
    location: jsonb('location').$type<Location>(),
    /** When the personal data was erased; the row stays for the figures. */
    erasedAt: instant('erased_at'),
    /** Channels by which they want to hear nothing. */
    optedOut: text('opted_out', { enum: CHANNELS }).array().default([]),
    createdAt: createdAt(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    // A customer is known again by the phone, or, without one, by the email.
    uniqueIndex('customers_phone').on(t.merchantId, t.phone).where(sql`phone is not null`),
    uniqueIndex('customers_email').on(t.merchantId, t.email).where(sql`phone is null and email is not null`),
    ofMerchant(),
  ],
);

const active = sql.raw(`status in (${ACTIVE_STATUSES.map((status) => `'${status}'`).join(', ')})`);

export const orders = pgTable(
  'orders',
  {
    merchantId: merchantId().references(() => merchants.id),
    id: id(),
    /** Counts up within the merchant: what people call the order. */
    number: integer('number').notNull(),
    externalId: text('external_id'),
    status: orderStatus('status').notNull(),
    version: integer('version').notNull(),
    driverId: uuid('driver_id'),
    customerId: uuid('customer_id'),
    pickup: jsonb('pickup').$type<Stop>().notNull(),
    dropoff: jsonb('dropoff').$type<Stop>().notNull(),
    /** A stop has no location yet: the manager must put it on the map. */
    needsPlacing: boolean('needs_placing').notNull(),
    items: jsonb('items').$type<Item[]>().notNull(),
    total: bigint('total', { mode: 'number' }),
    readyAt: instant('ready_at'),
    notes: text('notes'),
    tip: bigint('tip', { mode: 'number' }),
    cashOnDelivery: bigint('cash_on_delivery', { mode: 'number' }),
    /** What the driver took in at the door. */
    cashCollected: bigint('cash_collected', { mode: 'number' }),
    /** What the delivery costs, as the quote said that the order names. */
    fee: bigint('fee', { mode: 'number' }),
    quoteId: uuid('quote_id'),
    currency: text('currency').notNull(),
    proof: jsonb('proof').$type<ProofDemand>(),
    stopSequence: integer('stop_sequence'),
    /** Written by the fleet room, without touching `version`. */
    eta: jsonb('eta').$type<Eta>(),
    /** By when the customer was told to have it: the end of the dropoff's window, or of the quote's estimate. */
    promisedAt: instant('promised_at'),
    /** The middle of the arrival that was estimated when it was picked up: what the estimate is measured by. */
    estimatedAt: instant('estimated_at'),
    /** Between the two stops as the crow flies, in metres. */
    distance: integer('distance'),
    // Nullable (null: 0, false): the release before inserts whole rows, with nulls in columns it doesn't know.
    /** How often it was tried at the door and failed. */
    attempts: integer('attempts').default(0),
    reasonCode: text('reason_code', { enum: REASON_CODES }),
    /** A robot delivers it; no driver of the merchant ever sees it. */
    sandbox: boolean('sandbox').default(false),
    /** How the robot ends it; null: delivered. */
    sandboxOutcome: text('sandbox_outcome', { enum: SANDBOX_OUTCOMES }),
    reason: text('reason'),
    /** When it last came to each status; so the tracking page needs one row. */
    steps: jsonb('steps').$type<StepTimes>().notNull(),
    /** When the server received the present status: the undo window and the link's end count from here. */
    statusAt: instant('status_at').notNull(),
    pickupTime: instant('pickup_time'),
    deliveryTime: instant('delivery_time'),
    /** SHA-256 of the tracking token; the token itself is derived (see tracking-token.ts). */
    trackingHash: text('tracking_hash').notNull(),
    trackingRevision: integer('tracking_revision').notNull(),
    createdAt: createdAt(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    foreignKey({
      name: 'orders_driver',
      columns: [t.merchantId, t.driverId],
      foreignColumns: [drivers.merchantId, drivers.id],
    }),
    foreignKey({
      name: 'orders_customer',
      columns: [t.merchantId, t.customerId],
      foreignColumns: [customers.merchantId, customers.id],
    }),
    index('orders_status').on(t.merchantId, t.status, t.id),
    index('orders_driver').on(t.merchantId, t.driverId, t.id),
    index('orders_customer').on(t.merchantId, t.customerId, t.id),
    index('orders_external').on(t.merchantId, t.externalId, t.id).where(sql`external_id is not null`),
    index('orders_active').on(t.merchantId, t.driverId, t.status).where(active),
    uniqueIndex('orders_tracking').on(t.trackingHash),
    ofMerchant(),
    systemReads(),
  ],
);

/** The log: one row a version of an order, and, folded, the order's own status. */
export const deliveryUpdates = pgTable(
  'delivery_updates',
  {
    merchantId: merchantId(),
    orderId: uuid('order_id').notNull(),
    id: id(),
    version: integer('version').notNull(),
    kind: text('kind', {
      enum: ['created', 'status', 'assigned', 'handed_over', 'edited', 'stop_order'],
    }).notNull(),
    statusUpdate: orderStatus('status_update').notNull(),
    driverId: uuid('driver_id'),
    /** When it happened, by the clock of who reported it, within what is possible. */
    timestamp: instant('timestamp').notNull(),
    receivedAt: instant('received_at').notNull(),
    /** Made by the client: the same one twice is one update. */
    updateId: uuid('update_id'),
    actorType: text('actor_type').notNull(),
    actorId: uuid('actor_id'),
    reason: text('reason'),
    reasonCode: text('reason_code', { enum: REASON_CODES }),
    location: jsonb('location').$type<Location>(),
    /** What came with the step: cash, proofs, who signed. */
    details: jsonb('details').$type<StepDetails>(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.orderId, t.id] }),
    foreignKey({
      name: 'delivery_updates_order',
      columns: [t.merchantId, t.orderId],
      foreignColumns: [orders.merchantId, orders.id],
    }),
    uniqueIndex('delivery_updates_version').on(t.merchantId, t.orderId, t.version),
    uniqueIndex('delivery_updates_update_id')
      .on(t.merchantId, t.orderId, t.updateId)
      .where(sql`update_id is not null`),
    ofMerchant(),
  ],
);

/** What a row of the outbox is about. */
export const TOPICS = [
  'order',
  'driver',
  'driver_removed',
  'user_removed',
  'late_report',
  'message',
  'chat_erased',
  'rating',
  'password_reset',
  'webhook',
  'order_late',
  'order_arriving',
  'notification',
] as const;

/** What someone else must hear of, written with the fact; the relay takes it from here. */
export const outbox = pgTable(
  'outbox',
  {
    id: bigint('id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
    topic: text('topic', { enum: TOPICS }).notNull(),
    merchantId: merchantId(),
    entityId: uuid('entity_id').notNull(),
    version: integer('version').notNull(),
    /** The whole row as it was at that version, as `to_jsonb` gives it. */
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    createdAt: createdAt(),
  },
  () => [ofMerchant(), pgPolicy('relay', { for: 'all', to: systemRole, using: sql`true` })],
);

/** Ten seconds of a driver's path, packed (domain/trail.ts). Partitioned by week, see the migration. */
export const trailChunks = pgTable(
  'trail_chunks',
  {
    merchantId: merchantId(),
    driverId: uuid('driver_id').notNull(),
    startedAt: instant('started_at').notNull(),
    points: bytea('points').notNull(),
  },
  (t) => [primaryKey({ columns: [t.merchantId, t.driverId, t.startedAt] }), ofMerchant()],
);
