import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import {
  CHANNELS,
  NOTIFICATION_EVENTS,
  NOTIFICATION_STATES,
  type Wording,
} from '../../domain/notifications.ts';
import { AUDIENCES } from '../../domain/room-messages.ts';
import { merchants } from './accounts.ts';
import { createdAt, id, instant, merchantId, ofMerchant } from './columns.ts';

/** Of a colleague's or a driver's browser, or of a customer's, who follows one order. */
export const pushSubscriptions = pgTable(
  'push_subscriptions',
  {
    merchantId: merchantId().references(() => merchants.id),
    id: id(),
    userId: uuid('user_id'),
    orderId: uuid('order_id'),
    endpoint: text('endpoint').notNull(),
    keys: jsonb('keys').$type<{ p256dh: string; auth: string }>().notNull(),
    language: text('language').notNull().default('en'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    uniqueIndex('push_subscriptions_endpoint').on(t.merchantId, t.endpoint, sql`coalesce(user_id, order_id)`),
    index('push_subscriptions_user').on(t.merchantId, t.userId).where(sql`user_id is not null`),
    index('push_subscriptions_order').on(t.merchantId, t.orderId).where(sql`order_id is not null`),
    ofMerchant(),
  ],
);

/** What a merchant has changed of an event's channel; what is not here is as domain/notifications.ts has it. */
export const notificationSettings = pgTable(
  'notification_settings',
  {
    merchantId: merchantId().references(() => merchants.id),
    event: text('event', { enum: NOTIFICATION_EVENTS }).notNull(),
    channel: text('channel', { enum: CHANNELS }).notNull(),
    enabled: boolean('enabled').notNull(),
    /** By language; null is the standard text. */
    wording: jsonb('wording').$type<Partial<Record<'en' | 'es', Wording>>>(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.merchantId, t.event, t.channel] }), ofMerchant()],
);

/** Each message that was to be sent, with what came of it. */
export const notificationLog = pgTable(
  'notification_log',
  {
    merchantId: merchantId().references(() => merchants.id),
    id: id(),
    orderId: uuid('order_id'),
    event: text('event', { enum: NOTIFICATION_EVENTS }).notNull(),
    channel: text('channel', { enum: CHANNELS }).notNull(),
    audience: text('audience', { enum: AUDIENCES }).notNull(),
    /** The user or customer. */
    recipientId: uuid('recipient_id'),
    /** Where it goes: a phone number, an email address, a push subscription's id. */
    recipient: text('recipient'),
    language: text('language').notNull(),
    subject: text('subject'),
    body: text('body').notNull(),
    status: text('status', { enum: NOTIFICATION_STATES }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Why it was not sent, or not yet. */
    detail: text('detail'),
    /** What the provider calls it. */
    providerId: text('provider_id'),
    sentAt: instant('sent_at'),
    createdAt: createdAt(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    index('notification_log_time').on(t.merchantId, t.createdAt, t.id),
    index('notification_log_order').on(t.merchantId, t.orderId).where(sql`order_id is not null`),
    index('notification_log_age').on(t.createdAt),
    ofMerchant(),
  ],
);
