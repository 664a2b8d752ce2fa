import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { merchants } from './accounts.ts';
import { createdAt, id, instant, merchantId, ofMerchant, systemRole } from './columns.ts';
import { orders } from './orders.ts';

type OfOrder = { merchantId: AnyPgColumn; orderId: AnyPgColumn };
const ofOrder = (t: OfOrder, name: string) =>
  foreignKey({ name, columns: [t.merchantId, t.orderId], foreignColumns: [orders.merchantId, orders.id] });

export const messages = pgTable(
  'messages',
  {
    merchantId: merchantId(),
    id: id(),
    orderId: uuid('order_id').notNull(),
    sender: text('sender', { enum: ['customer', 'driver', 'manager'] }).notNull(),
    text: text('text').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    ofOrder(t, 'messages_order'),
    index('messages_order_id').on(t.merchantId, t.orderId, t.id),
    ofMerchant(),
  ],
);

export const proofs = pgTable(
  'proofs',
  {
    merchantId: merchantId(),
    id: id(),
    orderId: uuid('order_id').notNull(),
    kind: text('kind', { enum: ['photo', 'signature'] }).notNull(),
    contentType: text('content_type').notNull(),
    size: integer('size').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    ofOrder(t, 'proofs_order'),
    index('proofs_order_id').on(t.merchantId, t.orderId),
    ofMerchant(),
  ],
);

export const ratings = pgTable(
  'ratings',
  {
    merchantId: merchantId(),
    orderId: uuid('order_id').notNull(),
    stars: integer('stars').notNull(),
    comment: text('comment'),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.merchantId, t.orderId] }), ofOrder(t, 'ratings_order'), ofMerchant()],
);

export const zones = pgTable(
  'zones',
  {
    merchantId: merchantId().references(() => merchants.id),
    id: id(),
    name: text('name').notNull(),
    /** A GeoJSON Polygon or MultiPolygon. */
    area: jsonb('area').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.merchantId, t.id] }), ofMerchant()],
);

export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    merchantId: merchantId().references(() => merchants.id),
    id: id(),
    url: text('url').notNull(),
    events: text('events').array().notNull(),
    disabledAt: instant('disabled_at'),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.merchantId, t.id] }), ofMerchant()],
);

export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    merchantId: merchantId(),
    id: id(),
    endpointId: uuid('endpoint_id').notNull(),
    event: text('event').notNull(),
    payload: jsonb('payload').notNull(),
    attempts: integer('attempts').notNull().default(0),
    deliveredAt: instant('delivered_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    foreignKey({
      name: 'webhook_deliveries_endpoint',
      columns: [t.merchantId, t.endpointId],
      foreignColumns: [webhookEndpoints.merchantId, webhookEndpoints.id],
    }).onDelete('cascade'),
    ofMerchant(),
  ],
);

export const pushSubscriptions = pgTable(
  'push_subscriptions',
  {
    merchantId: merchantId().references(() => merchants.id),
    id: id(),
    userId: uuid('user_id'),
    orderId: uuid('order_id'),
    endpoint: text('endpoint').notNull(),
    keys: jsonb('keys').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.merchantId, t.id] }), ofMerchant()],
);

export const notificationLog = pgTable(
  'notification_log',
  {
    merchantId: merchantId().references(() => merchants.id),
    id: id(),
    orderId: uuid('order_id'),
    channel: text('channel').notNull(),
    template: text('template').notNull(),
    result: text('result').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.merchantId, t.id] }), ofMerchant()],
);

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    merchantId: merchantId().references(() => merchants.id),
    key: text('key').notNull(),
    requestHash: text('request_hash').notNull(),
    status: integer('status').notNull(),
    response: jsonb('response').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.merchantId, t.key] }), ofMerchant()],
);

/** Backups, drills and retention: the only table without a merchant. */
export const maintenanceRuns = pgTable(
  'maintenance_runs',
  {
    id: uuid('id').primaryKey(),
    kind: text('kind').notNull(),
    startedAt: instant('started_at').notNull(),
    endedAt: instant('ended_at'),
    ok: boolean('ok'),
    bytes: bigint('bytes', { mode: 'number' }),
    detail: jsonb('detail'),
  },
  () => [pgPolicy('system', { for: 'all', to: systemRole, using: sql`true` })],
);
