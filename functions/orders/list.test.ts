import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OrderForDriver } from '../../domain/orders.ts';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import { act, addOrder, addOrderIn, DROPOFF, type Order, type Problem } from '../../tests/support/orders.ts';

type Page = { data: Order[]; nextCursor: string | null };

let app: TestApp;
let merchant: TestMerchant;
let driver: TestDriver;

beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
  driver = await app.addDriver(merchant.id);
});
afterAll(() => app.end());

const list = <T = Page>(query = '', { token } = merchant as { token: string }) =>
  app.request<T>('GET', `/v1/orders${query}`, { token });
const idsOf = ({ body }: { body: Page }) => body.data.map(({ id }) => id);

describe('listing orders', () => {
  test('gives them newest first, and nothing of another merchant', async () => {
    const own = await app.addMerchant();
    expect(await list('', own)).toMatchObject({ status: 200, body: { data: [], nextCursor: null } });
    const first = await addOrder(app, own);
    const second = await addOrder(app, own);
    const { body } = await list('', own);
    expect(body).toEqual({ data: [second, first], nextCursor: null });
  });

  test('filters by status, driver, customer and the shop’s own id', async () => {
    const own = await app.addMerchant();
    const ana = await app.addDriver(own.id);
    const created = await addOrder(app, own, { externalId: 'WEB-1' });
    const assigned = await addOrderIn(app, own, ana, 'assigned', { externalId: 'WEB 2&ñ' });
    const carried = await addOrderIn(app, own, ana, 'picked_up', {
      dropoff: { ...DROPOFF, contact: { name: 'B', phone: '+598 2' } },
    });
    const found = async (query: string) => idsOf(await list(query, own));
    expect(await found('?status=created')).toEqual([created.id]);
    expect(await found('?status=created,picked_up')).toEqual([carried.id, created.id]);
    expect(await found(`?driverId=${ana.id}`)).toEqual([carried.id, assigned.id]);
    expect(await found(`?driverId=${ana.id}&status=assigned`)).toEqual([assigned.id]);
    expect(await found(`?customerId=${carried.customerId}`)).toEqual([carried.id]);
    expect(await found('?externalId=WEB-1')).toEqual([created.id]);
    expect(await found(`?externalId=${encodeURIComponent('WEB 2&ñ')}`)).toEqual([assigned.id]);
    expect(await found('?externalId=WEB')).toEqual([]);
    expect(await found('?status=delivered')).toEqual([]);
    expect(await found(`?driverId=${driver.id}`)).toEqual([]);
  });

  test('filters by the time of creation, both ends included', async () => {
    const own = await app.addMerchant();
    const orders = [await addOrder(app, own), await addOrder(app, own), await addOrder(app, own)];
    const [a, b, c] = orders.map(({ createdAt }) => createdAt);
    const found = async (query: string) => idsOf(await list(query, own));
    const between = (from: string, to: string) =>
      orders
        .filter(({ createdAt }) => createdAt >= from && createdAt <= to)
        .map(({ id }) => id)
        .reverse();
    if (!a || !b || !c) throw new Error('Three were made.');
    expect(await found(`?from=${b}`)).toEqual(between(b, '9'));
    expect(await found(`?to=${b}`)).toEqual(between('0', b));
    expect(await found(`?from=${b}&to=${b}`)).toEqual(between(b, b));
    expect(await found(`?from=${a}&to=${c}`)).toEqual(between(a, c));
    const later = new Date(Date.parse(c) + 1).toISOString();
    expect(await found(`?from=${later}`)).toEqual([]);
    expect(await found(`?to=${new Date(Date.parse(a) - 1).toISOString()}`)).toEqual([]);
    // The same moment, told in another time zone.
    const abroad = `${new Date(Date.parse(b) - 3 * 3_600_000).toISOString().slice(0, -1)}-03:00`;
    expect(await found(`?from=${encodeURIComponent(abroad)}`)).toEqual(between(b, '9'));
  });

  test('a driver gets their own only, in the shape for drivers, whatever they ask for', async () => {
    const own = await app.addMerchant();
    const [ana, ben] = [await app.addDriver(own.id), await app.addDriver(own.id, 'Ben')];
    await addOrder(app, own);
    const hers = await addOrderIn(app, own, ana, 'assigned');
    const his = await addOrderIn(app, own, ben, 'assigned');
    expect(idsOf(await list('', ana))).toEqual([hers.id]);
    expect(idsOf(await list(`?driverId=${ben.id}`, ana))).toEqual([hers.id]);
    expect(idsOf(await list('', ben))).toEqual([his.id]);
    const { body } = await list('', ana);
    expect(Object.keys(body.data[0] ?? {}).sort()).toEqual(Object.keys(OrderForDriver.shape).sort());
    expect(JSON.stringify(body)).not.toContain('/t/');
  });

  test('needs a key that may read orders', async () => {
    const { token: reads } = await app.addApiKey(merchant.id, ['orders:read']);
    const { token: writes } = await app.addApiKey(merchant.id, ['orders:write']);
    expect((await list('', { token: reads })).status).toBe(200);
    expect((await list('', { token: writes })).status).toBe(403);
    expect((await app.request('GET', '/v1/orders')).status).toBe(401);
  });

  test.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=101'],
    ['limit', 'limit=x'],
    ['limit', 'limit=1.5'],
    ['status', 'status=made'],
    ['status', 'status='],
    ['status', 'status=created,'],
    ['driverId', 'driverId=7'],
    ['customerId', 'customerId='],
    ['from', 'from=yesterday'],
    ['to', 'to=2026-11-22'],
    ['cursor', 'cursor=x'],
    ['cursor', `cursor=${Buffer.from("'; drop table orders").toString('base64url')}`],
  ])('refuses a bad %s (%s)', async (path, query) => {
    const { status, body } = await list<Problem>(`?${query}`);
    expect({ status, errors: body.errors?.map((error) => error.path) }).toEqual({
      status: 400,
      errors: [path],
    });
  });

  test('page by page gives each of 120 orders once, though more are made meanwhile', async () => {
    const own = await app.addMerchant();
    const made = await Promise.all(Array.from({ length: 120 }, () => addOrder(app, own)));
    const seen: string[] = [];
    const newer: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const query: string = `?limit=25${cursor === null ? '' : `&cursor=${cursor}`}`;
      const { body } = await list(query, own);
      expect(body.data).toHaveLength(pages < 4 ? 25 : 20);
      seen.push(...body.data.map(({ id }) => id));
      cursor = body.nextCursor;
      pages++;
      newer.push((await addOrder(app, own)).id);
    } while (cursor !== null);
    expect(pages).toBe(5);
    expect(seen).toEqual(
      made
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
    expect(idsOf(await list('?limit=5', own))).toEqual(newer.reverse());
  });

  test('says that there is no next page when the page is just full', async () => {
    const own = await app.addMerchant();
    await addOrder(app, own);
    await addOrder(app, own);
    expect((await list('?limit=2', own)).body.nextCursor).toBeNull();
    expect((await list('?limit=1', own)).body.nextCursor).not.toBeNull();
  });

  test('a cursor of another merchant shows nothing of theirs', async () => {
    const [a, b] = [await app.addMerchant(), await app.addMerchant()];
    const mine = await addOrder(app, a);
    await addOrder(app, b);
    await addOrder(app, b);
    const { nextCursor } = (await list('?limit=1', b)).body;
    expect(idsOf(await list(`?cursor=${nextCursor}`, a))).toEqual([mine.id]);
  });
});

describe('reading an order', () => {
  const read = <T = Problem>(id: string, { token } = merchant as { token: string }) =>
    app.request<T>('GET', `/v1/orders/${id}`, { token });

  test('gives it with its tag', async () => {
    const order = await addOrder(app, merchant);
    const { status, headers, body } = await read<Order>(order.id);
    expect({ status, tag: headers.get('ETag'), body }).toEqual({ status: 200, tag: '"1"', body: order });
  });

  test('is the driver’s who has it, and not of one who has it no more', async () => {
    const ben = await app.addDriver(merchant.id, 'Ben');
    const { id } = await addOrderIn(app, merchant, driver, 'assigned');
    expect((await read(id, driver)).status).toBe(200);
    expect((await read(id, ben)).status).toBe(404);
    await act(app, merchant, id, 'assign', { driverId: ben.id, replaces: driver.id });
    expect((await read(id, driver)).status).toBe(404);
    expect((await read(id, ben)).status).toBe(200);
  });

  test('of another merchant answers just what one that never was does', async () => {
    const other = await app.addMerchant();
    const { id } = await addOrder(app, merchant);
    const [foreign, unknown] = [await read(id, other), await read(uuidv7(), other)];
    const { requestId: _, ...problem } = foreign.body;
    const { requestId: __, ...same } = unknown.body;
    expect(foreign.status).toBe(404);
    expect(problem).toEqual(same);
  });
});

describe('how orders stand to their promise', () => {
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  /** Promised so many minutes from now, whatever may be asked for. */
  const promise = (id: string, minutes: number) =>
    app.owner`update orders set promised_at = ${inMinutes(minutes)} where id = ${id}`;
  type Told = Order & { lateness?: { state: string; seconds: number } | null };
  const read = async (id: string, { token } = merchant as { token: string }) =>
    (await app.request<Told>('GET', `/v1/orders/${id}`, { token })).body;

  test('is told with each, as it is just now', async () => {
    const own = await app.addMerchant();
    const ana = await app.addDriver(own.id);
    const { id } = await addOrderIn(app, own, ana, 'picked_up');
    expect((await read(id, own)).lateness).toBeNull();
    await promise(id, 30);
    expect((await read(id, own)).lateness).toEqual({ state: 'on_time', seconds: expect.any(Number) });
    const eta = { pickup: null, dropoff: { from: inMinutes(35), to: inMinutes(45) } };
    await app.owner`update orders set eta = ${app.owner.json(eta)} where id = ${id}`;
    const { body } = await list<{ data: Told[] }>('', own);
    expect(body.data[0]?.lateness?.state).toBe('at_risk');
    expect(Math.abs((body.data[0]?.lateness?.seconds ?? 0) - 600)).toBeLessThan(60);
    await promise(id, -30);
    expect((await read(id, own)).lateness?.state).toBe('late');
    expect(await read(id, ana)).not.toHaveProperty('lateness');
  });

  test('can be asked for: those that somebody waits for past the promise', async () => {
    const own = await app.addMerchant();
    const ana = await app.addDriver(own.id);
    const ids: string[] = [];
    for (const status of ['assigned', 'arrived_at_dropoff', 'failed', 'delivered'] as const) {
      const { id } = await addOrderIn(app, own, ana, status);
      await promise(id, -1);
      ids.unshift(id);
    }
    const waiting = await addOrder(app, own);
    await promise(waiting.id, -60);
    await promise((await addOrder(app, own)).id, 60);
    await addOrder(app, own);
    expect(idsOf(await list('?late=true', own))).toEqual([waiting.id, ...ids.slice(2)]);
    expect(idsOf(await list('?late=true&status=assigned', own))).toEqual(ids.slice(3));
    expect(idsOf(await list('?late=true', ana))).toEqual(ids.slice(2));
    const wrong = await list<Problem>('?late=yes', own);
    expect([wrong.status, wrong.body.errors?.[0]?.path]).toEqual([400, 'late']);
  });
});
