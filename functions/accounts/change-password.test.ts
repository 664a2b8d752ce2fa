import { afterAll, expect, test } from 'vitest';
import { createTestApp } from '../../tests/support/app.ts';
import { loginWith, PASSWORD, type Problem, paths, refreshWith, signedUp } from './accounts.fixture.ts';
import type { Session } from './sign-in.ts';

const app = await createTestApp();
afterAll(() => app.end());

const NEW_PASSWORD = 'another horse battery';
const change = (token: string, currentPassword: string, password = NEW_PASSWORD) =>
  app.request<Session & Problem>('PUT', '/v1/users/me/password', {
    token,
    body: { currentPassword, password },
  });

test('the new password is good, the old one and the other sessions are not', async () => {
  const { user, accessToken, refreshToken } = await signedUp(app);
  const { status, body } = await change(accessToken, PASSWORD);
  expect(status).toBe(200);
  expect((await loginWith(app, user.email)).status).toBe(401);
  expect((await loginWith(app, user.email, NEW_PASSWORD)).status).toBe(200);
  expect((await refreshWith(app, refreshToken)).status).toBe(401);
  expect((await refreshWith(app, body.refreshToken)).status).toBe(200);
});

test('a wrong current password changes nothing, and may be tried as often as a log-in', async () => {
  const { user, accessToken } = await signedUp(app);
  const refused = await change(accessToken, 'a wrong horse');
  expect([refused.status, paths(refused)]).toEqual([400, ['currentPassword']]);
  expect((await loginWith(app, user.email)).status).toBe(200);
  for (let i = 1; i < 10; i++) await change(accessToken, 'a wrong horse');
  expect((await change(accessToken, PASSWORD)).status).toBe(429);
});

test('who has no password cannot change it, nor can an API key', async () => {
  const merchant = await app.addMerchant();
  expect((await change(merchant.token, PASSWORD)).status).toBe(409);
  const key = await app.addApiKey(merchant.id, ['orders:write']);
  expect((await change(key.token, PASSWORD)).status).toBe(403);
});

test('of two changes at once one is taken', async () => {
  const { accessToken } = await signedUp(app);
  const both = await Promise.all([
    change(accessToken, PASSWORD, 'first new password'),
    change(accessToken, PASSWORD, 'second new password'),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
});
