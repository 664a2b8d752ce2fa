import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { serviceKey } from '../../db/secrets.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { type Program, startScript } from '../../tests/support/process.ts';
import {
  addMerchant,
  addOrders,
  type FakeRooms,
  heardOrders,
  startFakeRooms,
  until,
} from './test-support.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
let database: TestDatabase;
let owner: postgres.Sql;
let rooms: FakeRooms;
let merchant: string;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = postgres(database.ownerUrl, { max: 4, onnotice: () => {} });
  rooms = await startFakeRooms(serviceKey(database.secret));
});

afterAll(async () => {
  await rooms.close();
  await owner.end();
  await database.drop();
});

beforeEach(async () => {
  rooms.answer = () => 200;
  merchant = await addMerchant(owner);
});

const environment = () => ({
  DATABASE_URL: database.ownerUrl,
  DROPMATE_SECRET: database.secret,
  REALTIME_INTERNAL_URL: rooms.url,
  PUBLIC_URL: 'https://bakery.example',
  HOST: '127.0.0.1',
  METRICS_PORT: '0',
});

async function start(): Promise<Program> {
  const program = startScript(MAIN, { env: environment() });
  await program.printed(/worker started/);
  return program;
}

test('what a killed worker had in hand is done by the next one', async () => {
  const first = await start();
  rooms.answer = () => 'hang';
  const asked = rooms.requests;
  const orders = await addOrders(owner, merchant, 60);
  await until('posts under way', () => rooms.requests > asked + 20);
  await first.end('SIGKILL');
  expect(heardOrders(rooms, merchant)).toEqual([]);

  rooms.answer = () => 200;
  orders.push(...(await addOrders(owner, merchant, 10)));
  const second = await start();
  // The killed one's jobs expire after 8 s and are tried again 1 to 2 s later.
  await until('all posts', () => heardOrders(rooms, merchant).length === orders.length, 60);
  expect(heardOrders(rooms, merchant)).toEqual(orders.sort());
  expect(await second.end()).toBe(0);
}, 90_000);

test('on SIGTERM a worker ends what it has in hand and exits with 0', async () => {
  const program = await start();
  let answer = (_status: number) => {};
  const answered = new Promise<number>((resolve) => {
    answer = resolve;
  });
  const asked = rooms.requests;
  rooms.answer = () => answered;
  await addOrders(owner, merchant, 1);
  await until('the post', () => rooms.requests > asked);
  const ended = program.end('SIGTERM');
  await program.printed(/worker stopping/);
  answer(200);
  expect(await ended).toBe(0);
  const jobs =
    await owner`select state from pgboss.job where name = 'room' and data->>'merchantId' = ${merchant}`;
  expect(jobs).toEqual([{ state: 'completed' }]);
});

test('a missing variable or an unreachable database is one line and exit code 1', async () => {
  const nowhere = { ...environment(), DATABASE_URL: 'postgres://dropmate:x@127.0.0.1:1/dropmate' };
  const unreachable = startScript(MAIN, { env: nowhere });
  const unset = startScript(MAIN, { env: { ...environment(), DROPMATE_SECRET: '' } });
  expect(await unreachable.ended).toBe(1);
  expect(unreachable.log()).toMatch(/^The worker could not start: [^\n]*ECONNREFUSED 127\.0\.0\.1:1\n$/);
  expect(await unset.ended).toBe(1);
  expect(unset.log()).toMatch(/^The worker could not start: DROPMATE_SECRET is missing\n$/);
});
