import { afterAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../tests/support/app.ts';

const apps: TestApp[] = [];
afterAll(() => Promise.all(apps.map((app) => app.end())));

async function limitedApp(perCredential: number, perAddress: number): Promise<TestApp> {
  const app = await createTestApp({ rateLimits: { perCredential, perAddress } });
  apps.push(app);
  return app;
}

test('a credential has its requests a minute, is told what is left, and how long to wait', async () => {
  const app = await limitedApp(3, 1);
  const { token } = await app.addMerchant();
  const ask = () => app.request<{ code?: string }>('GET', '/v1/drivers', { token });
  const first = await ask();
  expect(first.status).toBe(200);
  expect(first.headers.get('RateLimit-Policy')).toBe('"credential";q=3;w=60');
  expect(first.headers.get('RateLimit')).toMatch(/^"credential";r=2;t=\d+$/);
  await ask();
  expect((await ask()).headers.get('RateLimit')).toMatch(/;r=0;/);
  const refused = await ask();
  expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests']);
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
  expect(Number(refused.headers.get('Retry-After'))).toBeLessThanOrEqual(60);
  expect(refused.headers.get('RateLimit')).toMatch(/^"credential";r=0;t=\d+$/);
});

test('nobody uses up what is another’s: keys, users and strangers count apart', async () => {
  const app = await limitedApp(1, 1);
  const merchant = await app.addMerchant();
  const key = await app.addApiKey(merchant.id, ['drivers:read']);
  for (const token of [merchant.token, key.token]) {
    expect((await app.request('GET', '/v1/drivers', { token })).status).toBe(200);
    expect((await app.request('GET', '/v1/drivers', { token })).status).toBe(429);
  }
  expect((await app.request('GET', '/v1/tracking/unknown')).status).toBe(404);
  expect((await app.request('GET', '/v1/tracking/unknown')).status).toBe(429);
});

test('who shows no credential counts by address', async () => {
  const app = await limitedApp(10, 2);
  const ask = (address: string) =>
    app.request('GET', '/v1/tracking/unknown', { headers: { 'X-Forwarded-For': address } });
  // Without a socket there is no proxy whose word would count, so these two are one address.
  expect([(await ask('203.0.113.1')).status, (await ask('203.0.113.2')).status]).toEqual([404, 404]);
  expect((await ask('203.0.113.3')).status).toBe(429);
});

test('the tracking page counts by address too: its path is a secret to guess', async () => {
  const app = await limitedApp(10, 1);
  expect((await app.request('GET', '/t/unknown')).status).toBe(404);
  expect((await app.request('GET', '/t/unknown')).status).toBe(429);
});

test('who guesses credentials is stopped, and good ones from the same address wait as well', async () => {
  const app = await limitedApp(100, 3);
  const { token } = await app.addMerchant();
  for (let i = 0; i < 3; i++) {
    expect((await app.request('GET', '/v1/drivers', { token: `guess-${i}` })).status).toBe(401);
  }
  expect((await app.request('GET', '/v1/drivers', { token: 'guess-4' })).status).toBe(429);
  expect((await app.request('GET', '/v1/drivers', { token })).status).toBe(429);
});

test('without limits none is told, and health is never limited', async () => {
  const app = await limitedApp(0, 0);
  const { token } = await app.addMerchant();
  for (let i = 0; i < 20; i++) {
    const { status, headers } = await app.request('GET', '/v1/drivers', { token });
    expect([status, headers.get('RateLimit')]).toEqual([200, null]);
  }
  const limited = await limitedApp(1, 1);
  for (let i = 0; i < 5; i++) expect((await limited.request('GET', '/healthz')).status).toBe(200);
});
