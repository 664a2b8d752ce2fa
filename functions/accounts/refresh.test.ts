import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessions, users } from '../../db/schema/accounts.ts';
import { drivers } from '../../db/schema/drivers.ts';
import { hashToken } from '../../db/tracking-token.ts';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import { loginWith, type Problem, paths, refreshWith, signedUp } from './accounts.fixture.ts';
import { createInvitation } from './create-invitation.ts';
import { inTheMidstOf } from './in-the-midst-of.fixture.ts';
import type { Session } from './sign-in.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.end());

/** Exchanges a token that must be good. */
async function next(refreshToken: string): Promise<string> {
  const { status, body } = await refreshWith(app, refreshToken);
  expect(status).toBe(200);
  return body.refreshToken;
}

const refused = async (refreshToken: string): Promise<void> =>
  expect(await refreshWith(app, refreshToken)).toMatchObject({
    status: 401,
    body: { code: 'unauthenticated' },
  });

const ended = (merchantId: string): Promise<boolean[]> =>
  app.deps.db.withMerchant(merchantId, async (tx) =>
    (await tx.select().from(sessions)).map(({ revokedAt }) => revokedAt !== null),
  );

describe('a refresh token', () => {
  it('is exchanged for a session of the same user with another token', async () => {
    const { user, refreshToken } = await signedUp(app);
    const { status, body, headers } = await refreshWith(app, refreshToken);
    expect(status).toBe(200);
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(body.user).toEqual(user);
    expect(body.refreshToken).not.toBe(refreshToken);
    expect(await app.deps.tokens.verifyAccess(body.accessToken)).toMatchObject({ userId: user.id });
  });

  it('stays good until its successor is used, for a phone that lost the answer', async () => {
    const { refreshToken } = await signedUp(app);
    await next(refreshToken);
    await next(refreshToken);
    const third = await next(refreshToken);
    await next(await next(third));
  });

  it('used after its successor was: the whole family ends', async () => {
    const { user, refreshToken: first } = await signedUp(app);
    const second = await next(first);
    const third = await next(second);
    await refused(first);
    await refused(third);
    await refused(second);
    expect(await ended(user.merchantId)).not.toContain(false);
  });

  it('used after a sibling was: the whole family ends', async () => {
    const { refreshToken: first } = await signedUp(app);
    const thief = await next(first);
    const owner = await next(first);
    const after = await next(owner);
    await refused(thief);
    await refused(after);
  });

  it('of another log-in is untouched when a family ends', async () => {
    const { user, refreshToken: first } = await signedUp(app);
    const other = (await loginWith(app, user.email)).body.refreshToken;
    await next(await next(first));
    await refused(first);
    await next(other);
  });

  it('is good for both of two exchanges at once; of the two answers one can be used', async () => {
    const { refreshToken: first } = await signedUp(app);
    const [a, b] = await Promise.all([next(first), next(first)]);
    expect(a).not.toBe(b);
    await next(a);
    await refused(b);
  });

  it('used at once with its siblings: one is exchanged, and that is a reuse', async () => {
    const { user, refreshToken: first } = await signedUp(app);
    const siblings = [await next(first), await next(first), await next(first)];
    const answers = await Promise.all(siblings.map((token) => refreshWith(app, token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect(await ended(user.merchantId)).not.toContain(false);
  });

  it('replayed by many at once gets nobody in', async () => {
    const { user, refreshToken: first } = await signedUp(app);
    const current = await next(await next(first));
    const answers = await Promise.all(Array.from({ length: 6 }, () => refreshWith(app, first)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(401));
    await refused(current);
    expect(await ended(user.merchantId)).not.toContain(false);
  });

  it('waits for an exchange that is under way, and sees what that has superseded', async () => {
    const { user, refreshToken } = await signedUp(app);
    const answer = await inTheMidstOf(
      app,
      async (sql) => {
        await sql`select id from users where id = ${user.id} for no key update`;
        await sql`update sessions set superseded_at = now() where user_id = ${user.id}`;
      },
      () => refreshWith(app, refreshToken),
    );
    expect(answer.status).toBe(401);
    expect(await ended(user.merchantId)).toEqual([true]);
  });

  it('is refused when its user is disabled at the same time', async () => {
    const { user, refreshToken } = await signedUp(app);
    const answer = await inTheMidstOf(
      app,
      (sql) => sql`update users set disabled_at = now() where id = ${user.id}`,
      () => refreshWith(app, refreshToken),
    );
    expect(answer.status).toBe(401);
  });

  it('is good for thirty days from the last exchange', async () => {
    const { user, refreshToken: first } = await signedUp(app);
    await age(user.merchantId, first, new Date(Date.now() + 60_000));
    const second = await next(first);
    const [row] = await app.deps.db.withMerchant(user.merchantId, (tx) =>
      tx
        .select()
        .from(sessions)
        .where(eq(sessions.tokenHash, hashToken(second))),
    );
    const days = ((row?.expiresAt.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    await age(user.merchantId, second, new Date(Date.now() - 1));
    await refused(second);
  });

  it('is refused when unknown or empty', async () => {
    await refused('x'.repeat(43));
    const empty = await app.request<Problem>('POST', '/v1/auth/refresh', { body: { refreshToken: '' } });
    expect(empty.status).toBe(400);
    expect(paths(empty)).toEqual(['refreshToken']);
  });

  it('of a disabled user or a removed driver is refused', async () => {
    const { user, refreshToken } = await signedUp(app);
    await app.deps.db.withMerchant(user.merchantId, (tx) =>
      tx.update(users).set({ disabledAt: new Date() }).where(eq(users.id, user.id)),
    );
    await refused(refreshToken);

    const { merchantId, driver, session } = await aDriverSession();
    const renewed = await next(session.refreshToken);
    await app.deps.db.withMerchant(merchantId, (tx) =>
      tx.update(drivers).set({ removedAt: new Date() }).where(eq(drivers.id, driver.id)),
    );
    await refused(renewed);
  });

  it('is stored as its hash only', async () => {
    const { user, refreshToken } = await signedUp(app);
    const rows = await app.deps.db.withMerchant(user.merchantId, (tx) => tx.select().from(sessions));
    expect(rows.map(({ tokenHash }) => tokenHash)).toEqual([hashToken(refreshToken)]);
    expect(JSON.stringify(rows)).not.toContain(refreshToken);
  });
});

describe('logging out', () => {
  const logout = (refreshToken: string) => app.request('POST', '/v1/auth/logout', { body: { refreshToken } });

  it('ends the family, by any token of it, and no other', async () => {
    const { user, refreshToken: first } = await signedUp(app);
    const other = (await loginWith(app, user.email)).body.refreshToken;
    const second = await next(first);
    expect((await logout(first)).status).toBe(204);
    await refused(second);
    await next(other);
  });

  it('answers the same for a token that is not known, and twice', async () => {
    const { refreshToken } = await signedUp(app);
    expect((await logout('unknown')).status).toBe(204);
    expect((await logout(refreshToken)).status).toBe(204);
    expect((await logout(refreshToken)).status).toBe(204);
  });

  it('leaves nothing behind when an exchange is under way', async () => {
    const { user, refreshToken } = await signedUp(app);
    const { status } = await inTheMidstOf(
      app,
      async (sql) => {
        await sql`select id from users where id = ${user.id} for no key update`;
        await sql`
          insert into sessions (merchant_id, id, user_id, family_id, parent_id, token_hash, expires_at)
          select merchant_id, gen_random_uuid(), user_id, family_id, id, 'successor', expires_at
          from sessions where user_id = ${user.id}`;
      },
      () => logout(refreshToken),
    );
    expect(status).toBe(204);
    expect(await ended(user.merchantId)).toEqual([true, true]);
  });
});

async function age(merchantId: string, refreshToken: string, expiresAt: Date): Promise<void> {
  await app.deps.db.withMerchant(merchantId, (tx) =>
    tx
      .update(sessions)
      .set({ expiresAt })
      .where(eq(sessions.tokenHash, hashToken(refreshToken))),
  );
}

async function aDriverSession() {
  const { id: merchantId } = await app.addMerchant();
  const driver = await app.addDriver(merchantId);
  const { token } = await app.deps.db.withMerchant(merchantId, (tx) =>
    createInvitation(tx, { merchantId, userId: driver.userId }),
  );
  const { body } = await app.request<Session>('POST', '/v1/auth/invite', { body: { token } });
  return { merchantId, driver, session: body };
}
