import { sql } from 'drizzle-orm';
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Location } from '../../domain/geo.ts';
import { PROOF_KINDS } from '../../domain/proof.ts';
import { bytea, createdAt, id, instant, merchantId, ofMerchant } from './columns.ts';
import { ofOrder } from './of-order.ts';
import { orderStatus } from './orders.ts';

/** A file that shows that an order was handed over. Its bytes are in `proof_files` or in the object store. */
export const proofs = pgTable(
  'proofs',
  {
    merchantId: merchantId(),
    /** Made by the client: the same one twice is one file. */
    id: id(),
    orderId: uuid('order_id').notNull(),
    kind: text('kind', { enum: PROOF_KINDS }).notNull(),
    contentType: text('content_type').notNull(),
    /** Bytes. */
    size: integer('size').notNull(),
    sha256: text('sha256').notNull(),
    /** Where the bytes are: in this database, or under `key` in the object store. */
    storage: text('storage', { enum: ['database', 's3'] }).notNull(),
    key: text('key'),
    actorType: text('actor_type').notNull(),
    actorId: uuid('actor_id'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    ofOrder(t, 'proofs_order'),
    index('proofs_order_id').on(t.merchantId, t.orderId, t.id),
    ofMerchant(),
  ],
);

/** Apart from `proofs`, so that listing them reads no file. */
export const proofFiles = pgTable(
  'proof_files',
  {
    merchantId: merchantId(),
    proofId: uuid('proof_id').notNull(),
    bytes: bytea('bytes').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.proofId] }),
    foreignKey({
      name: 'proof_files_proof',
      columns: [t.merchantId, t.proofId],
      foreignColumns: [proofs.merchantId, proofs.id],
    }).onDelete('cascade'),
    ofMerchant(),
  ],
);

/** The PIN that the customer tells at the door. Apart from `orders`, whose whole row travels to the rooms. */
export const orderPins = pgTable(
  'order_pins',
  {
    merchantId: merchantId(),
    orderId: uuid('order_id').notNull(),
    /** Encrypted (db/seal.ts). */
    sealed: text('sealed').notNull(),
    /** HMAC of order and PIN: what SQL compares, so that a wrong one is counted in the very transaction of the delivery. */
    mac: text('mac').notNull(),
    /** Wrong ones since the last right one. */
    failures: integer('failures').notNull().default(0),
    /** The last wrong try of an update, so that the same one again, whose answer was lost, is not another try. */
    lastTry: text('last_try'),
    verifiedAt: instant('verified_at'),
    /** A manager let the order be delivered without it; audited. */
    overridden: boolean('overridden').notNull().default(false),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.merchantId, t.orderId] }), ofOrder(t, 'order_pins_order'), ofMerchant()],
);

/** What an offline phone reported too late to be taken: kept for the manager, who settles it. */
export const lateReports = pgTable(
  'late_reports',
  {
    merchantId: merchantId(),
    id: id(),
    orderId: uuid('order_id').notNull(),
    driverId: uuid('driver_id'),
    /** Made by the phone: the same one twice is one report. */
    updateId: uuid('update_id'),
    status: orderStatus('status').notNull(),
    /** The order's status when the report came, which it could not follow. */
    orderStatus: orderStatus('order_status').notNull(),
    occurredAt: instant('occurred_at').notNull(),
    receivedAt: instant('received_at').notNull(),
    reason: text('reason'),
    location: jsonb('location').$type<Location>(),
    /** What else the phone sent with it: cash collected, proofs. */
    details: jsonb('details').$type<Record<string, unknown>>(),
    settledAt: instant('settled_at'),
    settledBy: uuid('settled_by'),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    ofOrder(t, 'late_reports_order'),
    uniqueIndex('late_reports_update')
      .on(t.merchantId, t.orderId, t.updateId)
      .where(sql`update_id is not null`),
    index('late_reports_open').on(t.merchantId, t.id).where(sql`settled_at is null`),
    ofMerchant(),
  ],
);
