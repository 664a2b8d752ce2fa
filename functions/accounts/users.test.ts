import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditLog, invitations, sessions } from '../../db/schema/accounts.ts';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import {
  anEmail,
  loginWith,
  PASSWORD,
  type Problem,
  paths,
  refreshWith,
  signedUp,
  tokenOf,
} from './accounts.fixture.ts';
import type { Colleague } from './colleague.ts';
import { inTheMidstOf } from './in-the-midst-of.fixture.ts';
import type { Session } from './sign-in.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.end());

type Invited = Colleague & Problem & { inviteUrl: string; inviteExpiresAt: string };
type Page = { data: Colleague[]; nextCursor: string | null };

const invite = (token: string, body: unknown = { name: 'Julia', email: anEmail() }) =>
  app.request<Invited>('POST', '/v1/users', { token, body });
const list = (token: string, query = '') => app.request<Page>('GET', `/v1/users${query}`, { token });
const remove = (token: string, id: string) => app.request<Problem>('DELETE', `/v1/users/${id}`, { token });

async function accepted(token: string): Promise<Session> {
  const { body } = await invite(token);
  const answer = await app.request<Session>('POST', '/v1/auth/invite', {
    body: { token: tokenOf(body.inviteUrl), password: PASSWORD },
  });
  expect(answer.status).toBe(200);
  return answer.body;
}

describe('inviting a colleague', () => {
  it('gives the link to send, and lists them as invited', async () => {
    const { accessToken: token, user } = await signedUp(app);
    const email = anEmail();
    const { status, body } = await invite(token, { name: 'Julia', email, role: 'manager' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'Julia', email, role: 'manager', status: 'invited' });
    expect(body.inviteUrl).toMatch(/^http:\/\/dropmate\.test\/invite\/[\w-]{43}$/);
    const { data } = (await list(token)).body;
    expect(data.map(({ id, status }) => [id, status])).toEqual([
      [user.id, 'active'],
      [body.id, 'invited'],
    ]);
    expect(await audited(user.merchantId)).toEqual([['user.invited', body.id, 'manager', user.id]]);
  });

  it('refuses an email that has an account, also in another business', async () => {
    const { accessToken: token } = await signedUp(app);
    const elsewhere = await signedUp(app);
    const answer = await invite(token, { name: 'Julia', email: elsewhere.user.email });
    expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(paths(answer)).toEqual(['email']);
  });

  it('names the path of bad input', async () => {
    const { accessToken: token } = await signedUp(app);
    expect(paths(await invite(token, { name: 'J', email: 'none' }))).toEqual(['email']);
    expect(paths(await invite(token, { email: anEmail() }))).toEqual(['name']);
    expect(paths(await invite(token, { name: 'J', email: anEmail(), role: 'driver' }))).toEqual(['role']);
  });
});

describe('listing colleagues', () => {
  it('goes on from page to page, without drivers and other businesses', async () => {
    const { accessToken: token, user } = await signedUp(app);
    await signedUp(app);
    await app.addDriver(user.merchantId);
    const ids = [user.id];
    for (let i = 0; i < 4; i++) ids.push((await invite(token)).body.id);
    const seen: string[] = [];
    let query = '?limit=2';
    for (let pages = 0; pages < 3; pages++) {
      const { body } = await list(token, query);
      seen.push(...body.data.map(({ id }) => id));
      if (body.nextCursor === null) break;
      query = `?limit=2&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual(ids);
  });

  it('refuses a cursor that was not given', async () => {
    const { accessToken: token } = await signedUp(app);
    expect((await list(token, '?cursor=x')).status).toBe(400);
  });
});

describe('removing a colleague', () => {
  it('ends their sessions and log-in, and frees the email', async () => {
    const { accessToken: token, user } = await signedUp(app);
    const julia = await accepted(token);
    expect((await remove(token, julia.user.id)).status).toBe(204);
    expect((await refreshWith(app, julia.refreshToken)).status).toBe(401);
    expect((await loginWith(app, julia.user.email)).status).toBe(401);
    const rows = await app.deps.db.withMerchant(user.merchantId, (tx) => tx.select().from(sessions));
    const hers = rows.filter(({ userId }) => userId === julia.user.id);
    expect(hers.map(({ revokedAt }) => revokedAt !== null)).toEqual([true]);
    expect((await list(token)).body.data.map(({ id }) => id)).toEqual([user.id]);
    expect((await remove(token, julia.user.id)).status).toBe(404);
    expect((await audited(user.merchantId)).map(([action]) => action)).toEqual([
      'user.invited',
      'user.removed',
    ]);
    await signedUp(app, { email: julia.user.email });
  });

  it('takes back an invitation that was not accepted', async () => {
    const { accessToken: token, user } = await signedUp(app);
    const { body } = await invite(token);
    expect((await remove(token, body.id)).status).toBe(204);
    const left = await app.deps.db.withMerchant(user.merchantId, (tx) => tx.select().from(invitations));
    expect(left).toEqual([]);
    const answer = await app.request('POST', '/v1/auth/invite', {
      body: { token: tokenOf(body.inviteUrl), password: PASSWORD },
    });
    expect(answer.status).toBe(404);
  });

  it('is not for oneself, so that the last manager stays', async () => {
    const { accessToken: token, user } = await signedUp(app);
    expect(await remove(token, user.id)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await accepted(token);
    expect((await remove(token, user.id)).status).toBe(409);
  });

  it('by each other at once leaves one manager', async () => {
    const maria = await signedUp(app);
    const julia = await accepted(maria.accessToken);
    const answers = await Promise.all([
      remove(maria.accessToken, julia.user.id),
      remove(julia.accessToken, maria.user.id),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 403]);
    expect((await list(maria.accessToken)).body.data).toHaveLength(1);
  });

  it('is refused to who is being removed at the same time', async () => {
    const maria = await signedUp(app);
    const julia = await accepted(maria.accessToken);
    const { status } = await inTheMidstOf(
      app,
      (sql) => sql`update users set disabled_at = now() where id = ${maria.user.id}`,
      () => remove(maria.accessToken, julia.user.id),
    );
    expect(status).toBe(403);
  });

  it('leaves them no way to let others in with the access token they still have', async () => {
    const { accessToken: token, user } = await signedUp(app);
    const julia = await accepted(token);
    await remove(token, julia.user.id);
    expect((await invite(julia.accessToken)).status).toBe(403);
    expect((await remove(julia.accessToken, user.id)).status).toBe(403);
    const key = await app.request('POST', '/v1/api-keys', {
      token: julia.accessToken,
      body: { name: 'back door', scopes: ['orders:read'] },
    });
    expect(key.status).toBe(403);
  });

  it('ends an exchange of theirs that comes at the same time', async () => {
    const { accessToken: token } = await signedUp(app);
    const julia = await accepted(token);
    const [, ...exchanges] = await Promise.all([
      remove(token, julia.user.id),
      refreshWith(app, julia.refreshToken),
      refreshWith(app, julia.refreshToken),
    ]);
    for (const { status, body } of exchanges) {
      if (status === 200) expect((await refreshWith(app, body.refreshToken)).status).toBe(401);
      else expect(status).toBe(401);
    }
  });

  it("does not find a driver, nor another business's manager", async () => {
    const { accessToken: token, user } = await signedUp(app);
    const other = await signedUp(app);
    const { userId } = await app.addDriver(user.merchantId);
    const unknown = await remove(token, crypto.randomUUID());
    expect(unknown.status).toBe(404);
    for (const id of [other.user.id, userId]) {
      const answer = await remove(token, id);
      expect(answer.status).toBe(404);
      expect(answer.body.detail).toBe(unknown.body.detail);
    }
    expect((await remove(token, 'none')).status).toBe(404);
    expect((await refreshWith(app, other.refreshToken)).status).toBe(200);
  });
});

async function audited(merchantId: string) {
  const rows = await app.deps.db.withMerchant(merchantId, (tx) =>
    tx.select().from(auditLog).orderBy(auditLog.id),
  );
  return rows.map(({ action, entityId, actorType, actorId }) => [action, entityId, actorType, actorId]);
}
