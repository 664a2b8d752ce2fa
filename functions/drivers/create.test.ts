import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import type { Driver } from './driver.ts';
import { outboxOf } from './drivers.fixture.ts';

let t: TestApp;
let woken = 0;
beforeAll(async () => {
  t = await createTestApp({ wakeRelay: () => woken++ });
});
afterAll(() => t.end());

type Invited = Driver & { inviteUrl: string; inviteExpiresAt: string };
type Problem = { code: string; errors: { path: string; message: string }[] };

const ana = { name: '  Ana Pérez ', phone: '+598 99 123 456', vehicleType: 'bicycle' };

describe('adding a driver', () => {
  test('answers the driver, offline, and a link by which they sign in', async () => {
    const merchant = await t.addMerchant();
    const created = await t.request<Invited>('POST', '/v1/drivers', { token: merchant.token, body: ana });
    expect(created.status).toBe(201);
    const { id, inviteUrl } = created.body;
    expect(created.body).toMatchObject({
      name: 'Ana Pérez',
      phone: '+59899123456',
      email: null,
      vehicleType: 'bicycle',
      status: 'offline',
      location: null,
      version: 1,
    });
    expect(created.headers.get('Location')).toBe(`/v1/drivers/${id}`);
    expect(created.headers.get('ETag')).toBe('"1"');
    expect(inviteUrl).toMatch(/^http:\/\/dropmate\.test\/invite\/[\w-]{22,}$/);

    const invitation = { token: inviteUrl.split('/').at(-1) };
    const session = await t.request<{ accessToken: string }>('POST', '/v1/auth/invite', { body: invitation });
    expect(session.status).toBe(200);
    const me = await t.request<Driver>('GET', '/v1/drivers/me', { token: session.body.accessToken });
    expect(me.body.id).toBe(id);
  });

  test('leaves the rooms a row to hear of it', async () => {
    const merchant = await t.addMerchant();
    const before = woken;
    const { body } = await t.request<Invited>('POST', '/v1/drivers', { token: merchant.token, body: ana });
    const rows = await outboxOf(t, merchant.id, body.id);
    expect(rows).toMatchObject([
      { topic: 'driver', version: 1, payload: { id: body.id, name: 'Ana Pérez', status: 'offline' } },
    ]);
    expect(woken).toBe(before + 1);
  });

  test('says what is wrong, each with its path', async () => {
    const { token } = await t.addMerchant();
    const wrong = { name: ' ', vehicleType: 'tram', email: 'ana', wheels: 2 };
    const { status, body } = await t.request<Problem>('POST', '/v1/drivers', { token, body: wrong });
    expect(status).toBe(400);
    expect(body.errors.map((e) => e.path).sort()).toEqual(['email', 'name', 'vehicleType', 'wheels']);
  });

  test('refuses an email that has an account, also under another merchant', async () => {
    const [one, other] = [await t.addMerchant(), await t.addMerchant()];
    const body = { ...ana, email: `Ana.${one.id}@example.com` };
    expect((await t.request('POST', '/v1/drivers', { token: one.token, body })).status).toBe(201);
    const again = { ...body, email: body.email.toLowerCase() };
    const refused = await t.request<Problem>('POST', '/v1/drivers', { token: other.token, body: again });
    expect(refused.status).toBe(409);
    expect(refused.body.errors).toMatchObject([{ path: 'email' }]);
    const { body: list } = await t.request<{ data: Driver[] }>('GET', '/v1/drivers', { token: other.token });
    expect(list.data).toEqual([]);
  });

  test('is for managers and keys that may: not for drivers, not for nobody', async () => {
    const merchant = await t.addMerchant();
    const driver = await t.addDriver(merchant.id);
    expect((await t.request('POST', '/v1/drivers', { token: driver.token, body: ana })).status).toBe(403);
    expect((await t.request('POST', '/v1/drivers', { body: ana })).status).toBe(401);
    const reader = await t.addApiKey(merchant.id, ['drivers:read']);
    expect((await t.request('POST', '/v1/drivers', { token: reader.token, body: ana })).status).toBe(403);
    const writer = await t.addApiKey(merchant.id, ['drivers:write']);
    expect((await t.request('POST', '/v1/drivers', { token: writer.token, body: ana })).status).toBe(201);
  });
});

test('a new invitation ends the one before', async () => {
  const { token } = await t.addMerchant();
  const { body: driver } = await t.request<Invited>('POST', '/v1/drivers', { token, body: ana });
  const again = await t.request<Invited>('POST', `/v1/drivers/${driver.id}/invite`, { token });
  expect(again.status).toBe(201);
  expect(Date.parse(again.body.inviteExpiresAt)).toBeGreaterThan(Date.now());
  const accept = (url: string) =>
    t.request('POST', '/v1/auth/invite', { body: { token: url.split('/').at(-1) } });
  expect((await accept(driver.inviteUrl)).status).not.toBe(200);
  expect((await accept(again.body.inviteUrl)).status).toBe(200);
});

describe('reading drivers', () => {
  test('the newest comes first, page by page, and by shift', async () => {
    const { id: merchantId, token } = await t.addMerchant();
    const [a, b, c] = [
      await t.addDriver(merchantId, 'A'),
      await t.addDriver(merchantId, 'B'),
      await t.addDriver(merchantId, 'C'),
    ];
    type Page = { data: Driver[]; nextCursor: string | null };
    const first = await t.request<Page>('GET', '/v1/drivers?limit=2', { token });
    expect(first.body.data.map((d) => d.id)).toEqual([c.id, b.id]);
    const rest = await t.request<Page>('GET', `/v1/drivers?limit=2&cursor=${first.body.nextCursor}`, {
      token,
    });
    expect(rest.body).toMatchObject({ data: [{ id: a.id }], nextCursor: null });

    await t.request('PUT', `/v1/drivers/${b.id}/shift`, { token, body: { status: 'available' } });
    const available = await t.request<Page>('GET', '/v1/drivers?status=available', { token });
    expect(available.body.data.map((d) => d.id)).toEqual([b.id]);
    expect((await t.request('GET', '/v1/drivers?status=asleep', { token })).status).toBe(400);
  });

  test('a driver sees themselves only, a manager is no `me`', async () => {
    const merchant = await t.addMerchant();
    const [driver, colleague] = [await t.addDriver(merchant.id), await t.addDriver(merchant.id)];
    const { token } = driver;
    const { body: list } = await t.request<{ data: Driver[] }>('GET', '/v1/drivers', { token });
    expect(list.data.map((d) => d.id)).toEqual([driver.id]);
    expect((await t.request('GET', `/v1/drivers/${driver.id}`, { token })).status).toBe(200);
    expect((await t.request('GET', `/v1/drivers/${colleague.id}`, { token })).status).toBe(404);
    expect((await t.request('GET', '/v1/drivers/me', { token: merchant.token })).status).toBe(404);
  });

  test("another merchant's driver is not there, nor is an id that is none", async () => {
    const [mine, other] = [await t.addMerchant(), await t.addMerchant()];
    const theirs = await t.addDriver(other.id);
    for (const id of [theirs.id, '0192f0c1-2345-7abc-8def-0123456789ab', 'ana']) {
      for (const [method, suffix] of [
        ['GET', ''],
        ['DELETE', ''],
        ['POST', '/invite'],
        ['GET', '/orders'],
        ['GET', '/devices'],
      ] as const) {
        const refused = await t.request(method, `/v1/drivers/${id}${suffix}`, { token: mine.token });
        expect([id, method, suffix, refused.status]).toEqual([id, method, suffix, 404]);
      }
    }
  });
});

describe('changing a driver', () => {
  test('changes what is named, takes away what is null, and counts the version', async () => {
    const { id: merchantId, token } = await t.addMerchant();
    const { body: driver } = await t.request<Invited>('POST', '/v1/drivers', { token, body: ana });
    const body = { vehicleType: 'van', phone: null };
    const path = `/v1/drivers/${driver.id}`;
    const same = await t.request<Driver>('PATCH', path, { token, body: {} });
    expect(same.body.version).toBe(driver.version);
    const changed = await t.request<Driver>('PATCH', path, { token, body });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('ETag')).toBe('"2"');
    expect(changed.body).toMatchObject({ name: 'Ana Pérez', vehicleType: 'van', phone: null, version: 2 });
    const rows = await outboxOf(t, merchantId, driver.id);
    expect(rows.at(-1)).toMatchObject({ topic: 'driver', version: 2, payload: { vehicle_type: 'van' } });
  });

  test('an older version is refused when If-Match is sent', async () => {
    const merchant = await t.addMerchant();
    const driver = await t.addDriver(merchant.id);
    const patch = (name: string, version: number) =>
      t.request<Driver>('PATCH', `/v1/drivers/${driver.id}`, {
        token: merchant.token,
        body: { name },
        headers: { 'If-Match': `"${version}"` },
      });
    expect((await patch('Bea', 1)).body.version).toBe(2);
    expect((await patch('Cleo', 1)).status).toBe(412);
  });

  test('the email is that of their account too: another account has it, refused', async () => {
    const merchant = await t.addMerchant();
    const [one, two] = [await t.addDriver(merchant.id), await t.addDriver(merchant.id)];
    const email = `${one.id}@example.com`;
    const patch = (id: string, body: object) =>
      t.request<Problem>('PATCH', `/v1/drivers/${id}`, { token: merchant.token, body });
    expect((await patch(one.id, { email })).status).toBe(200);
    const refused = await patch(two.id, { email });
    expect([refused.status, refused.body.code]).toEqual([409, 'conflict']);
    expect((await patch(one.id, { email: null })).status).toBe(200);
    expect((await patch(two.id, { email })).status).toBe(200);
  });

  test('no driver may, not even themselves', async () => {
    const merchant = await t.addMerchant();
    const { id, token } = await t.addDriver(merchant.id);
    expect((await t.request('PATCH', `/v1/drivers/${id}`, { token, body: { name: 'X' } })).status).toBe(403);
  });
});
