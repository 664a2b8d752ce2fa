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
  uuid,
} from 'drizzle-orm/pg-core';
import type { Location } from '../../domain/geo.ts';
import type { TimeRange } from '../../domain/orders.ts';
import type { FeeRule, OpeningHours, ZoneArea } from '../../domain/zones.ts';
import { merchants } from './accounts.ts';
import { createdAt, id, instant, merchantId, ofMerchant } from './columns.ts';

/** Where a merchant delivers, what it costs there, and when. */
export const zones = pgTable(
  'zones',
  {
    merchantId: merchantId().references(() => merchants.id),
    id: id(),
    name: text('name').notNull(),
    /** A GeoJSON Polygon or MultiPolygon. */
    area: jsonb('area').$type<ZoneArea>().notNull(),
    fee: jsonb('fee').$type<FeeRule>().notNull(),
    /** In the merchant's time zone; null is always. */
    hours: jsonb('hours').$type<OpeningHours>(),
    active: boolean('active').notNull().default(true),
    createdAt: createdAt(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.merchantId, t.id] }), ofMerchant()],
);

export const quotes = pgTable(
  'quotes',
  {
    merchantId: merchantId(),
    id: id(),
    /** Null when the merchant has no zones at all, and delivers anywhere. */
    zoneId: uuid('zone_id'),
    pickup: jsonb('pickup').$type<Location>().notNull(),
    dropoff: jsonb('dropoff').$type<Location>().notNull(),
    /** Metres. */
    distance: integer('distance').notNull(),
    fee: bigint('fee', { mode: 'number' }).notNull(),
    currency: text('currency').notNull(),
    eta: jsonb('eta').$type<{ pickup: TimeRange; dropoff: TimeRange }>().notNull(),
    expiresAt: instant('expires_at').notNull(),
    /** The order that took it; a quote is good for one. */
    orderId: uuid('order_id'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    foreignKey({ name: 'quotes_merchant', columns: [t.merchantId], foreignColumns: [merchants.id] }),
    index('quotes_expiry').on(t.expiresAt),
    ofMerchant(),
  ],
);
