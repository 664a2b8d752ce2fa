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
  makeFolder,
  missingTools,
  runBackup,
  startBackup,
  startDebianServer,
} from '../test-support.ts';

// Several programs and servers are started one after the other; how long that takes is no matter here.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const missing = missingTools();
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
  const env = { DATABASE_URL: url, BACKUP_DIR: volume.folder };
  const stream = startBackup(['wal-stream'], env);
  await stream.printed(/receiving the write-ahead log/);
  const base = await runBackup(['base'], env);
  expect(base).toMatchObject({ code: 0, log: expect.stringContaining('pg_basebackup') });
  await addOrders(url, 10);
  const before = await contentsOf(url);
  await waitForStream(url);

  const { installation } = server.scratch;
  await stopServer(installation, 'immediate');
  rmSync(installation.place.cluster, { recursive: true });
  expect(await stream.end('SIGTERM')).toBe(0);
  const into = join(installation.place.home, 'recovered');
  const { code, log } = await runBackup(['recover', '--into', into], { BACKUP_DIR: volume.folder });
  expect({ code, log }).toMatchObject({ code: 0 });

  const place = { ...installation.place, cluster: into };
  const recovered = { ...installation, place };
  const { port } = await startServer(recovered, { wanted: undefined, fixed: false });
  try {
    const again = new URL(url);
    again.port = String(port);
    const after = await contentsOf(again.href);
    expect(after).toEqual(before);
    expect(after.tables['public.orders']).toMatchObject({ rows: 30 });
  } finally {
    await stopServer(recovered, 'immediate');
  }
});

async function contentsOf(databaseUrl: string) {
  const sql = postgres(databaseUrl, { max: 1 });
  const contents = await sql.begin((tx) => inspect(tx));
  await sql.end();
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
