import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serviceKey } from '../../../db/secrets.ts';
import { createTestApp, type TestApp, type TestMerchant } from '../../../tests/support/app.ts';
import { type FakeRooms, startFakeRooms, until } from '../test-support.ts';
import { startWorker, type Worker } from '../worker.ts';

// The API and a worker on one database. A second of a robot is a moment here.

let app: TestApp;
let rooms: FakeRooms;
let worker: Worker | undefined;
let merchant: TestMerchant;

beforeAll(async () => {
  app = await createTestApp({ wakeRelay: () => void app.owner`select pg_notify('outbox', '')`.execute() });
  rooms = await startFakeRooms(serviceKey(app.database.secret));
  worker = await start();
});
afterAll(async () => {
  await worker?.stop();
  await rooms.close();
  await app.end();
});
beforeEach(async () => {
  merchant = await app.addMerchant();
});

const start = (tickMs = 0) =>
  startWorker({
    databaseUrl: app.database.ownerUrl,
    secret: app.database.secret,
    realtimeUrl: rooms.url,
    publicUrl: 'http://dropmate.test',
    log: pino({ level: 'silent' }),
    sandbox: { tickMs },
  });

type Order = { id: string; status: string; driverId: string; version: number; sandbox: boolean } & Record<
  string,
  unknown
>;
type Line = { status: string; version: number; reasonCode: string | null; actor: { type: string } };

const ORDER = {
  sandbox: true,
  pickup: { address: 'Sarandí 500', location: { lat: -34.906, lng: -56.2 } },
  dropoff: {
    address: 'Bulevar Artigas 1500',
    location: { lat: -34.897, lng: -56.165 },
    contact: { name: 'Lucía', email: 'lucia@example.com' },
  },
};
const ask = async <T>(method: string, path: string, body?: unknown, token = merchant.token): Promise<T> => {
  const answer = await app.request<T>(method, path, { token, ...(body === undefined ? {} : { body }) });
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
};
const create = (more: object = {}) => ask<Order>('POST', '/v1/orders', { ...ORDER, ...more });
const get = (id: string) => ask<Order>('GET', `/v1/orders/${id}`);
const log = async (id: string) => (await ask<{ data: Line[] }>('GET', `/v1/orders/${id}/updates`)).data;
const ended = (id: string, status: string) =>
  until(`the order to be ${status}`, async () => (await get(id)).status === status);

const WAY = [
  ...['created', 'assigned', 'enroute_to_pickup', 'arrived_at_pickup', 'picked_up'],
  ...['enroute_to_dropoff', 'arrived_at_dropoff'],
];

describe('an order of the sandbox', () => {
  test('is delivered by a robot, with fixes on the way that the room hears of', async () => {
    const order = await create();
    expect(order.sandbox).toBe(true);
    await ended(order.id, 'delivered');
    const lines = await log(order.id);
    expect(lines.map(({ status }) => status)).toEqual([...WAY, 'delivered']);
    expect(lines.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const told = rooms.posts.filter((post) => post.merchantId === merchant.id).map(({ event }) => event);
    const fixes = told.flatMap((event) => (event.type === 'fixes' ? event.fixes : []));
    expect(fixes).toHaveLength(12);
    expect(fixes.at(-1)).toMatchObject({ lat: expect.closeTo(-34.897), lng: expect.closeTo(-56.165) });
    expect(told).toContainEqual(expect.objectContaining({ type: 'driver', robot: true }));
  });

  test.each([
    ['failed', [...WAY, 'failed']],
    ['returned', [...WAY, 'failed', 'enroute_to_return', 'returned']],
    ['cancelled', ['created', 'assigned', 'cancelled']],
  ])('ends as it was asked to: %s', async (sandboxOutcome, steps) => {
    const order = await create({ sandboxOutcome });
    await ended(order.id, sandboxOutcome);
    const lines = await log(order.id);
    expect(lines.map(({ status }) => status)).toEqual(steps);
    expect((await get(order.id)).reasonCode).toBe(
      sandboxOutcome === 'cancelled' ? 'customer_cancelled' : 'customer_absent',
    );
  });

  test('shows what it demands at the door: photo, signature, PIN and cash', async () => {
    const order = await create({
      proof: { photo: true, signature: true, pin: true },
      cashOnDelivery: 74_000,
    });
    await ended(order.id, 'delivered');
    expect((await get(order.id)).cashCollected).toBe(74_000);
    const { data } = await ask<{ data: { kind: string; url: string }[] }>(
      'GET',
      `/v1/orders/${order.id}/proofs`,
    );
    expect(data.map(({ kind }) => kind).sort()).toEqual(['photo', 'signature']);
    const file = await app.app.request((data[0]?.url ?? '').replace('http://dropmate.test', ''));
    expect([file.status, file.headers.get('Content-Type')]).toEqual([200, 'image/png']);
    const pin = await ask<{ verifiedAt: string | null }>('GET', `/v1/orders/${order.id}/pin`);
    expect(pin.verifiedAt).not.toBeNull();
  });

  test('goes on where a worker was that is gone', async () => {
    await worker?.stop();
    // Slow enough to be stopped on the way.
    worker = await start(300);
    const order = await create();
    await until('it to be on its way', async () => (await get(order.id)).version >= 3);
    await worker?.stop();
    const { status } = await get(order.id);
    worker = await start();
    await ended(order.id, 'delivered');
    expect(WAY).toContain(status);
    expect((await log(order.id)).map((line) => line.status)).toEqual([...WAY, 'delivered']);
  });

  test('that a manager cancels before a robot comes stays cancelled', async () => {
    await worker?.stop();
    const order = await create();
    await ask('POST', `/v1/orders/${order.id}/cancel`, { reason: 'A test' });
    worker = await start();
    await ended((await create()).id, 'delivered');
    expect((await log(order.id)).map(({ status }) => status)).toEqual(['created', 'cancelled']);
  });

  test('has a robot of its own while others are under way', async () => {
    const orders = await Promise.all([create(), create(), create()]);
    for (const { id } of orders) await ended(id, 'delivered');
    const robots = new Set(
      (await Promise.all(orders.map(({ id }) => get(id)))).map(({ driverId }) => driverId),
    );
    const real = await ask<Order>('POST', '/v1/orders', { ...ORDER, sandbox: false });
    const list = async (query: string) =>
      (await ask<{ data: Order[] }>('GET', `/v1/orders?${query}`)).data.map(({ id }) => id).sort();
    expect(await list('sandbox=true')).toEqual(orders.map(({ id }) => id).sort());
    expect(await list('sandbox=false')).toEqual([real.id]);
    expect(await list('')).toHaveLength(4);
    const later = await create();
    await ended(later.id, 'delivered');
    const [row] = await app.owner`select count(*)::int as n from drivers where merchant_id = ${merchant.id}`;
    expect(row?.n).toBe(robots.size);
    expect(robots).toContain((await get(later.id)).driverId);
  });

  test('needs `sandbox` for an outcome, and knows which there are', async () => {
    for (const [body, path] of [
      [{ ...ORDER, sandbox: false, sandboxOutcome: 'failed' }, 'sandboxOutcome'],
      [{ ...ORDER, sandboxOutcome: 'lost' }, 'sandboxOutcome'],
      [{ ...ORDER, sandbox: 'yes' }, 'sandbox'],
    ] as const) {
      const { status, body: problem } = await app.request<{ errors: { path: string }[] }>(
        'POST',
        '/v1/orders',
        {
          token: merchant.token,
          body,
        },
      );
      expect([status, problem.errors.map((error) => error.path)]).toEqual([400, [path]]);
    }
  });
});

describe('a robot', () => {
  test('is in no list, and nobody’s to change, assign or suggest', async () => {
    const ana = await app.addDriver(merchant.id);
    const order = await create();
    await ended(order.id, 'delivered');
    const { driverId: robotId } = await get(order.id);
    const { data } = await ask<{ data: { id: string }[] }>('GET', '/v1/drivers');
    expect(data.map(({ id }) => id)).toEqual([ana.id]);
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', { name: 'Karel' }],
      ['DELETE', ''],
      ['POST', '/invite'],
      ['PUT', '/shift', { status: 'offline' }],
      ['POST', '/devices', { name: 'Phone' }],
    ] as const) {
      const answer = await app.request(method, `/v1/drivers/${robotId}${path}`, {
        token: merchant.token,
        ...(body && { body }),
      });
      expect(answer.status, `${method} ${path}`).toBe(404);
    }
    const real = await ask<Order>('POST', '/v1/orders', { ...ORDER, sandbox: false });
    const assigned = await app.request('POST', `/v1/orders/${real.id}/assign`, {
      token: merchant.token,
      body: { driverId: robotId },
    });
    expect(assigned.status).toBe(422);
    const suggested = await ask<{ data: { driver: { id: string } }[] }>(
      'GET',
      `/v1/orders/${real.id}/suggestions`,
    );
    expect(suggested.data.map(({ driver }) => driver.id)).toEqual([ana.id]);
  });

  test('alone gets orders of the sandbox', async () => {
    const ana = await app.addDriver(merchant.id);
    await worker?.stop();
    const order = await create();
    const { status } = await app.request('POST', `/v1/orders/${order.id}/assign`, {
      token: merchant.token,
      body: { driverId: ana.id },
    });
    expect(status).toBe(422);
    worker = await start();
    await ended(order.id, 'delivered');
  });
});
