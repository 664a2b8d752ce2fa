import type { PgBoss } from 'pg-boss';
import { pino } from 'pino';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { createBoss, databaseOf, ensureQueues, type WorkerDatabase } from './queues.ts';
import { type RelayOptions, startRelay } from './relay.ts';
import { addMerchant, addOrder, addOrders, until } from './test-support.ts';

const log = pino({ level: 'silent' });
let database: TestDatabase;
let owner: postgres.Sql;
let db: WorkerDatabase;
let boss: PgBoss;
let merchant: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const options = { databaseUrl: database.ownerUrl, secret: database.secret, log };
  owner = postgres(database.ownerUrl, { max: 4, onnotice: () => {} });
  // Two that start on an empty schema at the same moment.
  const bosses = [createBoss(options), createBoss(options)] as const;
  await Promise.all(bosses.map((each) => each.start().then(() => ensureQueues(each))));
  await bosses[1].stop({ graceful: false });
  boss = bosses[0];
  db = databaseOf(boss);
});

afterAll(async () => {
  await boss.stop({ graceful: false });
  await owner.end();
  await database.drop();
});

beforeEach(async () => {
  merchant = await addMerchant(owner);
});

// A sweep that never comes in a test's time: what is relayed is relayed for another reason.
const NO_SWEEP = 3_600_000;

async function start(options: Partial<RelayOptions> = {}): Promise<void> {
  const relay = await startRelay({ db, boss, log, onRelayed: () => {}, sweepMs: NO_SWEEP, ...options });
  onTestFinished(relay.stop);
}

const wake = () => owner`select pg_notify('outbox', '')`;
const rows = async () =>
  (await owner`select entity_id from outbox where merchant_id = ${merchant}`).map((row) => row.entity_id);
const jobs = async () =>
  (await owner`select data from pgboss.job where name = 'room' and data->>'merchantId' = ${merchant}`).map(
    (row) => row.data.entityId,
  );

test('rows of before the start become jobs, with the row as it was', async () => {
  const order = await addOrder(owner, merchant);
  const [row] = await owner`select payload from outbox where merchant_id = ${merchant}`;
  await start();
  await until('the job', async () => (await jobs()).length === 1);
  const [job] = await owner`select data from pgboss.job where data->>'merchantId' = ${merchant}`;
  expect(job?.data).toMatchObject({ topic: 'order', merchantId: merchant, entityId: order, version: 1 });
  expect(job?.data.payload).toEqual(row?.payload);
  expect(await rows()).toEqual([]);
});

test('a notification wakes the relay', async () => {
  await start();
  await addOrder(owner, merchant);
  await wake();
  await until('the job', async () => (await jobs()).length === 1);
});

test('without any notification the sweep finds the row', async () => {
  await start({ sweepMs: 50 });
  await addOrder(owner, merchant);
  await until('the job', async () => (await jobs()).length === 1);
});

test('a relay that lost its subscription looks when it has it back, and hears again', async () => {
  await start();
  const listener = () =>
    owner`select pid from pg_stat_activity where datname = current_database() and query = 'LISTEN "outbox"'`;
  const [before] = await listener();
  await owner`select pg_terminate_backend(${before?.pid})`;
  await addOrder(owner, merchant);
  await until('the first job', async () => (await jobs()).length === 1);
  await addOrder(owner, merchant);
  await wake();
  await until('the second job', async () => (await jobs()).length === 2);
  expect((await listener())[0]?.pid).not.toBe(before?.pid);
});

test('a row in the hands of another relay is passed over, not waited for', async () => {
  const [held, ...others] = await addOrders(owner, merchant, 10);
  let letGo = () => {};
  const done = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const other = owner.begin(async (tx) => {
    await tx`select id from outbox where entity_id = ${held ?? ''} for update`;
    await start();
    await until('the jobs of the others', async () => (await jobs()).length === others.length);
    expect(await rows()).toEqual([held]);
    letGo();
  });
  await Promise.all([other, done]);
  await wake();
  await until('the last job', async () => (await jobs()).length === 10);
});

test('several relays make one job of each row', async () => {
  const orders = (await Promise.all([1, 2, 3, 4, 5].map(() => addOrders(owner, merchant, 100)))).flat();
  const relayed = [0, 0, 0];
  await Promise.all(
    relayed.map((_, i) =>
      start({
        onRelayed: (_queues, count) => {
          relayed[i] = (relayed[i] ?? 0) + count;
        },
      }),
    ),
  );
  await wake();
  await until('an empty outbox', async () => (await rows()).length === 0);
  expect((await jobs()).sort()).toEqual(orders.sort());
  await until('their accounts', () => relayed.reduce((sum, count) => sum + count) === orders.length);
});

test('rows whose jobs could not be made stay', async () => {
  const order = await addOrder(owner, merchant);
  const failing = { insert: () => Promise.reject(new Error('no queue')) };
  await expect(startRelay({ db, boss: failing, log, onRelayed: () => {} })).rejects.toThrow('no queue');
  expect(await rows()).toEqual([order]);
  await start();
  await until('the job', async () => (await jobs()).length === 1);
});

test('rows stay while their queue is gone, of which pg-boss itself says nothing', async () => {
  await owner`delete from pgboss.job where name = 'room'`;
  await owner`delete from pgboss.queue where name = 'room'`;
  onTestFinished(() => ensureQueues(boss));
  const order = await addOrder(owner, merchant);
  await expect(start()).rejects.toThrow('the queue room took no jobs');
  expect(await rows()).toEqual([order]);
});
