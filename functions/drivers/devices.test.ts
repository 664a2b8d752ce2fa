import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { devices } from '../../db/schema/drivers.ts';
import { hashToken } from '../../db/tracking-token.ts';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import { isDeviceToken } from '../ingest/credentials.ts';
import type { Device } from './device.ts';
import type { TrackerSetups } from './tracker-setup.ts';

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.end());

type Added = Device & { token: string; setup: TrackerSetups };
const add = (token: string, driver: string, body: object = { name: 'Moto G' }) =>
  t.request<Added>('POST', `/v1/drivers/${driver}/devices`, { token, body });
const list = (token: string, driver: string) =>
  t.request<{ data: Device[] }>('GET', `/v1/drivers/${driver}/devices`, { token });

test('the token is shown once, with how to set up each app; only its hash is kept', async () => {
  const merchant = await t.addMerchant();
  const driver = await t.addDriver(merchant.id);
  const { status, body } = await add(driver.token, 'me');
  expect(status).toBe(201);
  expect(isDeviceToken(body.token)).toBe(true);
  expect(Object.keys(body.setup)).toEqual(['traccarClient', 'osmand', 'owntracks', 'gpslogger', 'overland']);
  const [row] = await t.deps.db.withMerchant(merchant.id, (tx) =>
    tx.select().from(devices).where(eq(devices.id, body.id)),
  );
  expect(row).toMatchObject({ driverId: driver.id, name: 'Moto G', tokenHash: hashToken(body.token) });
  const listed = await list(driver.token, 'me');
  expect(listed.body.data).toEqual([{ id: body.id, name: 'Moto G', createdAt: body.createdAt }]);
});

test('each has a token of its own, and a revoked one is gone from the list', async () => {
  const merchant = await t.addMerchant();
  const driver = await t.addDriver(merchant.id);
  const one = await add(merchant.token, driver.id);
  const two = await add(merchant.token, driver.id, { name: 'Tablet' });
  expect(one.body.token).not.toBe(two.body.token);
  const revoke = () =>
    t.request('DELETE', `/v1/drivers/${driver.id}/devices/${one.body.id}`, { token: driver.token });
  expect((await revoke()).status).toBe(204);
  expect((await revoke()).status).toBe(404);
  expect((await list(merchant.token, driver.id)).body.data.map((d) => d.id)).toEqual([two.body.id]);
});

test('neither a colleague nor another merchant sees, adds or revokes any', async () => {
  const [merchant, other] = [await t.addMerchant(), await t.addMerchant()];
  const [driver, colleague] = [await t.addDriver(merchant.id), await t.addDriver(merchant.id)];
  const { body: device } = await add(driver.token, 'me');
  for (const { token } of [other, colleague]) {
    expect((await list(token, driver.id)).status).toBe(404);
    expect((await add(token, driver.id)).status).toBe(404);
    const path = `/v1/drivers/${driver.id}/devices/${device.id}`;
    expect((await t.request('DELETE', path, { token })).status).toBe(404);
  }
  // Named under oneself, it is not there either.
  const own = `/v1/drivers/me/devices/${device.id}`;
  expect((await t.request('DELETE', own, { token: colleague.token })).status).toBe(404);
  expect((await list(driver.token, 'me')).body.data).toHaveLength(1);
  expect((await t.request('GET', '/v1/drivers/me/devices')).status).toBe(401);
});

test('a device needs a name', async () => {
  const merchant = await t.addMerchant();
  const { token } = await t.addDriver(merchant.id);
  const refused = await t.request<{ errors: { path: string }[] }>('POST', '/v1/drivers/me/devices', {
    token,
    body: { name: '' },
  });
  expect([refused.status, refused.body.errors[0]?.path]).toEqual([400, 'name']);
});
