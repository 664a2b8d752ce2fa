import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signServiceToken } from '../../db/secrets.ts';
import { OrderRecord } from '../../domain/orders.ts';
import { FleetState } from '../../domain/room-events.ts';
import { encodeTrail } from '../../domain/trail.ts';
import { createTestApp, type TestApp, type TestMerchant } from '../../tests/support/app.ts';
import { addOrder, addOrderIn, type Order, type Problem } from '../../tests/support/orders.ts';

let app: TestApp;
let merchant: TestMerchant;

beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
});
afterAll(() => app.end());

const load = async (merchantId: string, token?: string) =>
  app.request<FleetState>('GET', `/internal/fleet/${merchantId}`, {
    token: token ?? (await app.serviceToken()),
  });
const flush = async <T = Problem>(body: unknown, merchantId = merchant.id) =>
  app.request<T>('POST', `/internal/flush/${merchantId}`, { token: await app.serviceToken(), body });
const NOTHING = { trails: [], locations: [], etas: [] };
const AT = '2026-11-22T10:00:00.000Z';

describe('what a fleet room loads', () => {
  test('is its merchant’s drivers and active orders, in the shape of the rooms', async () => {
    const own = await app.addMerchant();
    const ana = await app.addDriver(own.id);
    const gone = await app.addDriver(own.id, 'Gone');
    await app.owner`update drivers set removed_at = now() where id = ${gone.id}`;
    const created = await addOrder(app, own);
    const carried = await addOrderIn(app, own, ana, 'picked_up');
    const failed = await addOrderIn(app, own, ana, 'failed');
    await addOrderIn(app, own, ana, 'delivered');
    await addOrder(app, await app.addMerchant());
    const { status, body } = await load(own.id);
    expect(status).toBe(200);
    expect(FleetState.parse(body)).toEqual(body);
    expect(body.merchant).toEqual({ id: own.id, name: 'Café Sur' });
    expect(body.drivers.filter(({ name }) => name === 'Gone')).toEqual([]);
    expect(body.drivers.find(({ id }) => id === ana.id)).toEqual({
      id: ana.id,
      name: 'Ana Pérez',
      vehicleType: 'bicycle',
      status: 'offline',
      version: 1,
      location: null,
    });
    expect([...body.orders].sort((a, b) => a.number - b.number)).toEqual(
      // Without what the API adds for its callers.
      [created, carried, failed].map((order) => OrderRecord.parse({ merchantId: own.id, ...order })),
    );
  });

  test('of a merchant that is none is 404', async () => {
    expect((await load(uuidv7())).status).toBe(404);
    expect((await load('x')).status).toBe(404);
  });
});

describe('what a fleet room flushes', () => {
  const locate = (driverId: string, fixedAt: string, lat: number) => ({
    driverId,
    lat,
    lng: -56.1,
    heading: null,
    speed: 3.5,
    fixedAt,
  });
  const locationOf = async (driverId: string) =>
    (await app.owner`select location, version from drivers where id = ${driverId}`)[0];

  test('is each driver’s newest location, whatever order it comes in', async () => {
    const ana = await app.addDriver(merchant.id);
    const newest = locate(ana.id, '2026-11-22T10:00:10Z', 2);
    expect(await flush({ ...NOTHING, locations: [newest] })).toMatchObject({
      status: 200,
      body: { ok: true },
    });
    await flush({ ...NOTHING, locations: [locate(ana.id, '2026-11-22T10:00:00.000Z', 1)] });
    // Later as a text, earlier as a time.
    await flush({ ...NOTHING, locations: [locate(ana.id, '2026-11-22T12:00:00+03:00', 9)] });
    expect(await locationOf(ana.id)).toEqual({
      location: { lat: 2, lng: -56.1, heading: null, speed: 3.5, fixedAt: '2026-11-22T10:00:10.000Z' },
      version: 1,
    });
  });

  test('is the estimates of orders under way, without a version or a word to anybody', async () => {
    const ana = await app.addDriver(merchant.id);
    const eta = { pickup: null, dropoff: { from: AT, to: AT } };
    const carried = await addOrderIn(app, merchant, ana, 'picked_up');
    const ended = await addOrderIn(app, merchant, ana, 'delivered');
    const free = await addOrder(app, merchant);
    await flush({ ...NOTHING, etas: [carried, ended, free].map(({ id }) => ({ orderId: id, eta })) });
    for (const order of [carried, ended, free]) {
      const { body } = await app.request<Order>('GET', `/v1/orders/${order.id}`, { token: merchant.token });
      expect(body).toEqual({ ...order, eta: order === carried ? eta : { pickup: null, dropoff: null } });
    }
    const [facts] =
      await app.owner`select max(version) as version from outbox where entity_id = ${carried.id}`;
    expect(facts?.version).toBe(carried.version);
  });

  describe('waits for who changes an order or a driver, and holds nothing that they want next', () => {
    const eta = { pickup: null, dropoff: { from: AT, to: AT } };

    /** Locks the row as another transaction would, lets a flush run into it, then asks for the other row at once. */
    async function meet(
      held: { table: string; id: string },
      wanted: { table: string; id: string; lock: string },
      batch: object,
    ) {
      let flushed: Promise<{ status: number }> | undefined;
      await app.owner.begin(async (tx) => {
        await tx`select from ${tx(held.table)} where id = ${held.id} for update`;
        flushed = flush({ ...NOTHING, ...batch });
        await expect
          .poll(
            async () =>
              (
                await tx`select pid from pg_stat_activity where pg_backend_pid() = any (pg_blocking_pids(pid))`
              ).length,
            { timeout: 10_000 },
          )
          .toBe(1);
        await tx.unsafe(`select from ${wanted.table} where id = '${wanted.id}' for ${wanted.lock} nowait`);
      });
      expect((await flushed)?.status).toBe(200);
    }

    test('as who assigns: the order first, then the driver', async () => {
      const ana = await app.addDriver(merchant.id);
      const order = await addOrderIn(app, merchant, ana, 'picked_up');
      await meet(
        { table: 'orders', id: order.id },
        { table: 'drivers', id: ana.id, lock: 'share' },
        { locations: [locate(ana.id, AT, 1)], etas: [{ orderId: order.id, eta }] },
      );
    });

    test('orders by id, however the batch has them', async () => {
      const ana = await app.addDriver(merchant.id);
      const first = await addOrderIn(app, merchant, ana, 'picked_up');
      const second = await addOrderIn(app, merchant, ana, 'picked_up');
      await meet(
        { table: 'orders', id: first.id },
        { table: 'orders', id: second.id, lock: 'update' },
        { etas: [second, first].map(({ id }) => ({ orderId: id, eta })) },
      );
    });

    test('drivers by id, however the batch has them', async () => {
      const [first, second] = [await app.addDriver(merchant.id), await app.addDriver(merchant.id)];
      await meet(
        { table: 'drivers', id: first.id },
        { table: 'drivers', id: second.id, lock: 'update' },
        { locations: [second, first].map(({ id }) => locate(id, AT, 1)) },
      );
    });
  });

  test('touches nothing of another merchant', async () => {
    const other = await app.addMerchant();
    const ana = await app.addDriver(merchant.id);
    const order = await addOrderIn(app, merchant, ana, 'picked_up');
    const points = Buffer.from(encodeTrail([{ lat: 1, lng: 1, at: Date.parse(AT) }])).toString('base64');
    const { status } = await flush(
      {
        trails: [{ driverId: ana.id, startedAt: AT, points }],
        locations: [locate(ana.id, AT, 1)],
        etas: [{ orderId: order.id, eta: { pickup: null, dropoff: { from: AT, to: AT } } }],
      },
      other.id,
    );
    expect(status).toBe(200);
    expect(await locationOf(ana.id)).toEqual({ location: null, version: 1 });
    const [row] =
      await app.owner`select eta, (select count(*)::int from trail_chunks where driver_id = ${ana.id}) as chunks
      from orders where id = ${order.id}`;
    expect(row).toEqual({ eta: null, chunks: 0 });
  });

  test.each([
    ['', null],
    ['', '{'],
    ['trails', { locations: [], etas: [] }],
    ['locations.0.lat', { ...NOTHING, locations: [locate(uuidv7(), AT, 91)] }],
    ['trails.0.points', { ...NOTHING, trails: [{ driverId: uuidv7(), startedAt: AT, points: '§' }] }],
    ['etas.0.eta', { ...NOTHING, etas: [{ orderId: uuidv7() }] }],
    ['locations.0.fixedAt', { ...NOTHING, locations: [locate(uuidv7(), '0000-01-01T00:00:00Z', 1)] }],
  ])('names the path of what is wrong: %j', async (path, batch) => {
    const { status, body } = await flush(batch);
    expect({ status, errors: body.errors?.map((error) => error.path) }).toEqual({
      status: 400,
      errors: [path],
    });
  });

  test('may be larger than what clients send', async () => {
    const points = Buffer.alloc(400_000).toString('base64');
    const trails = [{ driverId: uuidv7(), startedAt: AT, points }];
    expect((await flush({ ...NOTHING, trails })).status).toBe(200);
    const huge = {
      ...NOTHING,
      trails: [{ ...trails[0], points: Buffer.alloc(7_000_000).toString('base64') }],
    };
    expect((await flush(huge)).status).toBe(413);
  });
});

describe('the door', () => {
  test('opens to a service token for it, and to nothing else', async () => {
    const ana = await app.addDriver(merchant.id);
    const { token: key } = await app.addApiKey(merchant.id, ['orders:read']);
    const { serviceKey } = app.deps;
    const room = await app.deps.tokens.signRoom({
      sub: 'x',
      merchant: merchant.id,
      party: 'fleet-room',
      room: merchant.id,
      audience: 'manager',
    });
    const bad = [
      merchant.token,
      ana.token,
      key,
      room.token,
      await signServiceToken(serviceKey, 'worker', 'dropmate:realtime'),
      await signServiceToken(new Uint8Array(32), 'realtime', 'dropmate:internal'),
      'x',
    ];
    for (const token of bad) {
      expect((await load(merchant.id, token)).status).toBe(401);
      expect(
        (await app.request('POST', `/internal/flush/${merchant.id}`, { token, body: NOTHING })).status,
      ).toBe(401);
    }
    expect((await app.request('GET', `/internal/fleet/${merchant.id}`)).status).toBe(401);
    expect((await app.request('GET', '/internal/whatever')).status).toBe(401);
    expect((await load(merchant.id)).status).toBe(200);
  });

  test('is not in the public description', async () => {
    const { body } = await app.request<{ paths: object }>('GET', '/openapi.json');
    expect(Object.keys(body.paths).filter((path) => path.startsWith('/internal'))).toEqual([]);
  });
});
