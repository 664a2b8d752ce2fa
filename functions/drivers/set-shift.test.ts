import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import { addOrderIn } from '../../tests/support/orders.ts';
import type { Driver } from './driver.ts';
import { outboxOf } from './drivers.fixture.ts';

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.end());

const shift = (token: string, id: string, status: string) =>
  t.request<Driver & { code: string; orders: number }>('PUT', `/v1/drivers/${id}/shift`, {
    token,
    body: { status },
  });

test('a driver starts and ends their shift; the same again changes nothing', async () => {
  const merchant = await t.addMerchant();
  const { id, token } = await t.addDriver(merchant.id);
  const started = await shift(token, 'me', 'available');
  expect(started.status).toBe(200);
  expect(started.headers.get('ETag')).toBe('"2"');
  expect(started.body).toMatchObject({ id, status: 'available', version: 2 });
  expect((await shift(token, 'me', 'available')).body.version).toBe(2);
  expect((await shift(token, id, 'offline')).body).toMatchObject({ status: 'offline', version: 3 });
  const rows = await outboxOf(t, merchant.id, id);
  expect(rows.map((row) => [row.topic, row.version, row.payload.status])).toEqual([
    ['driver', 2, 'available'],
    ['driver', 3, 'offline'],
  ]);
});

test('who has goods in hand stays on shift and is told how many orders', async () => {
  const merchant = await t.addMerchant();
  const driver = await t.addDriver(merchant.id);
  const { token } = driver;
  await shift(token, 'me', 'available');
  const carried = await addOrderIn(t, merchant, driver, 'picked_up');
  const failed = await addOrderIn(t, merchant, driver, 'failed');
  await addOrderIn(t, merchant, driver, 'assigned');
  const refused = await shift(token, 'me', 'offline');
  expect(refused.status).toBe(409);
  expect(refused.body).toMatchObject({ code: 'conflict', orders: 2 });

  const end = (orderId: string, status: string) =>
    t.request('POST', `/v1/orders/${orderId}/status`, { token, body: { status } });
  await end(carried.id, 'delivered');
  await end(failed.id, 'returned');
  // The one that is not picked up waits at the shop.
  expect((await shift(token, 'me', 'offline')).status).toBe(200);
});

test('the manager may set it, a colleague and another merchant may not', async () => {
  const [merchant, other] = [await t.addMerchant(), await t.addMerchant()];
  const [driver, colleague] = [await t.addDriver(merchant.id), await t.addDriver(merchant.id)];
  expect((await shift(merchant.token, driver.id, 'available')).status).toBe(200);
  expect((await shift(colleague.token, driver.id, 'offline')).status).toBe(404);
  expect((await shift(other.token, driver.id, 'offline')).status).toBe(404);
  expect((await shift(merchant.token, 'me', 'offline')).status).toBe(404);
  expect((await t.request('PUT', `/v1/drivers/${driver.id}/shift`)).status).toBe(401);
});

test('only the two states are known', async () => {
  const merchant = await t.addMerchant();
  const { token } = await t.addDriver(merchant.id);
  const refused = await t.request<{ errors: { path: string }[] }>('PUT', '/v1/drivers/me/shift', {
    token,
    body: { status: 'busy' },
  });
  expect([refused.status, refused.body.errors[0]?.path]).toEqual([400, 'status']);
});
