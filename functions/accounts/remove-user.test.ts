import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outbox } from '../../db/schema/orders.ts';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import { anEmail, type Problem, signedUp } from './accounts.fixture.ts';
import type { Colleague } from './colleague.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.end());

const remove = (token: string, id: string) => app.request<Problem>('DELETE', `/v1/users/${id}`, { token });
const told = (merchantId: string) =>
  app.deps.db.withMerchant(merchantId, (tx) =>
    tx
      .select({ entityId: outbox.entityId, payload: outbox.payload })
      .from(outbox)
      .where(eq(outbox.topic, 'user_removed')),
  );

test('the rooms are told of a colleague who was removed, and of nobody else', async () => {
  const { accessToken: token, user } = await signedUp(app);
  const { body: julia } = await app.request<Colleague>('POST', '/v1/users', {
    token,
    body: { name: 'Julia', email: anEmail() },
  });
  expect((await remove(token, user.id)).status).toBe(409);
  expect(await told(user.merchantId)).toEqual([]);
  expect((await remove(token, julia.id)).status).toBe(204);
  expect((await remove(token, julia.id)).status).toBe(404);
  expect(await told(user.merchantId)).toEqual([{ entityId: julia.id, payload: { userId: julia.id } }]);
});
