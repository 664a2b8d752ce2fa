import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
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
import { createdAt, instant, merchantId, ofMerchant, systemRole } from './columns.ts';

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
  (t) => [
    primaryKey({ columns: [t.merchantId, t.key] }),
    index('idempotency_keys_age').on(t.createdAt),
    ofMerchant(),
  ],
);

/** Failed log-ins, counted over all processes (rate-limiter-flexible writes it). Of no merchant: there is none yet. */
export const throttles = pgTable(
  'throttles',
  {
    key: text('key').primaryKey(),
    points: integer('points').notNull(),
    /** Milliseconds since 1970. */
    expire: bigint('expire', { mode: 'number' }),
  },
  () => [pgPolicy('system', { for: 'all', to: systemRole, using: sql`true` })],
);

/** Backups, drills and retention: of no merchant. */
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
