import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditLog } from '../../db/schema/accounts.ts';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import { type Problem, paths } from './accounts.fixture.ts';
import type { Merchant } from './merchant.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.end());

const get = (token?: string) =>
  app.request<Merchant>('GET', '/v1/merchants/me', token === undefined ? {} : { token });
const edit = (token: string, body: unknown) =>
  app.request<Merchant & Problem>('PATCH', '/v1/merchants/me', { token, body });
const audited = (merchantId: string) =>
  app.deps.db.withMerchant(merchantId, (tx) => tx.select().from(auditLog));

describe('the settings of the business', () => {
  it('are shown to its managers and drivers', async () => {
    const { id, token } = await app.addMerchant();
    const driver = await app.addDriver(id);
    const { status, body } = await get(token);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      name: 'Café Sur',
      currency: 'UYU',
      pickup: { address: 'Ituzaingó 1480' },
    });
    expect((await get(driver.token)).body).toEqual(body);
    expect((await get()).status).toBe(401);
  });

  it('change as asked and leave the rest, audited without the values', async () => {
    const { id, token, userId } = await app.addMerchant();
    const before = (await get(token)).body;
    const change = { name: 'Café Norte', phone: '+598 2900 0000', color: '#1A7f5a', language: 'es' };
    const { status, body } = await edit(token, change);
    expect(status).toBe(200);
    expect(body).toEqual({ ...before, ...change });
    expect((await get(token)).body).toEqual(body);
    const [entry] = await audited(id);
    expect(entry).toMatchObject({
      action: 'merchant.changed',
      entityId: id,
      actorType: 'manager',
      actorId: userId,
      details: { changed: ['name', 'language', 'phone', 'color'] },
    });
    expect((await edit(token, { phone: null, pickup: null })).body).toMatchObject({
      phone: null,
      pickup: null,
      color: '#1A7f5a',
    });
  });

  it('look a new pickup up by its address', async () => {
    const { token } = await app.addMerchant();
    app.places.set('Bacacay 1331', { lat: -34.9069, lng: -56.2022 });
    const { body } = await edit(token, { pickup: { address: 'Bacacay 1331', instructions: 'Ring twice' } });
    expect(body.pickup).toEqual({
      address: 'Bacacay 1331',
      instructions: 'Ring twice',
      location: { lat: -34.9069, lng: -56.2022 },
    });
  });

  it('stay as they are for an empty change, which is not audited', async () => {
    const { id, token } = await app.addMerchant();
    const before = (await get(token)).body;
    expect(await edit(token, {})).toMatchObject({ status: 200, body: before });
    expect(await audited(id)).toEqual([]);
  });

  it('are not for a driver to change, nor do they reach another business', async () => {
    const { id, token } = await app.addMerchant();
    const other = await app.addMerchant();
    const driver = await app.addDriver(id);
    expect((await edit(driver.token, { name: 'Mine' })).status).toBe(403);
    await edit(token, { name: 'Changed' });
    expect((await get(other.token)).body).toMatchObject({ id: other.id, name: 'Café Sur' });
  });

  it.each([
    ['a logo over http', { logoUrl: 'http://example.com/a.png' }, 'logoUrl'],
    ['a script for a logo', { logoUrl: 'javascript:alert(1)' }, 'logoUrl'],
    ['a colour that is none', { color: 'red;}' }, 'color'],
    ['a language that is none', { language: 'spanish please' }, 'language'],
    ['no time zone', { timezone: null }, 'timezone'],
    ['a pickup without address', { pickup: { location: { lat: 1, lng: 1 } } }, 'pickup.address'],
    ['an unknown field', { id: 'x' }, 'id'],
  ])('refuse %s and name its path', async (_, wrong, path) => {
    const { token } = await app.addMerchant();
    const answer = await edit(token, wrong);
    expect(answer.status).toBe(400);
    expect(paths(answer)).toEqual([path]);
  });
});

describe('a driver', () => {
  it('is refused what is for managers', async () => {
    const { id } = await app.addMerchant();
    const { token } = await app.addDriver(id);
    const some = crypto.randomUUID();
    const answers = await Promise.all([
      app.request('GET', '/v1/users', { token }),
      app.request('POST', '/v1/users', { token, body: {} }),
      app.request('DELETE', `/v1/users/${some}`, { token }),
      app.request('GET', '/v1/api-keys', { token }),
      app.request('POST', '/v1/api-keys', { token, body: {} }),
      app.request('DELETE', `/v1/api-keys/${some}`, { token }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
  });
});

describe('the public keys', () => {
  it('are public, may be kept for a while, and hold nothing private', async () => {
    const { status, body, headers } = await app.request<{ keys: object[] }>('GET', '/.well-known/jwks.json');
    expect(status).toBe(200);
    expect(headers.get('Cache-Control')).toBe('public, max-age=300');
    expect(body.keys.map((key) => Object.keys(key).sort())).toEqual([
      ['alg', 'crv', 'kid', 'kty', 'use', 'x'],
    ]);
  });
});
