import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../tests/support/database.ts';
import { migrate } from './migrate.ts';
import { roleUrl, SYSTEM_ROLE } from './roles.ts';
import * as accounts from './schema/accounts.ts';
import * as analytics from './schema/analytics.ts';
import * as conversation from './schema/conversation.ts';
import * as drivers from './schema/drivers.ts';
import * as notifications from './schema/notifications.ts';
import * as orders from './schema/orders.ts';
import * as proofs from './schema/proofs.ts';
import * as upkeep from './schema/upkeep.ts';
import * as webhooks from './schema/webhooks.ts';
import * as zones from './schema/zones.ts';

let database: TestDatabase;
let owner: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = postgres(database.ownerUrl, { max: 1, onnotice: () => {} });
});

afterAll(async () => {
  await owner.end();
  await database.drop();
});

describe('migrating again', () => {
  test('changes nothing, and keeps what is stored', async () => {
    await owner`insert into merchants (id, name, timezone, currency)
      values ('01980000-0000-7000-8000-000000000001', 'M', 'UTC', 'UYU')`;
    const before = await shape();
    await migrate({ databaseUrl: database.ownerUrl, secret: database.secret });
    // The grants of the first time did not reach the partitions that it made afterwards.
    expect(await shape()).toEqual(before);
    expect(await owner`select name from merchants`).toHaveLength(1);
  });

  test('twice at once works: one waits for the other', async () => {
    const both = [1, 2].map(() => migrate({ databaseUrl: database.ownerUrl, secret: database.secret }));
    expect(await Promise.allSettled(both)).toEqual([
      { status: 'fulfilled', value: undefined },
      { status: 'fulfilled', value: undefined },
    ]);
  });

  /** Tables with their columns, policies, indexes and functions, as text. */
  async function shape() {
    const columns = await owner`select table_name, column_name, data_type, is_nullable, column_default
      from information_schema.columns where table_schema = 'public' order by 1, 2`;
    const policies = await owner`select * from pg_policies order by tablename, policyname`;
    const indexes = await owner`select indexdef from pg_indexes where schemaname = 'public' order by 1`;
    const functions = await owner`select proname, prosrc from pg_proc
      where pronamespace = 'public'::regnamespace order by 1`;
    return JSON.stringify({ columns, policies, indexes, functions });
  }
});

describe('the migrated tables', () => {
  const tables = [
    accounts,
    analytics,
    conversation,
    drivers,
    notifications,
    orders,
    proofs,
    upkeep,
    webhooks,
    zones,
  ]
    .flatMap((module): unknown[] => Object.values(module))
    .filter((value): value is PgTable => is(value, PgTable))
    .map((table) => getTableConfig(table));

  test('are those of the schema, and no others', async () => {
    const rows = await owner<{ name: string }[]>`select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`;
    expect(rows.map(({ name }) => name).sort()).toEqual(tables.map(({ name }) => name).sort());
  });

  test.each(tables.map((table) => [table.name, table] as const))(
    'have the columns of %s as the schema has them',
    async (name, table) => {
      const rows = await owner<{ name: string; type: string; required: boolean; defaults: boolean }[]>`
        select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required,
          atthasdef as defaults
        from pg_attribute where attrelid = ${name}::regclass and attnum > 0 and not attisdropped`;
      const wanted = table.columns.map((column) => ({
        name: column.name,
        type: pgType(column.getSQLType()),
        required: column.notNull || column.primary,
        defaults: column.default !== undefined,
      }));
      const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
      expect([...rows].sort(byName)).toEqual(wanted.sort(byName));
    },
  );

  test.each(tables.map((table) => [table.name, table] as const))(
    'have the keys and indexes of %s',
    async (name, table) => {
      const rows = await owner<{ name: string }[]>`
        select conname as name from pg_constraint where conrelid = ${name}::regclass and contype = 'f'
        union select indexname from pg_indexes where tablename = ${name} and schemaname = 'public'`;
      const found = rows.map((row) => row.name);
      const wanted = [
        ...table.foreignKeys.map((key) => key.getName()),
        ...table.indexes.flatMap((index) => index.config.name ?? []),
        ...table.primaryKeys.map((key) => key.getName()),
      ];
      expect(found).toEqual(expect.arrayContaining(wanted));
    },
  );

  /** Drizzle writes some types as SQL lets one write them, Postgres tells their full names. */
  function pgType(type: string): string {
    return type.replace(/^timestamp \(3\) with time zone$/, 'timestamp(3) with time zone');
  }
});

describe('the trail', () => {
  test('is partitioned by week, from this one on, with a net for all else', async () => {
    const partitions = await owner<{ name: string; bound: string; secure: boolean }[]>`
      select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound, c.relrowsecurity as secure
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'trail_chunks'::regclass order by 1`;
    expect(partitions).toHaveLength(6);
    expect(partitions.at(-1)).toMatchObject({ name: 'trail_chunks_default', bound: 'DEFAULT' });
    expect(partitions.every(({ secure }) => secure)).toBe(true);
    const [{ monday } = { monday: '' }] = await owner<[{ monday: string }]>`
      select to_char(date_trunc('week', now() at time zone 'UTC'), 'YYYY-MM-DD') as monday`;
    expect(partitions[0]?.bound).toContain(`FROM ('${monday} 00:00:00+00')`);
  });

  test('gets more weeks from the system role, which may not make any table itself', async () => {
    const system = postgres(roleUrl(database.ownerUrl, SYSTEM_ROLE, database.secret), { max: 1 });
    try {
      const [more] = await system`select ensure_trail_partitions(6) as made`;
      const [again] = await system`select ensure_trail_partitions(6) as made`;
      expect([more?.made, again?.made]).toEqual([2, 0]);
    } finally {
      await system.end();
    }
  });

  test('that fell into the net keeps its week there, and the other weeks are made', async () => {
    await owner`insert into trail_chunks (merchant_id, driver_id, started_at, points)
      select gen_random_uuid(), gen_random_uuid(), date_trunc('week', now()) + interval '7 weeks 3 days', ''`;
    const [row] = await owner`select ensure_trail_partitions(9) as made`;
    expect(row?.made).toBe(2);
    const [stored] = await owner`select count(*)::int as count from trail_chunks`;
    expect(stored?.count).toBe(1);
  });
});
