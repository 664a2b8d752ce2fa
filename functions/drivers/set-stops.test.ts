import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliveryUpdates } from '../../db/schema/orders.ts';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import { addOrder, addOrderIn, expectLogToFold } from '../../tests/support/orders.ts';
import { outboxOf } from './drivers.fixture.ts';

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.end());

type Stops = {
  data: { id: string; stopSequence: number | null; version: number }[];
  orderIds: string[];
  errors: { path: string }[];
};

const setStops = (token: string, driver: string, orderIds: string[]) =>
  t.request<Stops>('PUT', `/v1/drivers/${driver}/stops`, { token, body: { orderIds } });

const listed = async (token: string, driver: string) => {
  const { body } = await t.request<Stops>('GET', `/v1/drivers/${driver}/orders`, { token });
  return body.data.map((order) => order.id);
};

async function driverWithThree() {
  const merchant = await t.addMerchant();
  const driver = await t.addDriver(merchant.id);
  const a = await addOrderIn(t, merchant, driver, 'assigned');
  const b = await addOrderIn(t, merchant, driver, 'assigned');
  const c = await addOrderIn(t, merchant, driver, 'picked_up');
  return { merchant, driver, a, b, c };
}

test('the orders are then listed in that order, for the driver and the manager', async () => {
  const { merchant, driver, a, b, c } = await driverWithThree();
  expect(await listed(driver.token, 'me')).toEqual([a.id, b.id, c.id]);
  const set = await setStops(driver.token, 'me', [c.id, a.id, b.id]);
  expect(set.status).toBe(200);
  expect(set.body.data).toEqual([
    { id: c.id, stopSequence: 1, version: 4 },
    { id: a.id, stopSequence: 2, version: 3 },
    { id: b.id, stopSequence: 3, version: 3 },
  ]);
  expect(await listed(driver.token, 'me')).toEqual([c.id, a.id, b.id]);
  expect(await listed(merchant.token, driver.id)).toEqual([c.id, a.id, b.id]);
  // Where they say they are going comes first, whatever the order says.
  const going = { token: driver.token, body: { status: 'enroute_to_pickup' } };
  await t.request('POST', `/v1/orders/${b.id}/status`, going);
  expect(await listed(driver.token, 'me')).toEqual([b.id, c.id, a.id]);
});

test('only what moved has a new version, with its line in the log and its row in the outbox', async () => {
  const { merchant, driver, a, b, c } = await driverWithThree();
  await setStops(merchant.token, driver.id, [a.id, b.id, c.id]);
  const swapped = await setStops(driver.token, 'me', [b.id, a.id, c.id]);
  expect(swapped.body.data.map((stop) => stop.version)).toEqual([4, 4, 4]);

  const log = (orderId: string) =>
    t.deps.db.withMerchant(merchant.id, (tx) =>
      tx
        .select()
        .from(deliveryUpdates)
        .where(and(eq(deliveryUpdates.orderId, orderId), eq(deliveryUpdates.kind, 'stop_order')))
        .orderBy(deliveryUpdates.version),
    );
  expect(await log(a.id)).toMatchObject([
    { version: 3, actorType: 'manager', actorId: merchant.userId, statusUpdate: 'assigned' },
    { version: 4, actorType: 'driver', actorId: driver.userId, driverId: driver.id },
  ]);
  expect(await log(c.id)).toMatchObject([{ version: 4 }]);
  const told = await outboxOf(t, merchant.id, a.id);
  expect(told.at(-1)).toMatchObject({
    topic: 'order',
    version: 4,
    payload: { stop_sequence: 2, version: 4 },
  });
});

test('one too few, one too many or one that is not theirs is a conflict, and nothing moves', async () => {
  const { merchant, driver, a, b, c } = await driverWithThree();
  const unassigned = await addOrder(t, merchant);
  const ended = await addOrderIn(t, merchant, driver, 'delivered');
  const all = [a.id, b.id, c.id];
  for (const orderIds of [
    [],
    [a.id, b.id],
    [...all, unassigned.id],
    [...all, ended.id],
    [a.id, b.id, ended.id],
  ]) {
    const refused = await setStops(driver.token, 'me', orderIds);
    expect(refused.status).toBe(409);
    expect(refused.body.orderIds.sort()).toEqual([...all].sort());
  }
  const { body } = await t.request<Stops>('GET', '/v1/drivers/me/orders', { token: driver.token });
  expect(body.data.map((order) => order.stopSequence)).toEqual([null, null, null]);
});

test('an id twice, or one that is none, is bad input', async () => {
  const { driver, a } = await driverWithThree();
  const twice = await setStops(driver.token, 'me', [a.id, a.id.toUpperCase()]);
  expect([twice.status, twice.body.errors[0]?.path]).toEqual([400, 'orderIds']);
  const none = await setStops(driver.token, 'me', [a.id, 'x']);
  expect([none.status, none.body.errors[0]?.path]).toEqual([400, 'orderIds.1']);
});

test('two who sort at once both get through, one after the other', async () => {
  const { merchant, driver, a, b, c } = await driverWithThree();
  const both = await Promise.all([
    setStops(driver.token, 'me', [c.id, b.id, a.id]),
    setStops(merchant.token, driver.id, [a.id, b.id, c.id]),
  ]);
  expect(both.map((answer) => answer.status)).toEqual([200, 200]);
  const { body } = await t.request<Stops>('GET', '/v1/drivers/me/orders', { token: driver.token });
  expect(body.data.map((order) => order.stopSequence)).toEqual([1, 2, 3]);
});

test('neither a colleague nor another merchant reaches them, and a driver sees no customer link', async () => {
  const { driver, a, b, c, merchant } = await driverWithThree();
  const colleague = await t.addDriver(merchant.id);
  const other = await t.addMerchant();
  for (const { token } of [colleague, other]) {
    expect((await setStops(token, driver.id, [a.id, b.id, c.id])).status).toBe(404);
    expect((await t.request('GET', `/v1/drivers/${driver.id}/orders`, { token })).status).toBe(404);
  }
  const { body } = await t.request<{ data: object[] }>('GET', '/v1/drivers/me/orders', {
    token: driver.token,
  });
  expect(body.data).toHaveLength(3);
  expect(Object.keys(body.data[0] ?? {})).not.toContain('trackingUrl');
});

test('a key that may not read orders learns of none here', async () => {
  const { merchant, driver, a, b, c } = await driverWithThree();
  const drivers = await t.addApiKey(merchant.id, ['drivers:read', 'drivers:write']);
  const orders = await t.addApiKey(merchant.id, ['orders:read']);
  const path = `/v1/drivers/${driver.id}/orders`;
  expect((await t.request('GET', path, { token: drivers.token })).status).toBe(403);
  expect(await listed(orders.token, driver.id)).toEqual([a.id, b.id, c.id]);
  expect((await setStops(orders.token, driver.id, [a.id, b.id, c.id])).status).toBe(403);
  expect((await setStops(drivers.token, driver.id, [a.id, b.id, c.id])).status).toBe(200);
});

test('after sorting, the log still folds to the order', async () => {
  const { merchant, driver, a, b, c } = await driverWithThree();
  await setStops(driver.token, 'me', [c.id, b.id, a.id]);
  for (const order of [a, b, c]) await expectLogToFold(t, merchant, order.id);
});
