import { exportJWK, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createTestApp, type TestApp, type TestMerchant } from '../tests/support/app.ts';
import { addOrder, type Problem } from '../tests/support/orders.ts';
import { newApiKey, parseApiKey } from './api-key.ts';
import { API_KEY_CACHE_MS } from './authenticate.ts';
import { createTokens, SigningKey } from './tokens.ts';

const signing = SigningKey.parse({
  ...(await exportJWK((await generateKeyPair('EdDSA', { extractable: true })).privateKey)),
  kid: 'ours',
});
const key = await importJWK(signing, 'EdDSA');
const tokens = await createTokens([signing]);

let app: TestApp;
let merchant: TestMerchant;
let token: string;

beforeAll(async () => {
  app = await createTestApp({ tokens });
  merchant = await app.addMerchant();
  token = await tokens.signAccess({ type: 'manager', merchantId: merchant.id, userId: merchant.userId });
});
afterAll(() => app.end());

const ask = (authorization: string | undefined, method = 'GET', path = '/v1/orders') =>
  app.request<Problem>(method, path, {
    headers: authorization === undefined ? {} : { Authorization: authorization },
  });

describe('an access token', () => {
  const claims = () => ({ role: 'manager', merchant: merchant.id });
  const jwt = (payload: Record<string, unknown> = claims(), header = { alg: 'EdDSA', kid: 'ours' }) =>
    new SignJWT(payload)
      .setProtectedHeader(header)
      .setIssuer('dropmate')
      .setSubject(merchant.userId)
      .setAudience('dropmate:api')
      .setIssuedAt()
      .setExpirationTime('10m');

  test('lets its user in', async () => {
    expect((await ask(`Bearer ${token}`)).status).toBe(200);
    expect((await ask(`bearer ${await jwt().sign(key)}`)).status).toBe(200);
  });

  test('is needed', async () => {
    const { status, headers, body } = await ask(undefined);
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'unauthenticated' });
    expect(headers.get('WWW-Authenticate')).toBe('Bearer');
  });

  test('of another’s key, audience, issuer, time or kind is refused', async () => {
    const stranger = (await generateKeyPair('EdDSA')).privateKey;
    const { x = '' } = signing;
    const bad: Record<string, string> = {
      'a foreign key': await jwt().sign(stranger),
      'a room': await jwt().setAudience('dropmate:room').sign(key),
      'a service': await jwt().setAudience('dropmate:internal').sign(key),
      'another issuer': await jwt().setIssuer('someone').sign(key),
      expired: await jwt().setExpirationTime('-1s').sign(key),
      'not yet good': await jwt().setNotBefore('5m').sign(key),
      'without an end': await new SignJWT(claims())
        .setProtectedHeader({ alg: 'EdDSA', kid: 'ours' })
        .setIssuer('dropmate')
        .setSubject(merchant.userId)
        .setAudience('dropmate:api')
        .sign(key),
      'an unknown key id': await jwt(claims(), { alg: 'EdDSA', kid: 'x' }).sign(key),
      'alg none': new UnsecuredJWT(claims())
        .setIssuer('dropmate')
        .setSubject(merchant.userId)
        .setAudience('dropmate:api')
        .setExpirationTime('10m')
        .encode(),
      'HS256 with the public key': await jwt(claims(), { alg: 'HS256', kid: 'ours' }).sign(
        Buffer.from(x, 'base64url'),
      ),
      'another role': await jwt({ ...claims(), role: 'owner' }).sign(key),
      'a driver without an id': await jwt({ ...claims(), role: 'driver' }).sign(key),
      'no merchant': await jwt({ role: 'manager' }).sign(key),
      'a changed claim': (await jwt().sign(key)).replace(/\.[^.]+\./, (middle) => `${middle.slice(0, -2)}A.`),
      'no token': 'x.y.z',
    };
    for (const [what, value] of Object.entries(bad)) {
      const { status, body } = await ask(`Bearer ${value}`);
      expect({ what, status, code: body.code }).toEqual({ what, status: 401, code: 'unauthenticated' });
    }
  });

  test('is the only kind of credential a header may carry', async () => {
    for (const header of ['', 'Bearer', `Basic ${token}`, `Bearer ${token} x`, token, 'Bearer  ']) {
      expect((await ask(header)).status, header).toBe(401);
    }
  });

  test('that is bad bars nobody from what has another credential', async () => {
    const { trackingUrl } = await addOrder(app, { token });
    const path = `/v1/tracking/${trackingUrl?.split('/t/')[1]}`;
    expect((await ask('Bearer x', 'GET', path)).status).toBe(200);
    expect((await ask('Bearer x', 'GET', `${path}/room`)).status).toBe(200);
    const post = (to: string, body: unknown) =>
      app.request<Problem & { refreshToken: string }>('POST', to, { token: 'expired', body });
    const email = `${uuidv7()}@example.com`;
    const account = { email, password: 'correct horse battery' };
    const signedUp = await post('/v1/merchants', { ...account, name: 'New' });
    expect(signedUp.status).toBe(201);
    const loggedIn = await post('/v1/auth/login', account);
    expect(loggedIn.status).toBe(200);
    const { refreshToken } = loggedIn.body;
    const refreshed = await post('/v1/auth/refresh', { refreshToken });
    expect(refreshed.status).toBe(200);
    expect((await post('/v1/auth/logout', { refreshToken })).status).toBe(204);
    expect((await post('/v1/auth/invite', { token: 'x'.repeat(43) })).status).toBe(404);
    // What asks for an actor refuses it, near as the paths are.
    for (const closed of ['/v1/merchants/me', '/v1/orders', '/v1/authors']) {
      expect((await ask('Bearer x', 'GET', closed)).status, closed).toBe(401);
    }
  });

  test('ends, though it was looked at before and is remembered', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const short = await tokens.signAccess({
        type: 'manager',
        merchantId: merchant.id,
        userId: merchant.userId,
      });
      expect(await tokens.verifyAccess(short)).toMatchObject({ type: 'manager' });
      vi.setSystemTime(Date.now() + 599_000);
      expect(await tokens.verifyAccess(short)).toMatchObject({ type: 'manager' });
      vi.setSystemTime(Date.now() + 2000);
      await expect(tokens.verifyAccess(short)).rejects.toMatchObject({ code: 'unauthenticated' });
    } finally {
      vi.useRealTimers();
    }
  });

  test('of the key before stays good when a new one signs, and the public halves hold no private part', async () => {
    const next = SigningKey.parse({
      ...(await exportJWK((await generateKeyPair('EdDSA', { extractable: true })).privateKey)),
      kid: 'next',
    });
    const turned = await createTokens([next, signing]);
    expect(await turned.verifyAccess(token)).toMatchObject({ userId: merchant.userId });
    const fresh = await turned.signAccess({
      type: 'manager',
      merchantId: merchant.id,
      userId: merchant.userId,
    });
    expect(await turned.verifyAccess(fresh)).toMatchObject({ userId: merchant.userId });
    await expect(tokens.verifyAccess(fresh)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(turned.jwks.keys.map(({ kid }) => kid)).toEqual(['next', 'ours']);
    expect(JSON.stringify(turned.jwks)).not.toContain(next.d);
    expect(turned.jwks.keys.every((one) => !('d' in one))).toBe(true);
  });

  test('stands for a driver with the driver’s id, and a room token is no access token', async () => {
    const driver = await app.addDriver(merchant.id);
    const access = await tokens.signAccess({
      type: 'driver',
      merchantId: merchant.id,
      userId: driver.userId,
      driverId: driver.id,
    });
    expect(await tokens.verifyAccess(access)).toEqual({
      type: 'driver',
      merchantId: merchant.id,
      userId: driver.userId,
      driverId: driver.id,
    });
    const room = await tokens.signRoom({
      sub: driver.userId,
      merchant: merchant.id,
      party: 'fleet-room',
      room: merchant.id,
      audience: 'driver',
      driver: driver.id,
    });
    expect((await ask(`Bearer ${room.token}`)).status).toBe(401);
  });
});

describe('an API key', () => {
  test('does what its scopes name, and is forbidden the rest', async () => {
    const { token: reads } = await app.addApiKey(merchant.id, ['orders:read']);
    expect((await ask(`Bearer ${reads}`)).status).toBe(200);
    const { status, body } = await ask(`Bearer ${reads}`, 'POST');
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'forbidden' });
    const { token: none } = await app.addApiKey(merchant.id, []);
    expect((await ask(`Bearer ${none}`)).status).toBe(403);
  });

  test('that is revoked, over, unknown or altered is refused', async () => {
    const revoked = await app.addApiKey(merchant.id, ['orders:read'], { revokedAt: new Date() });
    const over = await app.addApiKey(merchant.id, ['orders:read'], { expiresAt: new Date(Date.now() - 1) });
    const good = await app.addApiKey(merchant.id, ['orders:read'], {
      expiresAt: new Date(Date.now() + 60_000),
    });
    const other = await app.addApiKey(merchant.id, ['orders:read']);
    // The id of one with the secret of another.
    const mixed = good.token.slice(0, 41) + other.token.slice(41);
    expect((await ask(`Bearer ${good.token}`)).status).toBe(200);
    for (const bad of [
      revoked.token,
      over.token,
      mixed,
      newApiKey(uuidv7()).key,
      `${good.token}x`,
      good.token.slice(0, -1),
      'dm_live_',
      good.token.replace('dm_live', 'dm_test'),
    ]) {
      expect((await ask(`Bearer ${bad}`)).status, bad).toBe(401);
    }
  });

  test('that is revoked ends within ten seconds where it was just used', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const { id, token: used } = await app.addApiKey(merchant.id, ['orders:read']);
      expect((await ask(`Bearer ${used}`)).status).toBe(200);
      await app.owner`update api_keys set revoked_at = now() where id = ${id}`;
      vi.setSystemTime(Date.now() + API_KEY_CACHE_MS + 1);
      expect((await ask(`Bearer ${used}`)).status).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });

  test('is its id and 256 secret bits, and reads back as that', () => {
    const id = uuidv7();
    const { key: text, secret } = newApiKey(id);
    expect(text).toMatch(/^dm_live_[0-9a-f]{32}_[\w-]{43}$/);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(parseApiKey(text)).toEqual({ id, secret });
    expect(newApiKey(id).key).not.toBe(text);
  });
});
