import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invitations } from '../../db/schema/accounts.ts';
import { drivers } from '../../db/schema/drivers.ts';
import { hashToken } from '../../db/tracking-token.ts';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import { anEmail, loginWith, PASSWORD, type Problem, paths, signedUp, tokenOf } from './accounts.fixture.ts';
import { createInvitation } from './create-invitation.ts';
import type { Session } from './sign-in.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.end());

const accept = (body: unknown) => app.request<Session & Problem>('POST', '/v1/auth/invite', { body });

const invite = (merchantId: string, userId: string) =>
  app.deps.db.withMerchant(merchantId, (tx) => createInvitation(tx, { merchantId, userId }));

async function aDriver() {
  const { id: merchantId } = await app.addMerchant();
  const driver = await app.addDriver(merchantId);
  return { merchantId, driver, invitation: await invite(merchantId, driver.userId) };
}

async function aColleague() {
  const { accessToken: token, user } = await signedUp(app);
  const email = anEmail();
  const { body } = await app.request<{ id: string; inviteUrl: string }>('POST', '/v1/users', {
    token,
    body: { name: 'Julia', email },
  });
  return { merchantId: user.merchantId, email, id: body.id, token: tokenOf(body.inviteUrl) };
}

describe('a driver who accepts an invitation', () => {
  it('is signed in as that driver, without a password', async () => {
    const { merchantId, driver, invitation } = await aDriver();
    const { status, body } = await accept({ token: invitation.token });
    expect(status).toBe(200);
    expect(body.user).toMatchObject({ id: driver.userId, merchantId, role: 'driver', driverId: driver.id });
    expect(await app.deps.tokens.verifyAccess(body.accessToken)).toEqual({
      type: 'driver',
      merchantId,
      userId: driver.userId,
      driverId: driver.id,
    });
  });

  it('is refused once removed', async () => {
    const { merchantId, driver, invitation } = await aDriver();
    await app.deps.db.withMerchant(merchantId, (tx) =>
      tx.update(drivers).set({ removedAt: new Date() }).where(eq(drivers.id, driver.id)),
    );
    expect((await accept({ token: invitation.token })).status).toBe(404);
  });
});

describe('a colleague who accepts an invitation', () => {
  it('chooses a password and logs in with it from then on', async () => {
    const { email, id, token, merchantId } = await aColleague();
    const { status, body } = await accept({ token, password: PASSWORD });
    expect(status).toBe(200);
    expect(body.user).toMatchObject({ id, merchantId, email, role: 'manager', driverId: null });
    expect((await loginWith(app, email)).status).toBe(200);
  });

  it('must choose one, and may then try again', async () => {
    const { token } = await aColleague();
    const without = await accept({ token });
    expect(without).toMatchObject({ status: 400, body: { code: 'invalid' } });
    expect(paths(without)).toEqual(['password']);
    const short = await accept({ token, password: 'short' });
    expect(paths(short)).toEqual(['password']);
    expect((await accept({ token, password: PASSWORD })).status).toBe(200);
  });
});

describe('an invitation', () => {
  it('is good once, also for many at once', async () => {
    const { invitation } = await aDriver();
    const answers = await Promise.all([1, 2, 3, 4].map(() => accept({ token: invitation.token })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404]);
    expect(await accept({ token: invitation.token })).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });

  it('is good for seven days', async () => {
    const { merchantId, invitation } = await aDriver();
    expect(Math.round((invitation.expiresAt.getTime() - Date.now()) / 86_400_000)).toBe(7);
    await app.deps.db.withMerchant(merchantId, (tx) =>
      tx
        .update(invitations)
        .set({ expiresAt: new Date(Date.now() - 1) })
        .where(eq(invitations.tokenHash, hashToken(invitation.token))),
    );
    expect((await accept({ token: invitation.token })).status).toBe(404);
  });

  it('voids the ones before it', async () => {
    const { merchantId, driver, invitation } = await aDriver();
    const newer = await invite(merchantId, driver.userId);
    expect((await accept({ token: invitation.token })).status).toBe(404);
    expect((await accept({ token: newer.token })).status).toBe(200);
  });

  it('is the only one, also when two are made at once', async () => {
    const { merchantId, driver } = await aDriver();
    const made = await Promise.all([1, 2, 3].map(() => invite(merchantId, driver.userId)));
    const answers = await Promise.all(made.map(({ token }) => accept({ token })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
  });

  it('is stored as its hash only', async () => {
    const { merchantId, invitation } = await aDriver();
    const rows = await app.deps.db.withMerchant(merchantId, (tx) => tx.select().from(invitations));
    expect(rows.map(({ tokenHash }) => tokenHash)).toEqual([hashToken(invitation.token)]);
    expect(JSON.stringify(rows)).not.toContain(invitation.token);
  });

  it('is not found when nobody made it', async () => {
    expect(await accept({ token: 'nothing' })).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it("cannot be made for another business's user", async () => {
    const { id: merchantId } = await app.addMerchant();
    const { driver } = await aDriver();
    await expect(invite(merchantId, driver.userId)).rejects.toMatchObject({ code: 'not_found' });
  });
});
