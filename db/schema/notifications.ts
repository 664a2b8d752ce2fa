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
import { ofOrder } from './of-order.ts';

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
    /** What else it is about: a message of the chat, a password reset. */
    aboutId: uuid('about_id'),
    /** The user or customer. */
    recipientId: uuid('recipient_id'),
    /** Where it goes: a phone number, an email address, a push subscription's id. */
    recipient: text('recipient'),
    language: text('language').notNull(),
    /** With `{link}` where the link goes: no stored text opens anything. */
    subject: text('subject'),
    body: text('body').notNull(),
    status: text('status', { enum: NOTIFICATION_STATES }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** How often it was sent again; each time the schedule starts anew. */
    round: integer('round').notNull().default(0),
    /** Attempts of this round: where in the schedule it is. */
    step: integer('step').notNull().default(0),
    /** When what it tells of happened, or it was to be sent again: it is news for some time after. */
    queuedAt: instant('queued_at').notNull().defaultNow(),
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
    index('notification_log_queued').on(t.queuedAt).where(sql`status = 'queued'`),
    ofMerchant(),
  ],
);

/** What was told of an order by the clock alone, so that it is told once. */
export const orderNotices = pgTable(
  'order_notices',
  {
    merchantId: merchantId(),
    orderId: uuid('order_id').notNull(),
    /** `late`, `arriving:<attempts>`. */
    notice: text('notice').notNull(),
    /** The order's version that it is about. */
    version: integer('version').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.orderId, t.notice] }),
    ofOrder(t, 'order_notices_order'),
    index('order_notices_age').on(t.createdAt),
    ofMerchant(),
  ],
);
