import { index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { AUDIENCES } from '../../domain/room-messages.ts';
import { createdAt, id, instant, merchantId, ofMerchant } from './columns.ts';
import { ofOrder } from './of-order.ts';

/** Chat between an order's customer, its driver and the managers. Ends after 30 days. */
export const messages = pgTable(
  'messages',
  {
    merchantId: merchantId(),
    /** Made by the client: the same one twice is one message. */
    id: id(),
    orderId: uuid('order_id').notNull(),
    sender: text('sender', { enum: AUDIENCES }).notNull(),
    /** The driver's or the manager's user; null for the customer. */
    senderId: uuid('sender_id'),
    text: text('text').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    ofOrder(t, 'messages_order'),
    index('messages_order_id').on(t.merchantId, t.orderId, t.createdAt, t.id),
    index('messages_age').on(t.createdAt),
    ofMerchant(),
  ],
);

/** Up to when each side has read. */
export const messageReads = pgTable(
  'message_reads',
  {
    merchantId: merchantId(),
    orderId: uuid('order_id').notNull(),
    reader: text('reader', { enum: AUDIENCES }).notNull(),
    /** The time of the newest message that was read. */
    readAt: instant('read_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.orderId, t.reader] }),
    ofOrder(t, 'message_reads_order'),
    ofMerchant(),
  ],
);

/** What the customer says of a delivery: one row an order, which the customer may change for a day. */
export const ratings = pgTable(
  'ratings',
  {
    merchantId: merchantId(),
    orderId: uuid('order_id').notNull(),
    /** Who brought it. */
    driverId: uuid('driver_id'),
    stars: integer('stars').notNull(),
    comment: text('comment'),
    /** 1, and one more with each change. */
    version: integer('version').notNull().default(1),
    createdAt: createdAt(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.orderId] }),
    ofOrder(t, 'ratings_order'),
    index('ratings_created').on(t.merchantId, t.createdAt, t.orderId),
    index('ratings_driver').on(t.merchantId, t.driverId, t.createdAt, t.orderId),
    ofMerchant(),
  ],
);
