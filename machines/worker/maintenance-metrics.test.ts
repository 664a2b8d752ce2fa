import postgres from 'postgres';
import { Registry } from 'prom-client';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { roleUrl, SYSTEM_ROLE } from '../../db/roles.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { observeMaintenance } from './maintenance-metrics.ts';

let database: TestDatabase;
let owner: postgres.Sql;
let system: postgres.Sql;
const registry = new Registry();

beforeAll(async () => {
  database = await createTestDatabase();
  owner = postgres(database.ownerUrl, { max: 1 });
  system = postgres(roleUrl(database.ownerUrl, SYSTEM_ROLE, database.secret), { max: 1 });
  observeMaintenance(registry, {
    executeSql: async (text: string) => ({ rows: [...(await system.unsafe(text))] }),
  });
});

afterAll(async () => {
  await Promise.all([owner.end(), system.end()]);
  await database.drop();
});

/** A run that began `age` seconds ago and took 10; `ok` null: it has not ended. */
async function addRun(kind: string, age: number, ok: boolean | null, detail = {}): Promise<void> {
  await owner`
    insert into maintenance_runs (id, kind, started_at, ended_at, ok, bytes, detail)
    values (${uuidv7()}, ${kind}, now() - make_interval(secs => ${age}),
      ${ok === null ? null : owner`now() - make_interval(secs => ${age - 10})`}, ${ok}, ${ok ? 5000 : null},
      ${owner.json(detail)})`;
}

async function read(name: string, kind: string): Promise<number | undefined> {
  const text = await registry.metrics();
  const found = new RegExp(`^dropmate_maintenance_${name}\\{kind="${kind}"\\} (.*)$`, 'm').exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

test('what never ran has no series', async () => {
  expect(await registry.metrics()).not.toMatch(/^dropmate_maintenance.*\{/m);
});

test('a failed run is told, and the age is still that of the last good one', async () => {
  await addRun('backup', 7200, true, { broken: { 'the log folds': 3, 'the counter is right': 1 } });
  await addRun('drill', 500, true);
  await addRun('backup', 3600, false, { error: 'No space left on device' });
  await addRun('backup', 60, null);
  expect(await read('last_ok', 'backup')).toBe(0);
  expect(await read('last_ok', 'drill')).toBe(1);
  const age = await read('last_good_age_seconds', 'backup');
  expect(age).toBeGreaterThanOrEqual(7190);
  expect(age).toBeLessThan(7190 + 600);
  expect(await read('last_good_duration_seconds', 'backup')).toBeCloseTo(10);
  expect(await read('last_good_bytes', 'backup')).toBe(5000);
  expect(await read('broken_rows', 'backup')).toBe(4);
  expect(await read('broken_rows', 'drill')).toBeUndefined();
});

test('what has only failed so far has no age', async () => {
  await addRun('restore', 60, false);
  expect(await read('last_ok', 'restore')).toBe(0);
  expect(await read('last_good_age_seconds', 'restore')).toBeUndefined();
});

test('the copies elsewhere and the log have theirs too', async () => {
  for (const kind of ['prune', 'base', 'offsite', 'wal', 'wal-drill']) {
    await addRun(kind, 60, true);
    expect(await read('last_ok', kind), kind).toBe(1);
  }
});

test('while the database is away, the other metrics are still served', async () => {
  const alone = new Registry();
  observeMaintenance(alone, { executeSql: () => Promise.reject(new Error('away')) });
  expect(await alone.metrics()).not.toMatch(/^dropmate_maintenance.*\{/m);
});
