import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import { act, addOrderIn, type Problem } from '../../tests/support/orders.ts';
import type { DriverOnShift } from './set-shift.ts';
import type { Shift } from './shift.ts';

let app: TestApp;
let merchant: TestMerchant;
beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
});
afterAll(() => app.end());

const put = <T = DriverOnShift>(driver: { token: string; id?: string }, change: object, id = 'me') =>
  app.request<T>('PUT', `/v1/drivers/${id}/shift`, { token: driver.token, body: change });
const list = (query: string, who: { token: string } = merchant) =>
  app.request<{ data: Shift[]; nextCursor: string | null }>('GET', `/v1/shifts${query}`, {
    token: who.token,
  });
const read = (id: string, who: { token: string } = merchant) =>
  app.request<Shift>('GET', `/v1/shifts/${id}`, { token: who.token });
const deliver = async (driver: TestDriver, cashOnDelivery: number, change: object = {}) => {
  const order = await addOrderIn(app, merchant, driver, 'arrived_at_dropoff', { cashOnDelivery });
  const { status } = await act(app, driver, order.id, 'status', { status: 'delivered', ...change });
  expect(status).toBe(200);
  return order;
};

describe('a shift', () => {
  test('opens and closes with the driver, and counts the cash of what they delivered in it', async () => {
    const ana = await app.addDriver(merchant.id);
    await deliver(ana, 99_999);
    const { body: started } = await put(ana, { status: 'available' });
    expect(started.shift).toMatchObject({
      driverId: ana.id,
      endedAt: null,
      cashExpected: null,
      cashCounted: null,
    });
    await deliver(ana, 45_000);
    await deliver(ana, 30_000, { cashCollected: 29_500 });
    const undone = await deliver(ana, 10_000);
    await act(app, ana, undone.id, 'status', { status: 'arrived_at_dropoff' });
    await act(app, ana, undone.id, 'status', { status: 'failed', reason: 'r' });
    await act(app, ana, undone.id, 'status', { status: 'returned' });
    // Another's are not theirs.
    await deliver(await app.addDriver(merchant.id, 'Ben'), 5_000);
    expect((await read(started.shift?.id ?? '')).body.cashExpected).toBe(74_500);

    const { status, body } = await put(ana, {
      status: 'offline',
      cashCounted: 74_000,
      note: 'Gave 5 too much change',
    });
    expect(status).toBe(200);
    expect(body.shift).toEqual({
      id: started.shift?.id,
      driverId: ana.id,
      startedAt: started.shift?.startedAt,
      endedAt: expect.any(String),
      cashExpected: 74_500,
      cashCounted: 74_000,
      cashDifference: -500,
      note: 'Gave 5 too much change',
    });
    expect((await read(body.shift?.id ?? '')).body).toEqual(body.shift);
    await put(ana, { status: 'available' });
    await put(ana, { status: 'offline', cashCounted: 0 });
    expect((await list(`?driverId=${ana.id}`)).body.data.map(({ cashExpected }) => cashExpected)).toEqual([
      0, 74_500,
    ]);
  });

  test('that is closed twice is closed once; a count that came later is taken, once', async () => {
    const ana = await app.addDriver(merchant.id);
    await put(ana, { status: 'available' });
    const { body: open } = await put(ana, { status: 'available' });
    await deliver(ana, 700);
    const { body: first } = await put(ana, { status: 'offline' });
    expect(first.shift).toMatchObject({
      id: open.shift?.id,
      cashExpected: 700,
      cashCounted: null,
      cashDifference: null,
    });
    const { body: counted } = await put(ana, { status: 'offline', cashCounted: 700 });
    expect(counted.shift).toEqual({ ...first.shift, cashCounted: 700, cashDifference: 0 });
    expect((await put(ana, { status: 'offline', cashCounted: 1 })).body.shift).toEqual(counted.shift);
    expect((await put(ana, { status: 'offline' })).body).toEqual({ ...counted });
    expect((await list(`?driverId=${ana.id}`)).body.data).toHaveLength(1);
  });

  test('opened and closed by many at once is one', async () => {
    const ana = await app.addDriver(merchant.id);
    for (let round = 0; round < 5; round++) {
      const opened = await Promise.all([0, 1, 2, 3].map(() => put(ana, { status: 'available' })));
      expect(new Set(opened.map(({ body }) => body.shift?.id)).size).toBe(1);
      const closed = await Promise.all(
        [1, 2].map((cashCounted) => put(ana, { status: 'offline', cashCounted })),
      );
      expect(closed[0]?.body.shift).toEqual(closed[1]?.body.shift);
    }
    expect((await list(`?driverId=${ana.id}`)).body.data).toHaveLength(5);
  });

  test('with goods in hand stays open, and the count is not taken', async () => {
    const ana = await app.addDriver(merchant.id);
    await put(ana, { status: 'available' });
    await addOrderIn(app, merchant, ana, 'picked_up');
    expect((await put(ana, { status: 'offline', cashCounted: 5 })).status).toBe(409);
    const [shift] = (await list(`?driverId=${ana.id}`)).body.data;
    expect(shift).toMatchObject({ endedAt: null, cashCounted: null });
  });

  test('of who was on duty before there were shifts ends without one', async () => {
    const ana = await app.addDriver(merchant.id);
    await app.owner`update drivers set status = 'available' where id = ${ana.id}`;
    const { status, body } = await put(ana, { status: 'offline', cashCounted: 5 });
    expect({ status, shift: body.shift }).toEqual({ status: 200, shift: null });
  });

  test('ends when the driver is removed', async () => {
    const ana = await app.addDriver(merchant.id);
    await put(ana, { status: 'available' });
    await app.request('DELETE', `/v1/drivers/${ana.id}`, { token: merchant.token });
    const [shift] = (await list(`?driverId=${ana.id}`)).body.data;
    expect(shift).toMatchObject({ endedAt: expect.any(String), cashExpected: 0 });
  });

  test.each([
    ['cashCounted', { status: 'offline', cashCounted: -1 }],
    ['cashCounted', { status: 'available', cashCounted: 1 }],
    ['note', { status: 'available', note: 'x' }],
    ['note', { status: 'offline', note: '' }],
    ['tips', { status: 'offline', tips: 1 }],
  ])('names the path of what is wrong: %s', async (path, change) => {
    const { status, body } = await put<Problem>(await app.addDriver(merchant.id), change);
    expect({ status, path: body.errors?.[0]?.path }).toEqual({ status: 400, path });
  });
});

describe('the list of shifts', () => {
  test('is the merchant’s for managers, and a driver’s own for a driver', async () => {
    const shop = await app.addMerchant();
    const [ana, ben] = [await app.addDriver(shop.id), await app.addDriver(shop.id, 'Ben')];
    for (const driver of [ana, ben, ana]) {
      await put(driver, { status: 'available' });
      await put(driver, { status: 'offline' });
    }
    const { data } = (await list('', shop)).body;
    expect(data.map(({ driverId }) => driverId)).toEqual([ana.id, ben.id, ana.id]);
    const { body: first } = await list('?limit=2', shop);
    const { body: last } = await list(`?limit=2&cursor=${first.nextCursor}`, shop);
    expect([...first.data, ...last.data]).toEqual(data);
    expect((await list(`?from=${data[1]?.startedAt}`, shop)).body.data).toEqual(data.slice(0, 2));
    expect((await list(`?to=${data[1]?.startedAt}`, shop)).body.data).toEqual(data.slice(1));
    // A driver who names a colleague gets their own.
    expect((await list(`?driverId=${ana.id}`, ben)).body.data).toEqual([data[1]]);
    expect((await list(`?driverId=${ben.id}`)).body.data).toEqual([]);
    expect((await list('?from=yesterday', shop)).status).toBe(400);

    const [anas, bens] = [data[0]?.id ?? '', data[1]?.id ?? ''];
    expect((await read(bens, ben)).body).toEqual(data[1]);
    expect((await read(anas, ben)).status).toBe(404);
    expect((await read(anas)).status).toBe(404);
    expect((await read(uuidv7(), shop)).status).toBe(404);
    expect((await list('', await app.addApiKey(shop.id, ['drivers:read']))).status).toBe(200);
    expect((await list('', await app.addApiKey(shop.id, ['orders:read']))).status).toBe(403);
  });
});
