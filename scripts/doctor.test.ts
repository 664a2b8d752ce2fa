import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../tests/support/database.ts';
import { checkDatabase } from './doctor/database.ts';
import type { Finding } from './doctor/finding.ts';
import { checkKeys } from './doctor/keys.ts';
import { checkAnswers, checkDisk, checkUpkeep } from './doctor/upkeep.ts';
import { newKey, promote, publish } from './signing-keys/rotate.ts';

const journal = fileURLToPath(new URL('../db/migrations/meta/_journal.json', import.meta.url));
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

const access = () => ({ databaseUrl: database.ownerUrl, secret: database.secret });
const states = (findings: Finding[]) => Object.fromEntries(findings.map(({ name, state }) => [name, state]));
const named = (findings: Finding[], name: string) => findings.find((finding) => finding.name === name);

test('a migrated database is well in all respects', async () => {
  expect(states(await checkDatabase({ ...access(), journal }))).toEqual({
    database: 'ok',
    migrations: 'ok',
    roles: 'ok',
    tenants: 'ok',
    clock: 'ok',
  });
});

test('a database that is not there is one finding, which does not name its password', async () => {
  const url = 'postgres://owner:hunter2@127.0.0.1:9/shop';
  const findings = await checkDatabase({ databaseUrl: url, secret: database.secret, journal });
  expect(states(findings)).toEqual({ database: 'fail' });
  expect(JSON.stringify(findings)).toContain('ECONNREFUSED');
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

test('another DROPMATE_SECRET than that of the migrations shows as roles that cannot log in', async () => {
  const findings = await checkDatabase({ ...access(), secret: 'B'.repeat(43), journal });
  expect(states(findings)).toMatchObject({ database: 'ok', roles: 'fail', tenants: 'ok' });
});

test('a release whose migrations are missing is told which', async () => {
  const ahead = fileURLToPath(new URL('./doctor/ahead.fixture.json', import.meta.url));
  const found = named(await checkDatabase({ ...access(), journal: ahead }), 'migrations');
  expect(found).toMatchObject({ state: 'fail', says: 'missing: 0999_from_the_future' });
  expect(found?.todo).toContain('migrate');
});

test('a table that shows every merchant’s rows is found', async () => {
  await owner`alter table ratings disable row level security`;
  const found = named(await checkDatabase({ ...access(), journal }), 'tenants');
  await owner`alter table ratings enable row level security`;
  expect(found).toMatchObject({ state: 'fail', says: expect.stringContaining('ratings') });
});

test('backups and drills must have been good, and lately; the outbox must not wait', async () => {
  const notSetUp = { offsite: 'ok', wal: 'ok', 'wal-drill': 'ok' };
  expect(states(await checkUpkeep(access()))).toEqual({
    worker: 'ok',
    backup: 'fail',
    drill: 'fail',
    ...notSetUp,
  });
  const run = (kind: string, good: boolean, hours: number) => owner`
    insert into maintenance_runs (id, kind, started_at, ended_at, ok)
    values (${uuidv7()}, ${kind}, now(), now() - ${hours} * interval '1 hour', ${good})`;
  await run('backup', false, 0);
  await run('backup', true, 1);
  await run('drill', true, 31);
  expect(states(await checkUpkeep(access()))).toMatchObject({ backup: 'ok', drill: 'fail' });
  await run('drill', true, 2);
  await owner`insert into merchants (id, name, timezone, currency) values (${uuidv7()}, 'M', 'UTC', 'UYU')`;
  await owner`insert into outbox (merchant_id, topic, entity_id, version, payload, created_at)
    select id, 'order', id, 1, '{}', now() - interval '5 minutes' from merchants limit 1`;
  await run('wal', true, 4);
  expect(states(await checkUpkeep(access()))).toEqual({
    worker: 'fail',
    backup: 'ok',
    drill: 'ok',
    ...notSetUp,
    wal: 'fail',
  });
});

test('keys are tried, and a rotation that was left half way is seen', async () => {
  const now = new Date();
  const key = newKey(now);
  expect((await checkKeys([key], now)).state).toBe('ok');
  expect((await checkKeys([{ ...key, x: newKey(now).x }], now)).state).toBe('fail');
  expect((await checkKeys([], now)).state).toBe('fail');
  const published = publish([key], now);
  expect(await checkKeys(published, now)).toMatchObject({
    state: 'warn',
    says: expect.stringContaining('waits'),
  });
  const promoted = promote(published, now);
  expect((await checkKeys(promoted, now)).state).toBe('ok');
  const later = new Date(now.getTime() + 2 * 3_600_000);
  expect(await checkKeys(promoted, later)).toMatchObject({ todo: expect.stringContaining('--finish') });
  const nextYear = new Date(now.getTime() + 365 * 86_400_000);
  expect(await checkKeys([key], nextYear)).toMatchObject({
    state: 'warn',
    says: expect.stringContaining('180'),
  });
  expect(JSON.stringify(await checkKeys([{ ...key, kty: 'RSA' }], now))).not.toContain(key.d);
});

test('what does not answer fails or warns, as it matters', async () => {
  const url = 'http://127.0.0.1:9/readyz';
  expect(await checkAnswers('rooms', url, 'Look.', true)).toMatchObject({ state: 'fail', todo: 'Look.' });
  expect(await checkAnswers('public address', url, 'Look.', false)).toMatchObject({ state: 'warn' });
});

test('a disk is looked at, and one that is not there fails', async () => {
  const [here, nowhere] = await checkDisk(['/', '/no/such/folder']);
  expect(here?.says).toMatch(/^\/: \d+ % free, [\d.]+ GiB$/);
  expect(nowhere?.state).toBe('fail');
});
