import { afterAll, expect, test } from 'vitest';
import { resetToken } from '../../db/tracking-token.ts';
import { createTestApp } from '../../tests/support/app.ts';
import { anEmail, loginWith, PASSWORD, type Problem, refreshWith, signedUp } from './accounts.fixture.ts';
import type { Session } from './sign-in.ts';

const app = await createTestApp();
afterAll(() => app.end());

const NEW_PASSWORD = 'another horse battery';

const forgot = (email: string | null) =>
  app.request<Problem | string>('POST', '/v1/auth/password/forgot', { body: { email } });
const reset = (token: string, password = NEW_PASSWORD) =>
  app.request<Session & Problem>('POST', '/v1/auth/password/reset', { body: { token, password } });

/** The tokens that the worker would write into emails to that user, oldest first. */
async function tokensFor(userId: string): Promise<string[]> {
  const rows = await app.owner<{ id: string }[]>`select entity_id as id from outbox
    where topic = 'password_reset' and payload->>'user_id' = ${userId} order by id`;
  return rows.map(({ id }) => resetToken(app.deps.links.trackingKey, id));
}

test('a new password is chosen with the link, which logs in here and out everywhere else', async () => {
  const { user, refreshToken } = await signedUp(app);
  expect((await forgot(user.email)).status).toBe(202);
  const [token = ''] = await tokensFor(user.id);
  const answer = await reset(token);
  expect(answer.status).toBe(200);
  expect(answer.body.user.id).toBe(user.id);
  expect(answer.headers.get('Cache-Control')).toBe('no-store');
  expect((await loginWith(app, user.email)).status).toBe(401);
  expect((await loginWith(app, user.email, NEW_PASSWORD)).status).toBe(200);
  expect((await refreshWith(app, refreshToken)).status).toBe(401);
  expect((await refreshWith(app, answer.body.refreshToken)).status).toBe(200);
});

test('the link is good once, of several only the newest, and of two at once one', async () => {
  const { user } = await signedUp(app);
  await forgot(user.email);
  await forgot(user.email);
  const [older = '', newer = ''] = await tokensFor(user.id);
  expect((await reset(older)).status).toBe(404);
  const both = await Promise.all([reset(newer), reset(newer)]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 404]);
  expect((await reset(newer)).status).toBe(404);
});

test('the link ends after half an hour', async () => {
  const { user } = await signedUp(app);
  await forgot(user.email);
  const [token = ''] = await tokensFor(user.id);
  await app.owner`update password_resets set expires_at = now() - interval '1 second' where user_id = ${user.id}`;
  expect((await reset(token)).status).toBe(404);
  expect((await loginWith(app, user.email)).status).toBe(200);
});

test('the answer does not tell whether the email is known, and no token is stored', async () => {
  const { user } = await signedUp(app);
  const [known, unknown] = [await forgot(user.email?.toUpperCase() ?? ''), await forgot(anEmail())];
  expect([known.status, known.body]).toEqual([unknown.status, unknown.body]);
  const [token = ''] = await tokensFor(user.id);
  const [stored] = await app.owner`select (select string_agg(r::text, ' ') from password_resets r) as resets,
    (select string_agg(o::text, ' ') from outbox o) as outbox`;
  expect(JSON.stringify(stored)).not.toContain(token);
});

test('a colleague who was removed gets no link, and one that is on its way leads nowhere', async () => {
  const { user } = await signedUp(app);
  await forgot(user.email);
  const [token = ''] = await tokensFor(user.id);
  await app.owner`update users set disabled_at = now() where id = ${user.id}`;
  await forgot(user.email);
  expect(await tokensFor(user.id)).toHaveLength(1);
  expect((await reset(token)).status).toBe(404);
});

test('a password that is too short changes nothing', async () => {
  const { user } = await signedUp(app);
  await forgot(user.email);
  const [token = ''] = await tokensFor(user.id);
  const refused = await reset(token, 'short');
  expect(refused.status).toBe(400);
  expect(refused.body.errors?.[0]?.path).toBe('password');
  expect((await loginWith(app, user.email, PASSWORD)).status).toBe(200);
});

test('links are asked for so often, and then no more for a while', async () => {
  const email = anEmail();
  const statuses = [];
  for (let i = 0; i < 11; i++) statuses.push((await forgot(email)).status);
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 202), 429]);
});
