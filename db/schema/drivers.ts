import { sql } from 'drizzle-orm';
import {
  bigint,
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
import { DRIVER_STATES, type DriverRecord, VEHICLE_TYPES } from '../../domain/orders.ts';
import { merchants, users } from './accounts.ts';
import { createdAt, id, instant, merchantId, ofMerchant, systemReads } from './columns.ts';

export const drivers = pgTable(
  'drivers',
  {
    merchantId: merchantId().references(() => merchants.id),
    id: id(),
    userId: uuid('user_id').notNull(),
    name: text('name').notNull(),
    phone: text('phone'),
    email: text('email'),
    vehicleType: text('vehicle_type', { enum: VEHICLE_TYPES }).notNull(),
    status: text('status', { enum: DRIVER_STATES }).notNull().default('offline'),
    /** Written by the fleet room every 10 seconds, without touching `version`; the newest fix is in the room. */
    location: jsonb('location').$type<DriverRecord['location']>(),
    version: integer('version').notNull().default(1),
    /** Delivers orders of the sandbox, and is shown to nobody but their customers. Nullable for the release before. */
    robot: boolean('robot').default(false),
    /** A driver that is gone stays, for the orders they brought. */
    removedAt: instant('removed_at'),
    createdAt: createdAt(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    foreignKey({
      name: 'drivers_user',
      columns: [t.merchantId, t.userId],
      foreignColumns: [users.merchantId, users.id],
    }),
    uniqueIndex('drivers_user_id').on(t.merchantId, t.userId),
    ofMerchant(),
    systemReads(),
  ],
);

/** Phone trackers of a driver, each with a token of its own. */
export const devices = pgTable(
  'devices',
  {
    merchantId: merchantId(),
    id: id(),
    driverId: uuid('driver_id').notNull(),
    name: text('name').notNull(),
    tokenHash: text('token_hash').notNull(),
    revokedAt: instant('revoked_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    foreignKey({
      name: 'devices_driver',
      columns: [t.merchantId, t.driverId],
      foreignColumns: [drivers.merchantId, drivers.id],
    }),
    uniqueIndex('devices_token').on(t.tokenHash),
    index('devices_driver_id').on(t.merchantId, t.driverId),
    ofMerchant(),
    systemReads(),
  ],
);

/** From going on duty to going home. Closing it counts the cash. */
export const shifts = pgTable(
  'shifts',
  {
    merchantId: merchantId(),
    id: id(),
    driverId: uuid('driver_id').notNull(),
    startedAt: instant('started_at').notNull(),
    endedAt: instant('ended_at'),
    /** What the orders delivered in it brought in, and what the driver handed over. */
    cashExpected: bigint('cash_expected', { mode: 'number' }),
    cashCounted: bigint('cash_counted', { mode: 'number' }),
    note: text('note'),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    foreignKey({
      name: 'shifts_driver',
      columns: [t.merchantId, t.driverId],
      foreignColumns: [drivers.merchantId, drivers.id],
    }),
    uniqueIndex('shifts_open').on(t.merchantId, t.driverId).where(sql`ended_at is null`),
    index('shifts_driver_id').on(t.merchantId, t.driverId, t.id),
    ofMerchant(),
  ],
);
