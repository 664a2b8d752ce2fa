import { sql } from 'drizzle-orm';
import { customType, pgPolicy, pgRole, timestamp, uuid } from 'drizzle-orm/pg-core';

/** The role of every request: sees one merchant's rows, the one that `app.merchant` names. */
export const appRole = pgRole('dropmate_app').existing();
/** The role of log-in, token look-ups and the relay, which don't know the merchant yet: a few columns of a few tables. */
export const systemRole = pgRole('dropmate_system').existing();

/** All times are timestamptz, to the millisecond as JavaScript has it. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });

/** Every table of a merchant has these two: its primary key starts with the merchant, so that foreign keys can too. */
export const merchantId = () => uuid('merchant_id').notNull();
export const id = () => uuid('id').notNull();
export const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });
export const createdAt = () => instant('created_at').notNull().defaultNow();

// The sub-select is evaluated once a statement instead of once a row.
const currentMerchant = sql`(select nullif(current_setting('app.merchant', true), '')::uuid)`;

/** Row-level security of a merchant's table. Not forced: the owner migrates and dumps. */
export const ofMerchant = (column = sql`merchant_id`) =>
  pgPolicy('of_merchant', {
    for: 'all',
    to: appRole,
    using: sql`${column} = ${currentMerchant}`,
    withCheck: sql`${column} = ${currentMerchant}`,
  });

/** Lets the system role read rows of all merchants; which columns, the grants in the migrations say. */
export const systemReads = () =>
  pgPolicy('system_reads', { for: 'select', to: systemRole, using: sql`true` });
