import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createTestDatabase } from '../../tests/support/database.ts';
import {
  addOrders,
  type DebianServer,
  dumpsIn,
  lastRun,
  makeFolder,
  missingTools,
  runBackup,
  startBackup,
  startDebianServer,
} from './test-support.ts';
import { hashFile } from './volume.ts';

// Several programs and servers are started one after the other; how long that takes is no matter here.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

// Whatever goes wrong: it is loud, it is on record, and the backups that were there are there.

const missing = missingTools();
const good = makeFolder();
let server: DebianServer;
let url: string;
let owner: postgres.Sql;

beforeAll(async () => {
  if (missing) return;
  server = await startDebianServer();
  url = await server.createDatabase('shop');
  owner = postgres(url, { max: 1, onnotice: () => {} });
  await addOrders(url, 30);
  const made = await runBackup(['backup'], environment(good.folder));
  if (made.code !== 0) throw new Error(made.log);
  makeOld(good.folder);
});

afterAll(async () => {
  await owner?.end();
  await server?.scratch.remove();
  good.remove();
});

// Made in an hour long ago, so that the rules keep it beside a new one.
function makeOld(folder: string): void {
  const dumps = join(folder, 'dumps');
  const name = dumpsIn(folder)[0]?.replace('.dump', '');
  const manifest = JSON.parse(readFileSync(join(dumps, `${name}.json`), 'utf8'));
  const old = { ...manifest, name: '2020-01-01T00-00-00.000Z', startedAt: '2020-01-01T00:00:00.000Z' };
  writeFileSync(join(dumps, `${old.name}.json`), JSON.stringify(old));
  renameSync(join(dumps, `${name}.dump`), join(dumps, `${old.name}.dump`));
  rmSync(join(dumps, `${name}.json`));
}

const environment = (folder: string, more: Record<string, string> = {}): Record<string, string> => ({
  DATABASE_URL: url,
  BACKUP_DIR: folder,
  DROPMATE_SECRET: server.secret,
  ...more,
});

/** A volume of the test's own with one good backup in it. */
function copyOfGood(target?: string): { folder: string; dump: string } {
  const own = target === undefined ? makeFolder() : { folder: target, remove: () => {} };
  onTestFinished(own.remove);
  cpSync(join(good.folder, 'dumps'), join(own.folder, 'dumps'), { recursive: true });
  return { folder: own.folder, dump: join(own.folder, 'dumps', dumpsIn(own.folder)[0] ?? '') };
}

const goodFiles = (folder: string) =>
  Promise.all(readdirSync(join(good.folder, 'dumps')).map((name) => hashFile(join(folder, 'dumps', name))));

test('a flipped byte is found by verify, drill and restore, and nothing is pruned', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const { folder, dump } = copyOfGood();
  const bytes = readFileSync(dump);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(dump, bytes);
  const files = readdirSync(join(folder, 'dumps'));
  for (const args of [['verify'], ['drill'], ['restore', '--database', 'other'], ['prune']]) {
    const { code, log } = await runBackup(args, environment(folder));
    expect({ args, code, log }).toMatchObject({ code: 1, log: expect.stringContaining('damaged') });
  }
  expect(await lastRun(url, 'drill')).toMatchObject({ ok: false });
  expect(await lastRun(url, 'prune')).toMatchObject({ ok: false });
  expect(readdirSync(join(folder, 'dumps'))).toEqual(files);
});

test('a full volume fails the backup and leaves the old one', async ({ skip }) => {
  skip(missing !== undefined, missing);
  skip(process.getuid?.() !== 0, 'mounting a small file system needs root');
  const { folder, remove } = makeFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', [folder]);
    remove();
  });
  copyOfGood(folder);
  const before = await goodFiles(folder);
  // 3 MB that do not compress.
  await owner`insert into trail_chunks (merchant_id, driver_id, started_at, points)
    select d.merchant_id, d.id, now() - a * interval '1 s', string_agg(decode(md5(random()::text), 'hex'), '')
    from drivers d, generate_series(1, 20) a, generate_series(1, 10000) b group by 1, 2, 3`;
  onTestFinished(async () => {
    await owner`delete from trail_chunks where length(points) > 1000`;
  });
  const { code, log } = await runBackup(['backup'], environment(folder));
  expect({ code, log }).toMatchObject({ code: 1, log: expect.stringMatching(/No space left|ENOSPC/) });
  expect(await lastRun(url, 'backup')).toMatchObject({ ok: false });
  expect(await goodFiles(folder)).toEqual(before);
  // Nothing of it is left, and the next is refused before it starts when less than twice the last one's size is free.
  const size = statSync(join(folder, 'dumps', dumpsIn(folder)[0] ?? '')).size;
  writeFileSync(join(folder, 'filler'), Buffer.alloc(2 * 1024 * 1024 - 2.5 * size));
  const refused = await runBackup(['backup'], environment(folder));
  expect(refused).toMatchObject({ code: 3, log: expect.stringContaining('MB free') });
  expect(await lastRun(url, 'backup')).toMatchObject({ ok: false });
  expect(await goodFiles(folder)).toEqual(before);
});

/** Postgres' tools, but pg_dump does `then` when it has written half. */
function toolsWith(then: string): string {
  const { folder, remove } = makeFolder();
  onTestFinished(remove);
  const real = join(server.tools('pg_dump'), '..');
  for (const program of ['pg_dump', 'pg_restore', 'initdb', 'pg_ctl', 'postgres']) {
    writeFileSync(join(folder, program), `#!/bin/sh\nexec ${real}/${program} "$@"\n`);
    chmodSync(join(folder, program), 0o755);
  }
  const script = `#!/bin/sh
case "$*" in *--version*) exec ${real}/pg_dump --version;; esac
${real}/pg_dump "$@" || exit
for arg in "$@"; do case "$arg" in --file=*) file="\${arg#--file=}";; esac; done
truncate -s $(($(stat -c %s "$file") / 2)) "$file"
${then}
`;
  writeFileSync(join(folder, 'pg_dump'), script);
  return folder;
}

test('a dump that is killed half-way is no backup', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const { folder } = copyOfGood();
  const before = await goodFiles(folder);
  const { code, log } = await runBackup(['backup'], environment(folder, { PG_BIN: toolsWith('kill -9 $$') }));
  expect({ code, log }).toMatchObject({ code: 1, log: expect.stringContaining('pg_dump was killed') });
  expect(await lastRun(url, 'backup')).toMatchObject({
    ok: false,
    detail: { error: expect.stringContaining('killed') },
  });
  expect(dumpsIn(folder)).toHaveLength(1);
  expect(await goodFiles(folder)).toEqual(before);
});

test('half a dump that claims to be whole is no backup either', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const { folder } = copyOfGood();
  const { code } = await runBackup(['backup'], environment(folder, { PG_BIN: toolsWith('exit 0') }));
  expect(code).toBe(1);
  expect(await lastRun(url, 'backup')).toMatchObject({
    ok: false,
    detail: { error: expect.stringContaining('pg_restore') },
  });
  expect(dumpsIn(folder)).toHaveLength(1);
});

test('a run that is killed with its machine is on record as failed by the next, which clears up after it', async ({
  skip,
}) => {
  skip(missing !== undefined, missing);
  const { folder } = copyOfGood();
  const before = await goodFiles(folder);
  const tools = toolsWith('echo $$ > "$0.pid"; exec sleep 60');
  const program = startBackup(['backup'], environment(folder, { PG_BIN: tools }));
  const pid = await until(() => Number(readWhenThere(join(tools, 'pg_dump.pid'))) || undefined);
  await program.end('SIGKILL');
  process.kill(pid, 'SIGKILL');
  expect(await lastRun(url, 'backup')).toMatchObject({ ok: null });
  expect(readdirSync(join(folder, 'dumps')).some((name) => name.endsWith('.partial'))).toBe(true);
  // Until the server has seen it go.
  await until(async () => {
    const held = await owner`select from pg_locks where locktype = 'advisory'`;
    return held.length === 0 ? true : undefined;
  });

  const { code, log } = await runBackup(['backup'], environment(folder));
  expect({ code, log }).toMatchObject({ code: 0, log: expect.stringContaining('its leftovers are removed') });
  const runs =
    await owner`select ok, detail->>'error' as error from maintenance_runs where kind = 'backup' order by id desc limit 2`;
  expect(runs).toMatchObject([{ ok: true }, { ok: false, error: expect.stringContaining('without a word') }]);
  expect(dumpsIn(folder)).toHaveLength(2);
  expect(readdirSync(join(folder, 'dumps')).filter((name) => name.endsWith('.partial'))).toEqual([]);
  expect(await goodFiles(folder)).toEqual(before);
});

test('a run that is told to stop says so and is on record as failed', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const { folder } = copyOfGood();
  const tools = toolsWith('echo $$ > "$0.pid"; exec sleep 60');
  const program = startBackup(['backup'], environment(folder, { PG_BIN: tools }));
  await until(() => readWhenThere(join(tools, 'pg_dump.pid')) || undefined);
  expect(await program.end('SIGTERM')).toBe(1);
  expect(await lastRun(url, 'backup')).toMatchObject({
    ok: false,
    detail: { error: expect.stringContaining('SIGTERM') },
  });
});

test('two runs in one volume: the second is refused', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const { folder } = copyOfGood();
  const tools = toolsWith('echo $$ > "$0.pid"; exec sleep 60');
  const program = startBackup(['backup'], environment(folder, { PG_BIN: tools }));
  await until(() => readWhenThere(join(tools, 'pg_dump.pid')) || undefined);
  const second = await runBackup(['backup'], environment(folder));
  expect(second).toMatchObject({ code: 3, log: expect.stringContaining('is at work in') });
  await program.end('SIGTERM');
});

test('tools of another major than the server’s are refused, by name', async ({ skip }) => {
  skip(missing !== undefined, missing);
  // The server of all other tests is the embedded one, a newer major than Debian's.
  const newer = await createTestDatabase();
  onTestFinished(newer.drop);
  const { folder } = copyOfGood();
  const before = await goodFiles(folder);
  const PG_BIN = join(server.tools('pg_dump'), '..');
  const { code, log } = await runBackup(
    ['backup'],
    environment(folder, { DATABASE_URL: newer.ownerUrl, PG_BIN }),
  );
  expect({ code, log }).toMatchObject({
    code: 3,
    log: expect.stringMatching(
      `The server is Postgres 18 and needs pg_dump, pg_restore of the same major, but those found are of ${server.major}: install postgresql-client-18`,
    ),
  });
  expect(await lastRun(newer.ownerUrl, 'backup')).toMatchObject({ ok: false });
  expect(await goodFiles(folder)).toEqual(before);
});

test('no secret is in what is logged, whatever fails', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const { folder } = copyOfGood();
  const password = new URL(url).password;
  const wrong = url.replace(password, 'hunter2');
  const env = { LOG_LEVEL: 'trace' };
  const logs = [
    await runBackup(['backup'], environment(folder, env)),
    await runBackup(['backup'], environment(folder, { ...env, DATABASE_URL: wrong })),
    await runBackup(['restore'], environment(folder, env)),
  ];
  expect(logs.map(({ code }) => code)).toEqual([0, 1, 3]);
  const all = logs.map(({ log }) => log).join('');
  for (const secret of [password, 'hunter2', server.secret]) expect(all).not.toContain(secret);
});

function readWhenThere(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error('waited 20 s in vain');
    await delay(20);
  }
}
