import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres, stopLeftover } from '../../../db/embedded/start.ts';
import { migrate } from '../../../db/migrate.ts';
import { inspect } from '../inspect.ts';
import type { Contents } from '../manifest.ts';
import { addOrders, lastRun, makeFolder, makeKey, missingTools, runBackup } from '../test-support.ts';
import { archiveNow } from './archive.ts';
import { archiveOf, listBases, walFolders } from './bases.ts';
import { chooseBases, pruneWal } from './prune.ts';
import { listSegments } from './segments.ts';

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
  for (const folder of [dataFolder, recovered, join(home.folder, 'elsewhere')])
    await stopLeftover(folder).catch(() => {});
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

test('log that no base backup needs is removed, and what is needed stays', async ({ skip }) => {
  skip(unfit !== undefined, unfit);
  const folders = { folder: volume, dumps: join(volume, 'dumps') };
  const { wal } = walFolders(folders);
  const before = readdirSync(wal);
  const removed = await pruneWal(folders);
  const left = readdirSync(wal);
  expect(removed).toBeGreaterThan(0);
  expect(left).toHaveLength(before.length - removed);
  expect(left.length).toBeGreaterThan(1);
  expect(await pruneWal(folders)).toBe(0);
});

/** A base backup and log since, off-site too, and the moment after which orders were deleted. */
async function makeTier(): Promise<{ before: Contents; moment: string }> {
  await addOrders(server.url, 5);
  expect(await runBackup(['base'], env)).toMatchObject({ code: 0 });
  await addOrders(server.url, 5);
  const before = await contentsOf(server.url);
  const moment = await now(server.url);
  const sql = postgres(server.url, { max: 1 });
  await sql`delete from trail_chunks`;
  await sql.end();
  return { before, moment };
}

const missingOffsite = missingTools('age', 'age-keygen', 'rclone');

test('with server and volume gone, any moment comes back from off-site and the key alone', async ({
  skip,
}) => {
  skip((unfit ?? missingOffsite) !== undefined, unfit ?? missingOffsite);
  const { before, moment } = await makeTier();
  const key = await makeKey(home.folder);
  const bucket = join(home.folder, 'bucket');
  const BACKUP_OFFSITE = `:local:${bucket}`;
  const sends = { ...env, BACKUP_OFFSITE, AGE_RECIPIENTS: key.recipient };
  // The drill sees to it that the newest log is there, and compares with the live database.
  const drill = await runBackup(['wal-drill', '--offsite', '--identity', key.identity], sends);
  expect(drill).toMatchObject({ code: 0, log: expect.stringContaining('wal-drill done') });
  expect(await lastRun(server.url, 'wal-drill')).toMatchObject({ ok: true, detail: { offsite: true } });
  expect(await lastRun(server.url, 'offsite')).toMatchObject({ ok: true });
  for (const folder of ['base', 'wal']) {
    for (const file of readdirSync(join(bucket, folder)))
      expect(readFileSync(join(bucket, folder, file)).toString('latin1', 0, 21)).toBe(
        'age-encryption.org/v1',
      );
  }

  const elsewhere = join(home.folder, 'elsewhere');
  const into = join(elsewhere, 'postgres', 'cluster');
  for (const folder of [elsewhere, join(elsewhere, 'postgres')]) mkdirSync(folder, { mode: 0o711 });
  const told = { BACKUP_DIR: join(home.folder, 'new-volume'), BACKUP_OFFSITE };
  const recover = ['recover', '--offsite', '--identity', key.identity, '--to', moment, '--into', into];
  const { code, log } = await runBackup(recover, told);
  expect({ code, log }).toMatchObject({ code: 0 });
  expect(readdirSync(told.BACKUP_DIR)).toEqual(['dumps']);
  copyFileSync(join(dataFolder, 'postgres.json'), join(elsewhere, 'postgres.json'));
  const again = await startEmbeddedPostgres({ dataFolder: elsewhere, durable: false });
  expect(await contentsOf(again.url)).toEqual(before);
  await again.stop('immediate');
});

test('the second tier is drilled: a moment of the live database comes back the same', async ({ skip }) => {
  skip(unfit !== undefined, unfit);
  expect(await runBackup(['base'], env)).toMatchObject({ code: 0 });
  await addOrders(server.url, 5);
  // Somebody writes all the while.
  let over = false;
  const sql = postgres(server.url, { max: 1 });
  const writing = (async () => {
    while (!over) await sql`update merchants set name = name || 'x'`;
  })();
  const drill = await runBackup(['wal-drill'], env);
  over = true;
  await writing;
  await sql.end();
  expect(drill).toMatchObject({ code: 0, log: expect.stringContaining('wal-drill done') });
  expect(await lastRun(server.url, 'wal-drill')).toMatchObject({ ok: true, detail: { offsite: false } });
  expect(readdirSync(volume).filter((name) => name.startsWith('scratch'))).toEqual([]);
});

test('a segment that is missing or damaged is told, and is not taken for the end of the log', async ({
  skip,
}) => {
  skip(unfit !== undefined, unfit);
  const base = await runBackup(['base'], env);
  const start = /"startWal":"(\w+)"/.exec(base.log)?.[1] ?? '';
  const sql = postgres(server.url, { max: 1 });
  for (let n = 0; n < 3; n++) {
    await sql`update merchants set name = name || 'y'`;
    expect(await archiveNow(sql)).toBe(true);
  }
  await sql.end();
  const broken = join(home.folder, 'broken');
  cpSync(volume, broken, { recursive: true, preserveTimestamps: true });
  const { wal } = walFolders({ folder: broken });
  const [, second = ''] = listSegments(wal, start).map(({ file }) => file);
  const into = join(home.folder, 'never');
  const whole = readFileSync(join(wal, second));
  writeFileSync(join(wal, second), whole.subarray(0, whole.length >> 1));
  const told = { BACKUP_DIR: broken };
  const damaged = await runBackup(['recover', '--into', into], told);
  expect(damaged).toMatchObject({
    code: 1,
    log: expect.stringContaining(`${second.slice(0, 24)} is damaged`),
  });
  expect(await runBackup(['verify'], told)).toMatchObject({
    code: 1,
    log: expect.stringContaining(second.slice(0, 24)),
  });
  rmSync(join(wal, second));
  const missing = await runBackup(['recover', '--into', into], told);
  expect(missing).toMatchObject({ code: 1, log: expect.stringContaining('a segment of the log is missing') });
  const drill = await runBackup(['wal-drill'], { ...env, BACKUP_DIR: broken });
  expect(drill.code).toBe(1);
  expect(await lastRun(server.url, 'wal-drill')).toMatchObject({ ok: false });
  expect(existsSync(into)).toBe(false);
});

test('a base backup that was damaged keeps the older ones from being pruned', async ({ skip }) => {
  skip(unfit !== undefined, unfit);
  const folders = { folder: volume, dumps: join(volume, 'dumps') };
  const [newest] = listBases(folders);
  if (!newest) throw new Error('There is a base backup.');
  const archive = archiveOf(folders, newest);
  const bytes = readFileSync(archive);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(archive, bytes);
  await expect(pruneWal(folders)).rejects.toThrow('damaged');
  const into = join(home.folder, 'never');
  expect(await runBackup(['recover', '--into', into], env)).toMatchObject({ code: 1 });
});

test('base backups stay for seven days before the newest, and the one before those', () => {
  const base = (day: number) => ({ day, at: new Date(Date.UTC(2026, 10, day)) });
  const kept = (days: number[]) => chooseBases(days.map(base)).map(({ day }) => day);
  expect(kept([21, 18, 16, 14, 12, 3])).toEqual([21, 18, 16, 14]);
  expect(kept([21, 15, 13, 12])).toEqual([21, 15, 13]);
  expect(kept([3, 2])).toEqual([3, 2]);
  expect(kept([21, 3, 2])).toEqual([21, 3]);
  expect(kept([])).toEqual([]);
});
