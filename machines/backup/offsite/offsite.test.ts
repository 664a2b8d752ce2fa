import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { APP_ROLE, roleUrl } from '../../../db/roles.ts';
import {
  addOrders,
  type DebianServer,
  dumpsIn,
  lastRun,
  makeFolder,
  makeKey,
  missingTools,
  runBackup,
  startDebianServer,
} from '../test-support.ts';
import { makePassing, openVolume } from '../volume.ts';

// Several programs and servers are started one after the other; how long that takes is no matter here.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const missing = missingTools('age', 'age-keygen', 'rclone');
const home = makeFolder();
const bucket = join(home.folder, 'bucket');
const volume = join(home.folder, 'volume');
let server: DebianServer;
let url: string;
let identity: string;
let env: Record<string, string>;
let name: string;

beforeAll(async () => {
  if (missing) return;
  server = await startDebianServer();
  url = await server.createDatabase('shop');
  await addOrders(url, 30);
  const key = await makeKey(home.folder);
  identity = key.identity;
  env = {
    DATABASE_URL: url,
    BACKUP_DIR: volume,
    DROPMATE_SECRET: server.secret,
    BACKUP_OFFSITE: `:local:${bucket}`,
    AGE_RECIPIENTS: key.recipient,
  };
  const made = await runBackup(['backup'], env);
  if (made.code !== 0) throw new Error(made.log);
  name = dumpsIn(volume)[0]?.replace('.dump', '') ?? '';
});

afterAll(async () => {
  await server?.scratch.remove();
  home.remove();
});

/** A copy of the volume and of the bucket for one test, and the environment that names them. */
function own(more: Record<string, string> = {}) {
  const { folder, remove } = makeFolder();
  onTestFinished(remove);
  // Postgres' own user passes through to a drill's server.
  chmodSync(folder, 0o711);
  cpSync(volume, join(folder, 'volume'), { recursive: true });
  cpSync(bucket, join(folder, 'bucket'), { recursive: true });
  const dumps = join(folder, 'volume', 'dumps');
  return {
    folder,
    dumps,
    bucket: join(folder, 'bucket'),
    env: {
      ...env,
      BACKUP_DIR: join(folder, 'volume'),
      BACKUP_OFFSITE: `:local:${join(folder, 'bucket')}`,
      ...more,
    },
  };
}

/** An rclone that does `then` after the real one has copied. */
function rcloneThat(then: string): void {
  const { folder, remove } = makeFolder();
  const real = (process.env.PATH ?? '').split(':').find((path) => existsSync(join(path, 'rclone')));
  const script = `#!/bin/sh\n${real}/rclone "$@" || exit\n[ "$1" = copy ] || exit 0\n${then}\n`;
  writeFileSync(join(folder, 'rclone'), script);
  chmodSync(join(folder, 'rclone'), 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    remove();
  });
}

/** Gives the one dump of a volume another time. */
function rename(dumps: string, at: string): string {
  const [dump = ''] = readdirSync(dumps).filter((file) => file.endsWith('.dump'));
  const old = dump.replace('.dump', '');
  const manifest = JSON.parse(readFileSync(join(dumps, `${old}.json`), 'utf8'));
  const other = at.replaceAll(':', '-');
  writeFileSync(join(dumps, `${other}.json`), JSON.stringify({ ...manifest, name: other, startedAt: at }));
  renameSync(join(dumps, dump), join(dumps, `${other}.dump`));
  rmSync(join(dumps, `${old}.json`));
  return other;
}

test('a copy is encrypted, and on record', async ({ skip }) => {
  skip(missing !== undefined, missing);
  expect(readdirSync(bucket).sort()).toEqual([`${name}.dump.age`, `${name}.json.age`]);
  for (const file of readdirSync(bucket))
    expect(readFileSync(join(bucket, file)).toString('latin1', 0, 21)).toBe('age-encryption.org/v1');
  expect(await lastRun(url, 'offsite')).toMatchObject({ ok: true, detail: { files: 2, newest: name } });
  expect(readdirSync(volume).filter((file) => file.startsWith('leaving'))).toEqual([]);
  const listed = await runBackup(['list', '--offsite'], {
    BACKUP_DIR: volume,
    BACKUP_OFFSITE: `:local:${bucket}`,
  });
  expect(listed).toMatchObject({ code: 0, log: expect.stringContaining(`offsite:${name}`) });
});

test('with volume and database gone, the shop comes back from off-site and the key alone', async ({
  skip,
}) => {
  skip(missing !== undefined, missing);
  const empty = makeFolder();
  onTestFinished(empty.remove);
  const told = {
    DATABASE_URL: url.replace(/shop$/, 'again'),
    BACKUP_DIR: join(empty.folder, 'new'),
    BACKUP_OFFSITE: `:local:${bucket}`,
    DROPMATE_SECRET: server.secret,
  };
  const without = await runBackup(['restore', '--dump', 'offsite:latest'], told);
  expect(without).toMatchObject({ code: 2, log: expect.stringContaining('--identity') });
  const restore = ['restore', '--dump', 'offsite:latest', '--identity', identity];
  const { code, log } = await runBackup(restore, told);
  expect({ code, log }).toMatchObject({ code: 0 });
  const sql = postgres(told.DATABASE_URL, { max: 1 });
  expect(await sql`select count(*)::int as orders from orders`).toEqual([{ orders: 30 }]);
  await sql.end();
  // Nothing that was decrypted is left.
  expect(readdirSync(told.BACKUP_DIR).sort()).toEqual(['dumps']);
  const other = await runBackup(
    ['restore', '--dump', 'offsite:x', '--identity', identity, '--replace'],
    told,
  );
  expect(other).toMatchObject({ code: 3, log: expect.stringContaining('no such backup') });
});

test('a copy that was fetched by hand can be rehearsed, and a rehearsal leaves the roles their passwords', async ({
  skip,
}) => {
  skip(missing !== undefined, missing);
  const rehearse = ['restore', '--rehearse', '--dump', join(bucket, `${name}.dump.age`)];
  const other = Buffer.alloc(32, 7).toString('base64url');
  const rehearsed = await runBackup([...rehearse, '--identity', identity], {
    ...env,
    DROPMATE_SECRET: other,
  });
  expect(rehearsed).toMatchObject({ code: 0, log: expect.stringContaining('"rehearsed":true') });
  expect(await lastRun(url, 'restore')).toMatchObject({ ok: true, detail: { rehearsed: true } });
  const app = postgres(roleUrl(url, APP_ROLE, server.secret), { max: 1 });
  expect(await app`select 1 as one`).toEqual([{ one: 1 }]);
  const left = await app`select datname from pg_database where datname like '%restoring%'`;
  await app.end();
  expect([...left]).toEqual([]);
  expect(await runBackup(rehearse, env)).toMatchObject({
    code: 2,
    log: expect.stringContaining('--identity'),
  });
});

test('a copy that arrived damaged is a failure, and the next run makes up for it', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const { env: told, bucket: there, dumps } = own();
  const newer = rename(dumps, '2026-01-01T00:00:00.000Z');
  rcloneThat(`printf x >> "${there}/${newer}.dump.age" 2>/dev/null; exit 0`);
  const { code, log } = await runBackup(['offsite'], told);
  expect({ code, log }).toMatchObject({
    code: 1,
    log: expect.stringMatching(/rclone ended with 1: .*(differ|size)/),
  });
  expect(await lastRun(url, 'offsite')).toMatchObject({ ok: false });
  expect(existsSync(join(there, `${newer}.json.age`))).toBe(false);
  vi.unstubAllEnvs();
  expect(await runBackup(['offsite'], told)).toMatchObject({ code: 0 });
  expect(existsSync(join(there, `${newer}.json.age`))).toBe(true);
  expect(await runBackup(['verify', '--offsite', newer], told)).toMatchObject({ code: 0 });
});

test('while off-site cannot be reached, backups are made and pruned, and it is loud', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const { env: told } = own({ BACKUP_OFFSITE: ':local:/proc/nowhere' });
  const { code } = await runBackup(['backup'], told);
  expect(code).toBe(1);
  expect(await lastRun(url, 'backup')).toMatchObject({ ok: true });
  expect(await lastRun(url, 'prune')).toMatchObject({ ok: true });
  expect(await lastRun(url, 'offsite')).toMatchObject({ ok: false });
});

test('a drill reads the copy back, and finds a byte that flipped there', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const { env: told, bucket: there } = own();
  expect(await runBackup(['verify', '--offsite'], told)).toMatchObject({ code: 0 });
  const file = join(there, `${name}.dump.age`);
  const bytes = readFileSync(file);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const { code, log } = await runBackup(['drill'], told);
  expect({ code, log }).toMatchObject({ code: 1, log: expect.stringContaining('is not what was sent') });
  expect(await lastRun(url, 'drill')).toMatchObject({ ok: false });
});

test('off-site is pruned by the same rules when told to, but not before the newest is there', async ({
  skip,
}) => {
  skip(missing !== undefined, missing);
  const { env: told, bucket: there } = own({ BACKUP_OFFSITE_PRUNE: 'true' });
  // Of one hour long ago the newest stays; of the others nothing does.
  const old = ['2020-01-01T00-10-00.000Z', '2020-01-01T00-20-00.000Z'];
  for (const time of old) {
    for (const part of ['dump', 'json']) writeFileSync(join(there, `${time}.${part}.age`), 'x');
  }
  const rest = [`${name}.dump.age`, `${name}.json.age`];
  const sent = readFileSync(join(there, `${name}.dump.age`));
  writeFileSync(join(there, `${name}.dump.age`), 'cut short');
  expect(await runBackup(['prune'], told)).toMatchObject({
    code: 0,
    log: expect.stringContaining('not there yet'),
  });
  expect(readdirSync(there)).toHaveLength(6);
  writeFileSync(join(there, `${name}.dump.age`), sent);
  expect(await runBackup(['prune'], told)).toMatchObject({
    code: 0,
    log: expect.stringContaining('"offsite":2'),
  });
  expect(readdirSync(there).sort()).toEqual([`${old[1]}.dump.age`, `${old[1]}.json.age`, ...rest].sort());
});

test('a backup from the future is not taken for the newest', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const { env: told, dumps } = own();
  const ahead = rename(dumps, '2099-01-01T00:00:00.000Z');
  const { code, log } = await runBackup(['restore', '--rehearse'], told);
  expect({ code, log }).toMatchObject({ code: 3, log: expect.stringContaining('dated in the future') });
  expect(await runBackup(['prune'], told)).toMatchObject({
    code: 3,
    log: expect.stringContaining('Nothing is removed'),
  });
  expect(await runBackup(['restore', '--rehearse', '--dump', ahead], told)).toMatchObject({ code: 0 });
});

test('what a killed run had decrypted is removed by the next, and a living one keeps its own', ({ skip }) => {
  skip(missing !== undefined, missing);
  const { folder, remove } = makeFolder();
  onTestFinished(remove);
  const volume = openVolume(folder);
  const living = makePassing(volume, 'decrypted');
  mkdirSync(join(folder, 'decrypted-dead', 'files'), { recursive: true });
  writeFileSync(join(folder, 'decrypted-dead', 'files', 'x.dump'), 'orders');
  return runBackup(['list'], { BACKUP_DIR: folder }).then(() => {
    expect(readdirSync(folder).filter((file) => file.startsWith('decrypted-'))).toHaveLength(1);
    expect(existsSync(living.folder)).toBe(true);
    living.close();
    expect(readdirSync(folder)).toEqual(['base', 'dumps', 'wal']);
  });
});

test('where a volume must be mounted and is not, nothing is written', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const { folder } = own();
  // On the disk of the system itself, as a container's own folder is.
  const told = { ...env, BACKUP_DIR: join('/', 'var', 'tmp', folder.split('/').at(-1) ?? 'x') };
  onTestFinished(() => rmSync(told.BACKUP_DIR, { recursive: true, force: true }));
  const { code, log } = await runBackup(['backup'], { ...told, BACKUP_MOUNTED: 'true' });
  expect({ code, log }).toMatchObject({ code: 3, log: expect.stringContaining('No volume is mounted') });
});
