import { PgBoss } from 'pg-boss';
import { type Logger, pino } from 'pino';
import postgres from 'postgres';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { serviceKey } from '../../db/secrets.ts';
import { trackingKey, trackingToken } from '../../db/tracking-token.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import {
  addMerchant,
  addOrder,
  addOrders,
  type FakeRooms,
  heardOrders,
  startFakeRooms,
  until,
} from './test-support.ts';
import { startWorker, type Worker } from './worker.ts';

const log: Logger = pino({ level: 'silent' });
let database: TestDatabase;
let owner: postgres.Sql;
let rooms: FakeRooms;
let worker: Worker;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = postgres(database.ownerUrl, { max: 4, onnotice: () => {} });
  rooms = await startFakeRooms(serviceKey(database.secret));
  worker = await start(rooms);
});

afterAll(async () => {
  await worker.stop();
  await rooms.close();
  await owner.end();
  await database.drop();
});

function start({ url }: { url: string }): Promise<Worker> {
  return startWorker({
    databaseUrl: database.ownerUrl,
    secret: database.secret,
    realtimeUrl: url,
    publicUrl: 'https://bakery.example',
    log,
    metrics: { host: '127.0.0.1', port: 0 },
  });
}

const wake = () => owner`select pg_notify('outbox', '')`;
const waiting = async () => Number((await owner`select count(*) from outbox`)[0]?.count);
const jobsOf = (queue: string, merchantId: string) =>
  owner`select state, output from pgboss.job where name = ${queue} and data->>'merchantId' = ${merchantId}`;

test('an order reaches its fleet room whole, with the link that its customer has', async () => {
  const merchant = await addMerchant(owner);
  const order = await addOrder(owner, merchant);
  await wake();
  await until('the post', () => heardOrders(rooms, merchant).length === 1);

  const token = trackingToken(trackingKey(database.secret), order, 0);
  expect(rooms.posts.find((post) => post.merchantId === merchant)?.event).toMatchObject({
    type: 'order',
    order: {
      id: order,
      merchantId: merchant,
      version: 1,
      status: 'created',
      dropoff: { address: 'Colonia 2', contact: { name: 'Ana' } },
      trackingUrl: `https://bakery.example/t/${token}`,
    },
  });
});

test('a driver and a driver that is gone reach the fleet room', async () => {
  const merchant = await addMerchant(owner);
  const driver = uuidv7();
  const row = {
    id: driver,
    merchant_id: merchant,
    name: 'Bruno',
    vehicle_type: 'bicycle',
    status: 'available',
    phone: '099',
    version: 3,
    location: null,
    updated_at: new Date().toISOString(),
  };
  await owner`insert into outbox (topic, merchant_id, entity_id, version, payload) values
    ('driver', ${merchant}, ${driver}, 3, ${owner.json(row)}),
    ('driver_removed', ${merchant}, ${driver}, 4, ${owner.json({ ...row, version: 4 })})`;
  await wake();
  const events = () => rooms.posts.filter((post) => post.merchantId === merchant).map(({ event }) => event);
  await until('both posts', () => events().length === 2);

  expect(events()).toContainEqual({
    type: 'driver',
    driver: {
      id: driver,
      name: 'Bruno',
      vehicleType: 'bicycle',
      status: 'available',
      version: 3,
      location: null,
    },
  });
  expect(events()).toContainEqual({ type: 'driver_removed', driverId: driver });
});

test('a colleague who was removed is told to the fleet room', async () => {
  const [merchant, userId] = [await addMerchant(owner), uuidv7()];
  await owner`insert into outbox (topic, merchant_id, entity_id, version, payload)
    values ('user_removed', ${merchant}, ${userId}, 1, ${owner.json({ userId })})`;
  await wake();
  await until('the post', () => rooms.posts.some((post) => post.merchantId === merchant));
  expect(rooms.posts.filter((post) => post.merchantId === merchant)).toEqual([
    { merchantId: merchant, event: { type: 'user_removed', userId } },
  ]);
});

test('what nobody notified of is delivered by the sweep', async () => {
  const merchant = await addMerchant(owner);
  const order = await addOrder(owner, merchant);
  await until('the post', () => heardOrders(rooms, merchant).length === 1);
  expect(heardOrders(rooms, merchant)).toEqual([order]);
});

test('two workers share five hundred rows, each posted exactly once', async () => {
  const other = await start(rooms);
  onTestFinished(other.stop);
  const merchant = await addMerchant(owner);
  const orders = (await Promise.all([1, 2, 3, 4, 5].map(() => addOrders(owner, merchant, 100)))).flat();
  await wake();
  await until('all posts', () => heardOrders(rooms, merchant).length === orders.length);

  expect(heardOrders(rooms, merchant)).toEqual(orders.sort());
  expect(rooms.posts.filter((post) => post.merchantId === merchant)).toHaveLength(orders.length);
  expect(await waiting()).toBe(0);
});

test('what a room refuses for good becomes a dead letter and holds up nobody', async () => {
  const [refused, taken] = [await addMerchant(owner), await addMerchant(owner)];
  rooms.answer = ({ merchantId }) => (merchantId === refused ? 422 : 200);
  onTestFinished(() => {
    rooms.answer = () => 200;
  });
  const orders = await addOrders(owner, refused, 20);
  await addOrders(owner, taken, 20);
  await wake();
  await until('the posts of the other', () => heardOrders(rooms, taken).length === 20);
  await until('the dead letters', async () => (await jobsOf('room_dead', refused)).length === orders.length);

  expect(heardOrders(rooms, refused)).toEqual([]);
  expect((await jobsOf('room_dead', refused))[0]?.output).toMatchObject({ reason: 'the room answered 422' });
  expect(await jobsOf('room_dead', taken)).toHaveLength(0);
});

test('a row that nobody can read becomes a dead letter and holds up nobody', async () => {
  const merchant = await addMerchant(owner);
  await owner`insert into outbox (topic, merchant_id, entity_id, version, payload)
    values ('order', ${merchant}, ${uuidv7()}, 1, '{}')`;
  const order = await addOrder(owner, merchant);
  await wake();
  await until('the readable one', () => heardOrders(rooms, merchant).length === 1);
  await until('the dead letter', async () => (await jobsOf('room_dead', merchant)).length === 1);
  expect(heardOrders(rooms, merchant)).toEqual([order]);
});

test('a topic of a newer release is left for its worker', async () => {
  const merchant = await addMerchant(owner);
  await owner`insert into outbox (topic, merchant_id, entity_id, version, payload)
    values ('tomorrow', ${merchant}, ${uuidv7()}, 1, '{}')`;
  const order = await addOrder(owner, merchant);
  await wake();
  await until('the known one', () => heardOrders(rooms, merchant).length === 1);
  expect(heardOrders(rooms, merchant)).toEqual([order]);
  expect(await owner`delete from outbox where merchant_id = ${merchant} returning topic`).toEqual([
    { topic: 'tomorrow' },
  ]);
});

test('rooms that fail or are down get everything when they are back', async () => {
  const merchant = await addMerchant(owner);
  rooms.answer = () => 503;
  const asked = rooms.requests;
  const orders = await addOrders(owner, merchant, 30);
  await wake();
  await until('thirty refusals', () => rooms.requests >= asked + 30);
  const port = Number(new URL(rooms.url).port);
  await rooms.close();
  orders.push(await addOrder(owner, merchant));
  await wake();
  await until('an empty outbox', async () => (await waiting()) === 0);
  rooms = await startFakeRooms(serviceKey(database.secret), port);
  await until('all posts', () => heardOrders(rooms, merchant).length === orders.length);
  expect(heardOrders(rooms, merchant)).toEqual(orders.sort());
});

test('one hanging room does not hold up the others', async () => {
  const [hanging, quick] = [await addMerchant(owner), await addMerchant(owner)];
  let hung = 0;
  rooms.answer = ({ merchantId }) => {
    if (merchantId !== hanging) return 200;
    hung++;
    return 'hang';
  };
  await addOrders(owner, hanging, 3);
  await wake();
  await until('three that hang', () => hung === 3);
  const orders = await addOrders(owner, quick, 10);
  await wake();
  await until('the others', () => heardOrders(rooms, quick).length === orders.length);
  // Not one of the hanging posts has been given up and tried again meanwhile.
  expect(hung).toBe(3);
  rooms.answer = () => 200;
});

test('the trail gets its partitions from the daily job', async () => {
  const boss = await startBoss();
  expect((await boss.getSchedules()).map(({ name, timezone }) => [name, timezone]).sort()).toEqual([
    ['analytics', 'UTC'],
    ['order_times', 'UTC'],
    ['retention', 'UTC'],
    ['trail_partitions', 'UTC'],
  ]);
  await done(await boss.send('trail_partitions', {}));
});

test('what has served its time is deleted by the daily job, of every merchant, and nothing younger', async () => {
  const boss = await startBoss();
  for (const merchant of [await addMerchant(owner), await addMerchant(owner)]) {
    const userId = uuidv7();
    await owner`insert into users (merchant_id, id, name, role) values (${merchant}, ${userId}, 'Ana', 'manager')`;
    for (const age of ['25 hours', '23 hours']) {
      await owner`insert into idempotency_keys (merchant_id, key, request_hash, status, response, created_at)
        values (${merchant}, ${age}, 'hash', 201, '{}', now() - ${age}::interval)`;
    }
    for (const age of ['31 days', '29 days']) {
      await owner`insert into sessions (merchant_id, id, user_id, family_id, token_hash, expires_at)
        values (${merchant}, ${uuidv7()}, ${userId}, ${uuidv7()}, ${merchant + age}, now() - ${age}::interval)`;
    }
  }
  await done(await boss.send('retention', {}));
  expect((await owner`select key from idempotency_keys`).map(({ key }) => key)).toEqual([
    '23 hours',
    '23 hours',
  ]);
  const left = await owner`select distinct date_part('day', now() - expires_at) as days from sessions`;
  expect(left).toEqual([{ days: 29 }]);
  const asApp = owner.begin(async (tx) => {
    await tx`set local role dropmate_app`;
    await tx`select remove_expired('{}')`;
  });
  await expect(asApp).rejects.toThrow('permission denied');
});

async function startBoss(): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: database.ownerUrl,
    supervise: false,
    schedule: false,
    migrate: false,
  });
  await boss.start();
  onTestFinished(() => boss.stop());
  return boss;
}

async function done(jobId: string | null): Promise<void> {
  await until('the job', async () => {
    const [job] = await owner`select state from pgboss.job where id = ${jobId}`;
    return job?.state === 'completed';
  });
}

test('a worker tells its metrics, and that it is ready until it drains', async () => {
  const other = await start(rooms);
  const at = (path: string) => fetch(`http://127.0.0.1:${other.metricsPort}${path}`);
  expect((await at('/healthz')).status).toBe(200);
  expect((await at('/readyz')).status).toBe(200);
  expect((await at('/other')).status).toBe(404);
  const merchant = await addMerchant(owner);
  await addOrder(owner, merchant);
  await until('the post', () => heardOrders(rooms, merchant).length === 1);
  const metrics = await (await at('/metrics')).text();
  expect(metrics).toContain('dropmate_outbox_rows 0');
  expect(metrics).toContain('dropmate_outbox_oldest_seconds 0');
  expect(metrics).toMatch(/dropmate_queue_jobs\{queue="room_dead",state="waiting"\} \d/);
  expect(metrics).toContain('nodejs_eventloop_lag_seconds');
  const stopped = other.stop();
  expect((await at('/readyz')).status).toBe(503);
  await stopped;
});
