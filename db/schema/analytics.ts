import { date, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { merchants } from './accounts.ts';
import { merchantId, ofMerchant } from './columns.ts';

/**
 * The figures of a day that is past, kept so that a year is read in 366 rows. A change of one of its orders later empties
 * them (record_order_change), and the next who asks has them made anew.
 */
export const analyticsDays = pgTable(
  'analytics_days',
  {
    merchantId: merchantId().references(() => merchants.id),
    day: date('day').notNull(),
    /** The day is one of this time zone. */
    timezone: text('timezone').notNull(),
    /** As analytics_of gives them; null: to be made. */
    figures: jsonb('figures').$type<Record<string, unknown>>(),
  },
  (t) => [primaryKey({ columns: [t.merchantId, t.day] }), ofMerchant()],
);
