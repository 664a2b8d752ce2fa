import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startServer, stopServer } from '../../../db/embedded/server.ts';
import { inspect } from '../inspect.ts';
import {
  addOrders,
  type DebianServer,
  lastRun,
  makeFolder,
  makeKey,
  missingTools,
  runBackup,
  startBackup,
  startDebianServer,
} from '../test-support.ts';

// Several programs and servers are started one after the other; how long that takes is no matter here.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const missing = missingTools('age', 'age-keygen', 'rclone');
const volume = makeFolder();
let server: DebianServer;
let url: string;

beforeAll(async () => {
  if (missing) return;
  server = await startDebianServer();
  url = await server.createDatabase('shop');
  await addOrders(url, 20);
});

afterAll(async () => {
  await server?.scratch.remove();
  volume.remove();
});

test('a server that is gone with its disk comes back with what was committed a moment before', async ({
  skip,
}) => {
  skip(missing !== undefined, missing);
  const key = await makeKey(volume.folder);
  const offsite = {
    BACKUP_OFFSITE: `:local:${join(volume.folder, 'bucket')}`,
    AGE_RECIPIENTS: key.recipient,
  };
  const env = { DATABASE_URL: url, BACKUP_DIR: volume.folder, ...offsite };
  const stream = startBackup(['wal-stream'], env);
  // By itself it makes a base backup, sees whether the log comes, sends all of it off-site, and drills.
  for (const done of [/base done/, /wal done/, /offsite done/, /wal-drill done/]) await stream.printed(done);
  expect(await lastRun(url, 'base')).toMatchObject({ detail: { by: 'pg_basebackup' } });
  await addOrders(url, 10);
  const before = await contentsOf(url);
  await waitForStream(url);
  await untilSent({ BACKUP_DIR: volume.folder, ...offsite });

  const { installation } = server.scratch;
  await stopServer(installation, 'immediate');
  rmSync(installation.place.cluster, { recursive: true });
  expect(await stream.end('SIGTERM')).toBe(0);
  const here = join(installation.place.home, 'from-here');
  const { code, log } = await runBackup(['recover', '--into', here], { BACKUP_DIR: volume.folder });
  expect({ code, log }).toMatchObject({ code: 0 });
  expect(await contentsIn(here)).toEqual(before);

  const there = join(installation.place.home, 'from-there');
  const from = { BACKUP_DIR: join(volume.folder, 'new'), BACKUP_OFFSITE: offsite.BACKUP_OFFSITE };
  const fetched = await runBackup(
    ['recover', '--into', there, '--offsite', '--identity', key.identity],
    from,
  );
  expect(fetched).toMatchObject({ code: 0 });
  expect(await contentsIn(there)).toEqual(before);
});

/** Sends what was streamed by now; the stream may be at work in the volume itself. */
async function untilSent(env: Record<string, string>): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const { code, log } = await runBackup(['offsite'], env);
    if (code === 0) return;
    if (code !== 3 || performance.now() > deadline) throw new Error(log);
    await delay(100);
  }
}

async function contentsIn(cluster: string) {
  const { installation } = server.scratch;
  const recovered = { ...installation, place: { ...installation.place, cluster } };
  const { port } = await startServer(recovered, { wanted: undefined, fixed: false });
  try {
    const again = new URL(url);
    again.port = String(port);
    return await contentsOf(again.href);
  } finally {
    await stopServer(recovered, 'immediate');
  }
}

async function contentsOf(databaseUrl: string) {
  const sql = postgres(databaseUrl, { max: 1 });
  const contents = await sql.begin((tx) => inspect(tx));
  await sql.end();
  expect(contents.tables['public.orders']).toMatchObject({ rows: 30 });
  // The stream's own rows are written while it is looked at.
  delete contents.tables['public.maintenance_runs'];
  return contents;
}

/** Until the receiver has on its disk what the server has written by now. */
async function waitForStream(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1 });
  // The test's server does not wait for the disk when it commits; this commit takes all before it along.
  await sql`set synchronous_commit = on`;
  await sql`select pg_logical_emit_message(true, 'test', 'the last')`;
  const [{ lsn }] = await sql<[{ lsn: string }]>`select pg_current_wal_flush_lsn()::text as lsn`;
  const deadline = performance.now() + 20_000;
  for (;;) {
    const there = await sql`select from pg_stat_replication where flush_lsn >= ${lsn}::pg_lsn`;
    if (there.length > 0) break;
    if (performance.now() > deadline) throw new Error('the stream did not arrive within 20 s');
    await delay(20);
  }
  await sql.end();
}
