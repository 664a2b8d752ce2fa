import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { users } from '../../db/schema/accounts.ts';
import { drivers } from '../../db/schema/drivers.ts';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import {
  anEmail,
  loginWith,
  PASSWORD,
  type Problem,
  paths,
  refreshWith,
  signedUp,
} from './accounts.fixture.ts';
import { createPasswords } from './passwords.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.end());

describe('logging in', () => {
  it('opens a session, in any spelling of the email', async () => {
    const { user } = await signedUp(app);
    const { status, body, headers } = await loginWith(app, ` ${user.email?.toUpperCase()} `);
    expect(status).toBe(200);
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(body.user).toEqual(user);
    expect(await app.deps.tokens.verifyAccess(body.accessToken)).toEqual({
      type: 'manager',
      merchantId: user.merchantId,
      userId: user.id,
    });
    expect((await refreshWith(app, body.refreshToken)).status).toBe(200);
  });

  it('takes the same letters in another Unicode form', async () => {
    const { user } = await signedUp(app, { password: 'contraseña larga'.normalize('NFC') });
    expect((await loginWith(app, user.email, 'contraseña larga'.normalize('NFD'))).status).toBe(200);
  });

  it('lets a driver with a password in, as that driver', async () => {
    const { driver, email } = await aDriverWithPassword();
    const { status, body } = await loginWith(app, email);
    expect(status).toBe(200);
    expect(body.user).toMatchObject({ role: 'driver', driverId: driver.id });
    expect(await app.deps.tokens.verifyAccess(body.accessToken)).toMatchObject({
      type: 'driver',
      driverId: driver.id,
    });
  });

  it('says the same whatever is wrong', async () => {
    const { user } = await signedUp(app);
    const disabled = await signedUp(app);
    const { id: merchantId } = disabled.merchant;
    await app.deps.db.withMerchant(merchantId, (tx) =>
      tx.update(users).set({ disabledAt: new Date() }).where(eq(users.id, disabled.user.id)),
    );
    const invited = anEmail();
    await app.deps.db.withMerchant(user.merchantId, (tx) =>
      tx.insert(users).values({
        merchantId: user.merchantId,
        id: crypto.randomUUID(),
        name: 'Invited',
        email: invited,
        role: 'manager',
      }),
    );
    const removed = await aDriverWithPassword();
    await app.deps.db.withMerchant(removed.merchantId, (tx) =>
      tx.update(drivers).set({ removedAt: new Date() }).where(eq(drivers.id, removed.driver.id)),
    );
    const answers = await Promise.all([
      loginWith(app, user.email, 'not the password'),
      loginWith(app, anEmail()),
      loginWith(app, disabled.user.email),
      loginWith(app, invited),
      loginWith(app, removed.email),
    ]);
    for (const { status, body } of answers) {
      expect({ status, code: body.code, detail: body.detail }).toEqual({
        status: 401,
        code: 'unauthenticated',
        detail: 'The email or the password is not right.',
      });
    }
  });

  it('names the path of what is missing', async () => {
    const answer = await app.request<Problem>('POST', '/v1/auth/login', { body: { email: anEmail() } });
    expect(answer.status).toBe(400);
    expect(paths(answer)).toEqual(['password']);
  });
});

describe('guessing a password', () => {
  it('is stopped after ten, also at once; then the right one too, with the time to wait', async () => {
    const { user } = await signedUp(app);
    const other = await signedUp(app);
    const guesses = await Promise.all(
      Array.from({ length: 12 }, () => loginWith(app, user.email, 'wrong guess')),
    );
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(2);
    const stopped = await loginWith(app, user.email);
    expect(stopped).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
    expect(Number(stopped.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect((await loginWith(app, other.user.email)).status).toBe(200);
  });
});

async function aDriverWithPassword() {
  const { id: merchantId } = await app.addMerchant();
  const driver = await app.addDriver(merchantId);
  const email = anEmail();
  const passwordHash = await createPasswords().hash(PASSWORD);
  await app.deps.db.withMerchant(merchantId, (tx) =>
    tx.update(users).set({ email, passwordHash }).where(eq(users.id, driver.userId)),
  );
  return { merchantId, driver, email };
}
