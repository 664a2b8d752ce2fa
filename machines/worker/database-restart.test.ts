import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../db/embedded/start.ts';
import { migrate } from '../../db/migrate.ts';
import { serviceKey } from '../../db/secrets.ts';
import {
  addMerchant,
  addOrders,
  type FakeRooms,
  heardOrders,
  startFakeRooms,
  until,
} from './test-support.ts';
import { startWorker, type Worker } from './worker.ts';

const secret = randomBytes(32).toString('base64url');
const folder = mkdtempSync(join(tmpdir(), 'dropmate-test-'));
let server: EmbeddedPostgres;
let owner: postgres.Sql;
let rooms: FakeRooms;
let worker: Worker;

beforeAll(async () => {
  server = await startEmbeddedPostgres({ dataFolder: folder, durable: false });
  await migrate({ databaseUrl: server.url, secret });
  owner = postgres(server.url, { max: 2, onnotice: () => {}, backoff: () => 0.1 });
  rooms = await startFakeRooms(serviceKey(secret));
  worker = await startWorker({
    databaseUrl: server.url,
    secret,
    realtimeUrl: rooms.url,
    publicUrl: 'https://bakery.example',
    log: pino({ level: 'silent' }),
    metrics: { host: '127.0.0.1', port: 0 },
  });
});

afterAll(async () => {
  await worker.stop();
  await owner.end();
  await rooms.close();
  await server.stop('immediate');
  rmSync(folder, { recursive: true, force: true });
});

const readiness = async () => (await fetch(`http://127.0.0.1:${worker.metricsPort}/readyz`)).status;

test('a worker goes on where it stopped when the database crashed and is back', async () => {
  const merchant = await addMerchant(owner);
  rooms.answer = () => 503;
  const orders = await addOrders(owner, merchant, 20);
  await until('posts that are refused', () => rooms.requests >= 20);
  process.kill(server.pid, 'SIGQUIT');
  await until('its end', () => !server.isAlive());
  await until('not being ready', async () => (await readiness()) === 503);

  rooms.answer = () => 200;
  await server.restart();
  orders.push(...(await addOrders(owner, merchant, 5)));
  // What was active at the crash is tried again after its 8 s.
  await until('all posts', () => heardOrders(rooms, merchant).length === orders.length, 60);
  expect(heardOrders(rooms, merchant)).toEqual(orders.sort());
  await until('being ready', async () => (await readiness()) === 200);
  const [waiting] = await owner`select count(*)::int as rows from outbox`;
  expect(waiting).toEqual({ rows: 0 });
}, 90_000);
