import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addOrders,
  copyMerchant,
  type DebianServer,
  lastRun,
  makeFolder,
  missingTools,
  runBackup,
  startDebianServer,
} from './test-support.ts';

const missing = missingTools();
const volume = makeFolder();
const ORDERS = 100_000;
let server: DebianServer;

beforeAll(async () => {
  if (!missing) server = await startDebianServer();
});

afterAll(async () => {
  await server?.scratch.remove();
  volume.remove();
});

test('100,000 orders are dumped, lost, and restored the same', async ({ skip }) => {
  skip(missing !== undefined, missing);
  const url = await server.createDatabase('shop');
  await addOrders(url, ORDERS / 100);
  await copyMerchant(url, 99);
  const env = { DATABASE_URL: url, BACKUP_DIR: volume.folder, DROPMATE_SECRET: server.secret };
  for (const args of [['backup'], ['drill']]) {
    const { code, log } = await runBackup(args, env);
    expect({ args, code, log }).toMatchObject({ code: 0 });
  }
  const runs = [await lastRun(url, 'backup'), await lastRun(url, 'drill')];
  const admin = postgres(server.scratch.url, { max: 1, onnotice: () => {} });
  await admin`drop database shop with (force)`;
  await admin.end();

  const { code, log } = await runBackup(['restore'], env);
  expect({ code, log }).toMatchObject({ code: 0 });
  const sql = postgres(url, { max: 1 });
  expect(await sql`select count(*)::int as orders from orders`).toEqual([{ orders: ORDERS }]);
  await sql.end();
  // The figures, for whoever runs it.
  for (const run of runs) process.stdout.write(`${JSON.stringify(run)}\n`);
  process.stdout.write(log);
});
