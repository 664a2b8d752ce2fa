import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { serviceKey } from '../../../db/secrets.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { type Program, startScript } from '../../../tests/support/process.ts';
import { addMerchant, addOrders, type FakeRooms, startFakeRooms, until } from '../test-support.ts';
import { addEndpoint, deliveriesOf, newSecret, startReceiver, verified } from './test-support.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
let database: TestDatabase;
let owner: postgres.Sql;
let rooms: FakeRooms;

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

async function start(): Promise<Program> {
  const program = startScript(MAIN, {
    env: {
      DATABASE_URL: database.ownerUrl,
      DROPMATE_SECRET: database.secret,
      REALTIME_INTERNAL_URL: rooms.url,
      PUBLIC_URL: 'https://bakery.example',
      HOST: '127.0.0.1',
      METRICS_PORT: '0',
      WEBHOOKS_ALLOW_INSECURE: '1',
    },
  });
  await program.printed(/worker started/);
  return program;
}

test('workers killed in the midst of five hundred webhooks lose none, and each keeps its id', async () => {
  const receiver = await startReceiver();
  onTestFinished(receiver.close);
  const merchant = await addMerchant(owner);
  const secret = newSecret();
  const endpoint = await addEndpoint(owner, merchant, {
    url: receiver.url,
    dropmateSecret: database.secret,
    secrets: [{ secret }],
    events: ['order.created'],
  });
  // Some are only rows of the outbox yet, some deliveries without a job, some on their way, when it comes to an end.
  let worker = await start();
  const orders = await addOrders(owner, merchant, 500);
  for (const calls of [3, 40, 250]) {
    await until(`${calls} calls`, () => receiver.calls.length >= calls, 90);
    await worker.end('SIGKILL');
    worker = await start();
  }
  const delivered = async () =>
    (await deliveriesOf(owner, endpoint)).filter(({ status }) => status === 'delivered');
  // What the killed ones had in hand is found after 20 s.
  await until('all', async () => (await delivered()).length === orders.length, 90);

  const ids = new Map<string, Set<unknown>>();
  for (const call of receiver.calls) {
    expect(verified(secret, call)).toMatchObject({ type: 'order.created' });
    const order = JSON.parse(call.body).data.order.id;
    ids.set(order, (ids.get(order) ?? new Set()).add(call.id));
  }
  expect([...ids.keys()].sort()).toEqual(orders.sort());
  expect([...ids.values()].every((of) => of.size === 1)).toBe(true);
  const rows = await delivered();
  expect(new Set([...ids.values()].flatMap((of) => [...of]))).toEqual(new Set(rows.map(({ id }) => id)));
  expect(rows.every(({ attempts }) => attempts === 1)).toBe(true);
  const [log] =
    await owner`select count(*)::int as attempts from webhook_attempts where merchant_id = ${merchant}`;
  expect(log?.attempts).toBe(orders.length);
  expect(await worker.end()).toBe(0);
}, 180_000);
