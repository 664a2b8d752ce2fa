import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { WEBHOOK_DELIVERY_STATES, WEBHOOK_EVENTS } from '../../domain/webhooks.ts';
import { merchants } from './accounts.ts';
import { createdAt, id, instant, merchantId, ofMerchant, systemReads } from './columns.ts';

/** A signing secret, encrypted (db/seal.ts). After a rotation the one before signs too, until it expires. */
export type SealedSecret = { sealed: string; createdAt: string; expiresAt: string | null };

export const webhookEndpoints = pgTable(
  'webhook_endpoints',
  {
    merchantId: merchantId().references(() => merchants.id),
    id: id(),
    url: text('url').notNull(),
    description: text('description'),
    events: text('events', { enum: WEBHOOK_EVENTS }).array().notNull(),
    /** The newest first. */
    secrets: jsonb('secrets').$type<SealedSecret[]>().notNull(),
    disabledAt: instant('disabled_at'),
    /** Why, when it was not the merchant who did it. */
    disabledReason: text('disabled_reason'),
    createdAt: createdAt(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  // The relay looks who has any.
  (t) => [primaryKey({ columns: [t.merchantId, t.id] }), ofMerchant(), systemReads()],
);

/** One event for one endpoint; its id is what the receiver knows it by, however often it is sent. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    merchantId: merchantId(),
    id: id(),
    endpointId: uuid('endpoint_id').notNull(),
    event: text('event', { enum: WEBHOOK_EVENTS }).notNull(),
    orderId: uuid('order_id'),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    status: text('status', { enum: WEBHOOK_DELIVERY_STATES }).notNull().default('pending'),
    attempts: integer('attempts').notNull().default(0),
    /** How often it was replayed; each time the schedule starts anew. */
    round: integer('round').notNull().default(0),
    /** Attempts of this round: where in the schedule it is. */
    step: integer('step').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at'),
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
    index('webhook_deliveries_of_endpoint').on(t.merchantId, t.endpointId, t.createdAt, t.id),
    index('webhook_deliveries_order').on(t.merchantId, t.orderId).where(sql`order_id is not null`),
    index('webhook_deliveries_dead').on(t.merchantId, t.createdAt).where(sql`status = 'dead'`),
    index('webhook_deliveries_pending').on(t.nextAttemptAt).where(sql`status = 'pending'`),
    index('webhook_deliveries_age').on(t.createdAt),
    ofMerchant(),
    systemReads(),
  ],
);

/** Each try of a delivery, as its log shows it. */
export const webhookAttempts = pgTable(
  'webhook_attempts',
  {
    merchantId: merchantId(),
    deliveryId: uuid('delivery_id').notNull(),
    attempt: integer('attempt').notNull(),
    /** Of the answer; null when none came. */
    status: integer('status'),
    error: text('error'),
    ms: integer('ms').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.deliveryId, t.attempt] }),
    foreignKey({
      name: 'webhook_attempts_delivery',
      columns: [t.merchantId, t.deliveryId],
      foreignColumns: [webhookDeliveries.merchantId, webhookDeliveries.id],
    }).onDelete('cascade'),
    ofMerchant(),
  ],
);
