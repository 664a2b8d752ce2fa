import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres, stopLeftover } from '../../../db/embedded/start.ts';
import { migrate } from '../../../db/migrate.ts';
import { inspect } from '../inspect.ts';
import type { Contents } from '../manifest.ts';
import { addOrders, lastRun, makeFolder, runBackup } from '../test-support.ts';
import { walFolders } from './bases.ts';
import { chooseBases, pruneWal } from './prune.ts';

// Several programs and servers are started one after the other; how long that takes is no matter here.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const home = makeFolder();
const dataFolder = join(home.folder, 'live');
const recovered = join(home.folder, 'recovered');
const volume = join(home.folder, 'volume');
const unfit = process.platform === 'linux' ? undefined : 'archives with the tools of Linux';
let server: EmbeddedPostgres;
let env: Record<string, string>;

beforeAll(async () => {
  if (unfit) return;
  chmodSync(home.folder, 0o711);
  server = await startEmbeddedPostgres({ dataFolder, durable: false });
  await migrate({ databaseUrl: server.url, secret: Buffer.alloc(32).toString('base64url') });
  env = { DATABASE_URL: server.url, BACKUP_DIR: volume };
  await addOrders(server.url, 20);
});

afterAll(async () => {
  for (const folder of [dataFolder, recovered]) await stopLeftover(folder).catch(() => {});
  home.remove();
});

async function contentsOf(url: string): Promise<Contents> {
  const sql = postgres(url, { max: 1 });
  const contents = await sql.begin((tx) => inspect(tx));
  await sql.end();
  return contents;
}

/** The moment between what was committed before the call and what is after it: 20 ms apart from both. */
async function now(url: string): Promise<string> {
  const sql = postgres(url, { max: 1 });
  await sql`select pg_sleep(0.02)`;
  const [row] = await sql<[{ at: Date }]>`select clock_timestamp() as at`;
  await sql`select pg_sleep(0.02)`;
  await sql.end();
  return row.at.toISOString();
}

test('an erroneous delete is undone to the moment before it', async ({ skip }) => {
  skip(unfit !== undefined, unfit);
  const useless = await runBackup(['base'], { ...env, PG_BIN: '/nowhere' });
  expect(useless).toMatchObject({ code: 3, log: expect.stringContaining('does not archive') });
  const on = await runBackup(['wal-archive', 'on'], env);
  expect(on).toMatchObject({ code: 0, log: expect.stringContaining('"restartNeeded":true') });
  await server.stop();
  server = await startEmbeddedPostgres({ dataFolder, durable: false });

  const base = await runBackup(['base'], env);
  expect(base).toMatchObject({ code: 0, log: expect.stringContaining('base done') });
  expect(await lastRun(server.url, 'base')).toMatchObject({ ok: true });
  await addOrders(server.url, 10);
  const before = await contentsOf(server.url);
  const moment = await now(server.url);
  const sql = postgres(server.url, { max: 1 });
  await sql`delete from delivery_updates`;
  await sql`delete from orders`;
  await sql.end();

  const into = join(recovered, 'postgres', 'cluster');
  mkdirSync(recovered, { mode: 0o711 });
  mkdirSync(join(recovered, 'postgres'), { mode: 0o711 });
  const { code, log } = await runBackup(['recover', '--to', moment, '--into', into], env);
  expect({ code, log }).toMatchObject({ code: 0, log: expect.stringContaining('recovered') });
  // What was recovered is DropMate's data folder, with the password that it had.
  copyFileSync(join(dataFolder, 'postgres.json'), join(recovered, 'postgres.json'));
  const again = await startEmbeddedPostgres({ dataFolder: recovered, durable: false });
  const after = await contentsOf(again.url);
  expect(after).toEqual(before);
  expect(after.tables['public.orders']).toMatchObject({ rows: 30 });
  await again.stop('immediate');
  // The live server has lost them, and was not touched.
  expect((await contentsOf(server.url)).tables['public.orders']).toMatchObject({ rows: 0 });
  rmSync(recovered, { recursive: true });
});

test('a time that no base backup or no log reaches is refused', async ({ skip }) => {
  skip(unfit !== undefined, unfit);
  const into = join(recovered, 'postgres', 'cluster');
  const early = await runBackup(['recover', '--to', '2020-01-01T00:00:00Z', '--into', into], env);
  expect(early).toMatchObject({ code: 3, log: expect.stringContaining('is good from') });
  const taken = await runBackup(['recover', '--into', dataFolder], env);
  expect(taken).toMatchObject({ code: 3, log: expect.stringContaining('is there already') });
});

test('log that no base backup needs is removed, and what is needed stays', ({ skip }) => {
  skip(unfit !== undefined, unfit);
  const folders = { folder: volume, dumps: join(volume, 'dumps') };
  const { wal } = walFolders(folders);
  const before = readdirSync(wal);
  const removed = pruneWal(folders);
  const left = readdirSync(wal);
  expect(removed).toBeGreaterThan(0);
  expect(left).toHaveLength(before.length - removed);
  expect(left.length).toBeGreaterThan(1);
  expect(pruneWal(folders)).toBe(0);
});

test('base backups stay for seven days, and the one before those', () => {
  const base = (day: number) => ({
    format: 1 as const,
    name: String(day),
    startedAt: '',
    stoppedAt: new Date(Date.UTC(2026, 10, day)).toISOString(),
    startWal: '0'.repeat(24),
    major: 18,
  });
  const kept = (days: number[]) =>
    chooseBases(days.map(base), new Date(Date.UTC(2026, 10, 22))).map(({ name }) => name);
  expect(kept([21, 18, 16, 14, 12, 3])).toEqual(['21', '18', '16', '14']);
  expect(kept([3, 2])).toEqual(['3']);
  expect(kept([21])).toEqual(['21']);
  expect(kept([])).toEqual([]);
});
