import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { users } from '../../db/schema/accounts.ts';
import { devices, drivers } from '../../db/schema/drivers.ts';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import { addOrder, addOrderIn } from '../../tests/support/orders.ts';
import type { Driver } from './driver.ts';
import { outboxOf } from './drivers.fixture.ts';

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.end());

type Invited = Driver & { inviteUrl: string };
type Session = { accessToken: string; refreshToken: string };

async function addSignedInDriver(token: string, email: string) {
  const body = { name: 'Ana Pérez', phone: '+598 99 123 456', email, vehicleType: 'car' };
  const { body: driver } = await t.request<Invited>('POST', '/v1/drivers', { token, body });
  const accept = { token: driver.inviteUrl.split('/').at(-1) };
  const { body: session } = await t.request<Session>('POST', '/v1/auth/invite', { body: accept });
  return { driver, session };
}

test('a removed driver leaves the lists, keeps the name only, and has no way in any more', async () => {
  const { id: merchantId, token } = await t.addMerchant();
  const email = `${merchantId}@example.com`;
  const { driver, session } = await addSignedInDriver(token, email);
  const device = { token, body: { name: 'Phone' } };
  await t.request('POST', `/v1/drivers/${driver.id}/devices`, device);
  const { body: open } = await t.request<Invited>('POST', `/v1/drivers/${driver.id}/invite`, { token });

  expect((await t.request('DELETE', `/v1/drivers/${driver.id}`, { token })).status).toBe(204);

  expect((await t.request('GET', `/v1/drivers/${driver.id}`, { token })).status).toBe(404);
  expect((await t.request('DELETE', `/v1/drivers/${driver.id}`, { token })).status).toBe(404);
  const list = await t.request<{ data: Driver[] }>('GET', '/v1/drivers', { token });
  expect(list.body.data).toEqual([]);
  const refresh = { body: { refreshToken: session.refreshToken } };
  expect((await t.request('POST', '/v1/auth/refresh', refresh)).status).toBe(401);
  const accept = { body: { token: open.inviteUrl.split('/').at(-1) } };
  expect((await t.request('POST', '/v1/auth/invite', accept)).status).not.toBe(200);
  const me = await t.request('GET', '/v1/drivers/me', { token: session.accessToken });
  expect(me.status).toBe(404);

  await t.deps.db.withMerchant(merchantId, async (tx) => {
    const [row] = await tx.select().from(drivers).where(eq(drivers.id, driver.id));
    expect(row).toMatchObject({ name: 'Ana Pérez', phone: null, email: null, status: 'offline', version: 2 });
    expect(row?.removedAt).toBeInstanceOf(Date);
    const [user] = await tx
      .select()
      .from(users)
      .where(eq(users.id, row?.userId ?? ''));
    expect(user).toMatchObject({ email: null, passwordHash: null, disabledAt: expect.any(Date) });
    const revoked = await tx.select().from(devices).where(eq(devices.driverId, driver.id));
    expect(revoked).toMatchObject([{ revokedAt: expect.any(Date) }]);
  });
  const rows = await outboxOf(t, merchantId, driver.id);
  expect(rows.at(-1)).toMatchObject({
    topic: 'driver_removed',
    version: 2,
    payload: { driverId: driver.id },
  });
  // The email is free again.
  expect((await addSignedInDriver(token, email)).driver.email).toBe(email);
});

test('one who has orders stays, and is told how many; when they ended, the driver may go', async () => {
  const merchant = await t.addMerchant();
  const { token } = merchant;
  const driver = await t.addDriver(merchant.id);
  const order = await addOrderIn(t, merchant, driver, 'picked_up');
  await addOrderIn(t, merchant, driver, 'delivered');
  const remove = () =>
    t.request<{ code: string; orders: number }>('DELETE', `/v1/drivers/${driver.id}`, { token });

  const refused = await remove();
  expect(refused.status).toBe(409);
  expect(refused.body).toMatchObject({ code: 'conflict', orders: 1 });

  await t.request('POST', `/v1/orders/${order.id}/status`, { token, body: { status: 'delivered' } });
  expect((await remove()).status).toBe(204);
});

test('nobody can assign to a removed driver', async () => {
  const merchant = await t.addMerchant();
  const { token } = merchant;
  const driver = await t.addDriver(merchant.id);
  await t.request('DELETE', `/v1/drivers/${driver.id}`, { token });
  const order = await addOrder(t, merchant);
  const body = { driverId: driver.id };
  const refused = await t.request('POST', `/v1/orders/${order.id}/assign`, { token, body });
  expect(refused.status).toBe(422);
});

test('of a removal and an assignment at once, the order never ends up with a removed driver', async () => {
  const merchant = await t.addMerchant();
  const { token } = merchant;
  for (let round = 0; round < 5; round++) {
    const driver = await t.addDriver(merchant.id);
    const order = await addOrder(t, merchant);
    const [removed, assigned] = await Promise.all([
      t.request('DELETE', `/v1/drivers/${driver.id}`, { token }),
      t.request('POST', `/v1/orders/${order.id}/assign`, { token, body: { driverId: driver.id } }),
    ]);
    expect([
      [204, 422],
      [409, 200],
    ]).toContainEqual([removed.status, assigned.status]);
  }
});

test('no driver removes themselves', async () => {
  const merchant = await t.addMerchant();
  const { id, token } = await t.addDriver(merchant.id);
  expect((await t.request('DELETE', `/v1/drivers/${id}`, { token })).status).toBe(403);
});
