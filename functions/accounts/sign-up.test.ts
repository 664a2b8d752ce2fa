import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { merchants } from '../../db/schema/accounts.ts';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import {
  anEmail,
  loginWith,
  PASSWORD,
  type Problem,
  paths,
  type SignedUp,
  signedUp,
} from './accounts.fixture.ts';
import { inTheMidstOf } from './in-the-midst-of.fixture.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.end());

const signUp = (to: TestApp, body: unknown) =>
  to.request<SignedUp & Problem>('POST', '/v1/merchants', { body });
const input = (more: Record<string, unknown> = {}) => ({
  name: 'Café Sur',
  email: anEmail(),
  password: PASSWORD,
  ...more,
});

describe('signing up', () => {
  it('makes a business with its manager, who is signed in at once', async () => {
    const email = anEmail();
    const { status, body, headers } = await signUp(
      app,
      input({ email, timezone: 'America/Montevideo', currency: 'UYU' }),
    );
    expect(status).toBe(201);
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(body.merchant).toMatchObject({
      name: 'Café Sur',
      timezone: 'America/Montevideo',
      currency: 'UYU',
    });
    expect(body.user).toMatchObject({ merchantId: body.merchant.id, email, role: 'manager', driverId: null });
    expect(body.expiresIn).toBe(600);
    const me = await app.request('GET', '/v1/merchants/me', { token: body.accessToken });
    expect(me).toMatchObject({ status: 200, body: { id: body.merchant.id } });
    expect((await loginWith(app, email)).status).toBe(200);
  });

  it('has defaults for time zone, currency and pickup', async () => {
    const { merchant } = await signedUp(app);
    expect(merchant).toMatchObject({ timezone: 'UTC', currency: 'USD', pickup: null });
  });

  it('takes address and location as the usual pickup', async () => {
    const location = { lat: -34.91, lng: -56.19 };
    const { merchant } = await signedUp(app, { address: 'Durazno 1200', location });
    expect(merchant.pickup).toEqual({ address: 'Durazno 1200', location });
  });

  it('looks the address up when it has no location, and takes one that is not found', async () => {
    app.places.set('Isla de Flores 1300', { lat: -34.912, lng: -56.185 });
    const found = await signedUp(app, { address: 'Isla de Flores 1300' });
    expect(found.merchant.pickup?.location).toEqual({ lat: -34.912, lng: -56.185 });
    const lost = await signedUp(app, { address: 'Nowhere 1' });
    expect(lost.merchant.pickup).toEqual({ address: 'Nowhere 1' });
  });

  it('refuses an email that has an account anywhere, however it is written', async () => {
    const email = anEmail();
    await signedUp(app, { email });
    const again = await signUp(app, input({ email: ` ${email.toUpperCase()} ` }));
    expect(again).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(paths(again)).toEqual(['email']);
  });

  it('makes one account of two sign-ups at once with the same email, and no stray business', async () => {
    const email = anEmail();
    const name = `Twice ${email}`;
    const answers = await Promise.all([1, 2, 3].map(() => signUp(app, input({ email, name }))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const all = await app.deps.db.system.select({ name: merchants.name }).from(merchants);
    expect(all.filter((merchant) => merchant.name === name)).toHaveLength(1);
  });

  it.each([
    ['a short password', { password: 'seven77' }, 'password'],
    ['a long password', { password: 'x'.repeat(201) }, 'password'],
    ['an email that is none', { email: 'maria' }, 'email'],
    ['an unknown time zone', { timezone: 'America/Nowhere' }, 'timezone'],
    ['an offset for a time zone', { timezone: '-03:00' }, 'timezone'],
    ['an unknown currency', { currency: 'XQQ' }, 'currency'],
    ['a currency in small letters', { currency: 'uyu' }, 'currency'],
    ['a place off the Earth', { address: 'A', location: { lat: 91, lng: 0 } }, 'location.lat'],
    ['a location without an address', { location: { lat: 1, lng: 1 } }, 'address'],
    ['an empty name', { name: '  ' }, 'name'],
    ['a NUL', { name: 'a\0b' }, 'name'],
    ['half a surrogate pair', { password: 'abcdefgh\ud800' }, 'password'],
    ['an unknown field', { role: 'owner' }, 'role'],
  ])('refuses %s and names its path', async (_, wrong, path) => {
    const answer = await signUp(app, input(wrong));
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid' } });
    expect(paths(answer)).toEqual([path]);
  });
});

describe('DROPMATE_SIGNUP', () => {
  it('`off` lets nobody in', async () => {
    const closed = await createTestApp({ signup: 'off' });
    try {
      expect(await signUp(closed, input())).toMatchObject({ status: 403, body: { code: 'forbidden' } });
      expect(await closed.deps.db.system.select({ id: merchants.id }).from(merchants)).toEqual([]);
    } finally {
      await closed.end();
    }
  });

  it('`first` lets exactly one in, however many come at once', async () => {
    const first = await createTestApp({ signup: 'first' });
    try {
      const answers = await Promise.all(Array.from({ length: 8 }, () => signUp(first, input())));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(403)]);
      expect(await first.deps.db.system.select({ id: merchants.id }).from(merchants)).toHaveLength(1);
      expect((await signUp(first, input())).status).toBe(403);
    } finally {
      await first.end();
    }
  });

  it('`first` waits for who is about to be the first', async () => {
    const first = await createTestApp({ signup: 'first' });
    try {
      const { status } = await inTheMidstOf(
        first,
        async (sql) => {
          await sql`select pg_advisory_xact_lock(hashtextextended('dropmate first sign-up', 0))`;
          await sql`
            insert into merchants (id, name, timezone, currency) values (gen_random_uuid(), 'First', 'UTC', 'USD')`;
        },
        () => signUp(first, input()),
      );
      expect(status).toBe(403);
    } finally {
      await first.end();
    }
  });
});
