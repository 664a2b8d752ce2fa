import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { APP_ROLE, roleUrl, SYSTEM_ROLE } from '../../db/roles.ts';
import { createBoss } from '../worker/queues.ts';
import { inspect } from './inspect.ts';
import type { Contents } from './manifest.ts';
import {
  addOrders,
  copyMerchant,
  type DebianServer,
  dumpsIn,
  lastRun,
  makeFolder,
  missingTools,
  runBackup,
  startDebianServer,
} from './test-support.ts';

// Several programs and servers are started one after the other; how long that takes is no matter here.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const missing = missingTools();
const volume = makeFolder();
let server: DebianServer;
let url: string;
let env: Record<string, string>;
let before: Contents;

beforeAll(async () => {
  if (missing) return;
  server = await startDebianServer();
  url = await server.createDatabase('shop');
  await addOrders(url, 100);
  await copyMerchant(url, 19);
  await startQueue();
  env = { DATABASE_URL: url, BACKUP_DIR: volume.folder, DROPMATE_SECRET: server.secret };
  before = await contentsOf(url);
  const made = await runBackup(['backup'], env);
  if (made.code !== 0) throw new Error(made.log);
});

afterAll(async () => {
  await server?.scratch.remove();
  volume.remove();
});

// The real tables of the job queue, which belong to another role than all others do.
async function startQueue(): Promise<void> {
  const boss = createBoss({ databaseUrl: url, secret: server.secret, log: pino({ level: 'silent' }) });
  await boss.start();
  await boss.createQueue('room');
  await boss.send('room', { merchantId: 'x' });
  await boss.stop({ graceful: false });
}

const contentsOf = async (databaseUrl: string): Promise<Contents> => {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  const contents = await sql.begin((tx) => inspect(tx));
  await sql.end();
  return contents;
};

const withoutRuns = ({ tables, ...rest }: Contents) => {
  const { 'public.maintenance_runs': _, ...others } = tables;
  return { ...rest, tables: others };
};

test('a backup says what it holds, and no rule of ours is broken in 2,000 orders', async ({ skip }) => {
  skip(missing !== undefined, missing);
  expect(dumpsIn(volume.folder)).toHaveLength(1);
  expect(before.tables['public.orders']).toMatchObject({ rows: 2000 });
  // 2,000 created, 1,800 assigned, 1,600 moved on three times.
  expect(before.tables['public.delivery_updates']).toMatchObject({ rows: 2000 + 1800 + 3 * 1600 });
  expect(Object.keys(before.tables)).toContain('pgboss.queue');
  expect(Object.values(before.invariants)).toEqual(Object.values(before.invariants).fill(0));
  expect(before.objects.policies?.count).toBeGreaterThan(20);
  const row = await lastRun(url, 'backup');
  expect(row).toMatchObject({ ok: true, detail: { broken: {} } });
  expect(row?.bytes).toBeGreaterThan(100_000);
  expect(await lastRun(url, 'prune')).toMatchObject({ ok: true, detail: { removed: [], kept: 1 } });
});

test('rows that break a rule are counted', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const broken = await sql
    .begin(async (tx) => {
      await tx`update orders set status = 'cancelled' where ctid in (select ctid from orders where status = 'created' limit 3)`;
      await tx`update orders set version = version + 1 where ctid in (select ctid from orders where status = 'assigned' limit 2)`;
      await tx`update order_counters set last = last - 1 where ctid = (select min(ctid) from order_counters)`;
      await tx`update orders set currency = 'pesos' where ctid in (select ctid from orders where status = 'delivered' limit 4)`;
      await tx`select setval('outbox_id_seq', 1)`;
      throw await inspect(tx);
    })
    .catch((contents: Contents) => contents.invariants);
  // setval is not undone with its transaction.
  await sql`select setval('outbox_id_seq', (select max(id) from outbox))`;
  await sql.end();
  expect(broken).toMatchObject({
    'the log of an order folds to its row': 5,
    'each version of an order has one line in its log': 2,
    'the counter of order numbers is at the highest': 1,
    'an order has a currency and no negative amount': 4,
  });
  expect(broken['the outbox gives out new ids']).toBeGreaterThan(400);
});

test('a drill restores the newest dump elsewhere and finds it the same', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const { code, log } = await runBackup(['drill'], env);
  expect(log).toContain('drill done');
  expect(code).toBe(0);
  expect(await lastRun(url, 'drill')).toMatchObject({
    ok: true,
    detail: {
      name: dumpsIn(volume.folder)[0]?.replace('.dump', ''),
      tables: Object.keys(before.tables).length,
    },
  });
  // Nothing of the scratch server is left.
  expect(readdirSync(volume.folder).filter((name) => name.startsWith('scratch'))).toEqual([]);
});

test('a drill fails when what comes back is not what the manifest says', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const other = makeFolder();
  try {
    const [name] = dumpsIn(volume.folder);
    mkdirSync(join(other.folder, 'dumps'));
    const manifest = JSON.parse(
      readFileSync(join(volume.folder, 'dumps', `${name?.replace('.dump', '.json')}`), 'utf8'),
    );
    manifest.contents.tables['public.orders'].rows++;
    manifest.contents.objects.policies.count++;
    writeFileSync(join(other.folder, 'dumps/x.json'), JSON.stringify({ ...manifest, name: 'x' }));
    writeFileSync(join(other.folder, 'dumps/x.dump'), readFileSync(join(volume.folder, 'dumps', `${name}`)));
    const { code } = await runBackup(['drill'], { ...env, BACKUP_DIR: other.folder });
    expect(code).toBe(1);
    const run = await lastRun(url, 'drill');
    expect(run?.ok).toBe(false);
    expect(run?.detail.error).toMatch(/orders: 2001 rows were dumped, 2000 came back.*policies: there were/);
  } finally {
    other.remove();
  }
});

test('a database that was dropped comes back whole, with its roles and their rights', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const admin = postgres(server.scratch.url, { max: 1, onnotice: () => {} });
  const still = await contentsOf(url);
  expect(withoutRuns(still)).toEqual(withoutRuns(before));
  await admin`drop database shop with (force)`;

  // By an owner of another name, without more rights than a managed Postgres gives.
  await admin`create role keeper login createdb createrole password 'keeper'`;
  const keeper = new URL(url);
  Object.assign(keeper, { username: 'keeper', password: 'keeper' });
  const { code, log } = await runBackup(['restore'], { ...env, DATABASE_URL: keeper.href });
  expect({ code, log }).toMatchObject({ code: 0 });
  expect(withoutRuns(await contentsOf(url))).toEqual(withoutRuns(before));
  expect(await lastRun(url, 'restore')).toMatchObject({
    ok: true,
    detail: { database: 'shop', rehearsed: false },
  });
  // Each role logs in with its password and sees what it saw: the app nothing without a merchant.
  const app = postgres(roleUrl(url, APP_ROLE, server.secret), { max: 1 });
  expect(await app`select count(*)::int from orders`).toEqual([{ count: 0 }]);
  const system = postgres(roleUrl(url, SYSTEM_ROLE, server.secret), { max: 1 });
  expect(await system`select count(*)::int from outbox`).toEqual([
    { count: before.tables['public.outbox']?.rows },
  ]);
  await system`alter table pgboss.queue add column its_own boolean`;
  await system`alter table pgboss.queue drop column its_own`;
  await Promise.all([app.end(), system.end(), admin.end()]);
});

test('a database that holds anything is refused, or put aside', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql`update merchants set name = 'Changed since'`;
  const refused = await runBackup(['restore'], env);
  expect(refused).toMatchObject({ code: 3, log: expect.stringContaining('is not empty') });
  expect(await sql`select distinct name from merchants`).toEqual([{ name: 'Changed since' }]);

  const { code, log } = await runBackup(['restore', '--replace'], env);
  expect(code).toBe(0);
  const aside = /"putAside":"(shop_before_\d+)"/.exec(log)?.[1] ?? '';
  const again = postgres(url, { max: 1 });
  expect(await again`select distinct name from merchants`).toEqual([{ name: 'Café Sur' }]);
  const old = postgres(url.replace(/shop$/, aside), { max: 1 });
  expect(await old`select distinct name from merchants`).toEqual([{ name: 'Changed since' }]);
  await Promise.all([sql.end({ timeout: 0 }), again.end(), old.end()]);
});

test('a half-dropped database is replaced when told to, and what a killed restore left is dropped', async ({
  skip,
}) => {
  skip(missing !== undefined, missing);
  const admin = postgres(server.scratch.url, { max: 1, onnotice: () => {} });
  await admin`create database half`;
  await admin`create database half_restoring_abcdef`;
  await admin`create database half_restoring_mine`;
  // As a drop that was cut short leaves it.
  await admin`update pg_database set datconnlimit = -2 where datname = 'half'`;
  const restore = ['restore', '--database', 'half'];
  expect(await runBackup(restore, env)).toMatchObject({
    code: 3,
    log: expect.stringContaining('half dropped'),
  });
  // Another restore of it is at work.
  await admin`select pg_advisory_lock(4170233, hashtext('half'))`;
  const second = await runBackup([...restore, '--replace'], env);
  expect(second).toMatchObject({ code: 3, log: expect.stringContaining('Another restore of half') });
  await admin`select pg_advisory_unlock(4170233, hashtext('half'))`;

  const { code, log } = await runBackup([...restore, '--replace'], env);
  expect({ code, log }).toMatchObject({ code: 0 });
  expect(withoutRuns(await contentsOf(url.replace(/shop$/, 'half')))).toEqual(withoutRuns(before));
  const left = await admin`select datname as name from pg_database where datname like 'half%' order by 1`;
  expect(left.map(({ name }) => name)).toEqual(['half', 'half_restoring_mine']);
  await admin.end();
});
