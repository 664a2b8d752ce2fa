import postgres from 'postgres';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RetentionVariables, retentionDays } from '../domain/retention.ts';
import { createTestDatabase, type TestDatabase } from '../tests/support/database.ts';

let database: TestDatabase;
let owner: postgres.Sql;
let merchant: string;
let driver: string;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = postgres(database.ownerUrl, { max: 1, onnotice: () => {} });
  [merchant, driver] = [uuidv7(), uuidv7()];
  await owner`insert into merchants (id, name, timezone, currency) values (${merchant}, 'M', 'UTC', 'UYU')`;
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

const remove = async (days: Record<string, number>) =>
  (await owner`select remove_expired(${owner.json(days)}) as removed`)[0]?.removed;

test('the defaults are those of the environment, and 0 is for ever', () => {
  const defaults = Object.fromEntries(
    Object.entries(RetentionVariables).map(([name, schema]) => [name, schema.parse(undefined)]),
  ) as { [K in keyof typeof RetentionVariables]: number };
  expect(retentionDays(defaults)).toEqual({
    trails: 90,
    messages: 30,
    notifications: 90,
    webhooks: 30,
    audit: 730,
  });
  expect(retentionDays({ ...defaults, RETENTION_TRAILS_DAYS: 0 })).not.toHaveProperty('trails');
});

test('trails go by whole weeks, once their last day has served its time; the others stay', async () => {
  // Mondays: of the week before the last whole one within ten days, and of today's.
  const [{ old = '', kept = '' } = {}] = await owner<{ old: string; kept: string }[]>`
    select to_char(date_trunc('week', now() at time zone 'UTC')::date - 21, 'IYYY"w"IW') as old,
      to_char(date_trunc('week', now() at time zone 'UTC')::date - 7, 'IYYY"w"IW') as kept`;
  for (const week of [old, kept]) {
    const monday = owner`to_date(${week}, 'IYYY"w"IW')`;
    const [bounds] = await owner`select ${monday}::text as from, (${monday} + 7)::text as to`;
    await owner.unsafe(`create table trail_chunks_${week} partition of trail_chunks
      for values from ('${bounds?.from} 00:00Z') to ('${bounds?.to} 00:00Z')`);
    await owner`insert into trail_chunks (merchant_id, driver_id, started_at, points)
      values (${merchant}, ${driver}, ${`${bounds?.from} 12:00Z`}, '\\x00')`;
  }
  await owner`insert into trail_chunks (merchant_id, driver_id, started_at, points) values
    (${merchant}, ${driver}, now() - interval '400 days', '\\x00'), (${merchant}, ${driver}, now(), '\\x00')`;
  const weeks = async () =>
    (await owner`select relname from pg_class where relkind = 'r' and relname ~ '^trail_chunks_[0-9]'`).map(
      ({ relname }) => relname,
    );
  const before = await weeks();

  expect(await remove({})).toMatchObject({ weeksOfTrails: 0 });
  expect(await weeks()).toEqual(before);
  expect(await remove({ trails: 10 })).toMatchObject({ weeksOfTrails: 1 });
  expect(await weeks()).toEqual(before.filter((name) => name !== `trail_chunks_${old}`));
  const [left] = await owner`select count(*)::int as chunks from trail_chunks`;
  expect(left).toEqual({ chunks: 2 });
  await owner`delete from trail_chunks`;
});

test('the audit log goes after its days, and never where none are named', async () => {
  for (const age of ['731 days', '729 days']) {
    await owner`insert into audit_log (merchant_id, id, actor_type, action, entity_type, created_at)
      values (${merchant}, ${uuidv7()}, 'manager', ${age}, 'user', now() - ${age}::interval)`;
  }
  expect(await remove({})).toMatchObject({ audit: 0 });
  expect(await remove({ audit: 730 })).toMatchObject({ audit: 1 });
  expect(await owner`select action from audit_log`).toEqual([{ action: '729 days' }]);
});

test('quotes, links for passwords and counts of log-ins go by themselves', async () => {
  const userId = uuidv7();
  await owner`insert into users (merchant_id, id, name, role) values (${merchant}, ${userId}, 'Ana', 'manager')`;
  for (const age of ['8 days', '1 hour']) {
    await owner`insert into quotes (merchant_id, id, pickup, dropoff, distance, fee, currency, eta, expires_at)
      values (${merchant}, ${uuidv7()}, '{}', '{}', 1, 1, 'UYU', '{}', now() - ${age}::interval)`;
    await owner`insert into password_resets (merchant_id, id, user_id, token_hash, expires_at)
      values (${merchant}, ${uuidv7()}, ${userId}, ${age}, now() - ${age}::interval)`;
    await owner`insert into throttles (key, points, expire)
      values (${age}, 1, ((extract(epoch from now()) + ${age === '1 hour' ? 60 : -60}) * 1000)::bigint)`;
  }
  await remove({});
  const [left] = await owner`select (select count(*)::int from quotes) as quotes,
    (select array_agg(token_hash) from password_resets) as resets, (select array_agg(key) from throttles) as throttles`;
  expect(left).toEqual({ quotes: 1, resets: ['1 hour'], throttles: ['1 hour'] });
});
