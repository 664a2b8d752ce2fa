import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { users } from '../../db/schema/accounts.ts';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import { addOrder } from '../../tests/support/orders.ts';

let api: TestApp;
beforeAll(async () => {
  api = await createTestApp();
});
afterAll(() => api.end());

test('a colleague who was removed gets into no room, though their access token is still good', async () => {
  const merchant = await api.addMerchant();
  const order = await addOrder(api, merchant);
  const rooms = ['/v1/fleet/room', `/v1/orders/${order.id}/room`];
  for (const path of rooms) {
    expect((await api.request('GET', path, { token: merchant.token })).status).toBe(200);
  }
  await api.deps.db.withMerchant(merchant.id, (tx) =>
    tx.update(users).set({ disabledAt: new Date() }).where(eq(users.id, merchant.userId)),
  );
  for (const path of rooms) {
    expect((await api.request('GET', path, { token: merchant.token })).status).toBe(403);
  }
});
