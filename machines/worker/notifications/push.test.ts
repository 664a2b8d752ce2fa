import { importJWK, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createPushSender } from './push.ts';
import {
  aMessage,
  answering,
  newBrowser,
  newVapidKeys,
  type Provider,
  startProvider,
} from './test-support.ts';

let service: Provider;
const vapid = newVapidKeys();
const going = new AbortController().signal;

beforeAll(async () => {
  service = await startProvider();
});
afterAll(() => service.close());
beforeEach(() => {
  service.requests.length = 0;
  service.answer = answering(201);
});

const sender = (rules = {}) =>
  createPushSender({
    ...{ ...vapid, allowInsecure: true, timeoutMs: 5000, resolve: async () => [] },
    ...rules,
  });
const send = (change = {}, rules = {}) =>
  sender(rules).send(aMessage({ subscription: newBrowser(`${service.url}/browser`), ...change }), going);

test('a message goes to the browser’s service, encrypted and signed, for as long as it is news', async () => {
  expect(await send()).toEqual({ status: 'sent' });
  const [request] = service.requests;
  expect(request).toMatchObject({
    path: '/browser',
    headers: {
      'content-encoding': 'aes128gcm',
      urgency: 'high',
      authorization: expect.stringMatching(new RegExp(`^vapid t=[\\w.-]+, k=${vapid.publicKey}$`)),
    },
  });
  expect(Number(request?.headers.ttl)).toBeGreaterThan(3500);
  expect(request?.headers.topic).toMatch(/^[\w-]{32}$/);
  expect(request?.body.includes('order')).toBe(false);
});

test('the signature is good for that service alone, and by the key that browsers know', async () => {
  await send();
  const token = /t=([\w.-]+)/.exec(service.requests[0]?.headers.authorization ?? '')?.[1] ?? '';
  const point = Buffer.from(vapid.publicKey, 'base64url');
  const part = (from: number) => point.subarray(from, from + 32).toString('base64url');
  const key = await importJWK({ kty: 'EC', crv: 'P-256', x: part(1), y: part(33) }, 'ES256');
  const { payload } = await jwtVerify(token, key, { audience: service.url });
  expect(payload.sub).toBe('mailto:shop@example.com');
  // Services refuse what is good for more than a day.
  expect((payload.exp ?? 0) - Date.now() / 1000).toBeLessThan(24 * 3600);
});

test('what is sent twice has the same topic, another order’s another', async () => {
  const orderId = 'c0ffee00-0000-4000-8000-000000000000';
  await send({ orderId });
  await send({ orderId, event: 'customer.delivered' });
  await send();
  const [first, second, other] = service.requests.map(({ headers }) => headers.topic);
  expect(second).toBe(first);
  expect(other).not.toBe(first);
});

test('long texts in any script stay within what services take', async () => {
  const long = '字'.repeat(5000);
  expect(await send({ body: long, subject: '字'.repeat(200) })).toEqual({ status: 'sent' });
  expect(service.requests[0]?.body.length).toBeLessThanOrEqual(4096);
});

test.each([
  [410, 'gone', 'the browser takes no messages any more'],
  [404, 'gone', 'the browser takes no messages any more'],
  [400, 'failed', "the browser's push service: it answered 400"],
  [403, 'failed', "the browser's push service: it answered 403"],
  [500, 'retry', "the browser's push service: it answered 500"],
])('an answer of %i', async (status, outcome, detail) => {
  service.answer = answering(status);
  expect(await send()).toEqual({ status: outcome, detail });
});

test('a service that is asked too much says when to come back', async () => {
  service.answer = answering(429, { 'retry-after': '90' });
  expect(await send()).toMatchObject({ status: 'retry', retryAfter: 90 });
});

test('an answer that never comes is given up', async () => {
  service.answer = () => {};
  expect(await send({}, { timeoutMs: 200 })).toMatchObject({ status: 'retry' });
});

test('keys that no browser has end the subscription', async () => {
  const subscription = { endpoint: service.url, keys: { p256dh: 'AAAA', auth: 'AAAA' } };
  expect(await send({ subscription })).toMatchObject({ status: 'gone' });
});

test('a browser cannot lead us into our own network', async () => {
  const endpoints = [`${service.url}/browser`, 'https://internal.example/', 'https://169.254.169.254/latest'];
  for (const endpoint of endpoints) {
    const rules = { allowInsecure: false, resolve: async () => ['10.0.0.7'] };
    const outcome = await send({ subscription: newBrowser(endpoint) }, rules);
    expect(outcome.status, endpoint).not.toBe('sent');
  }
  expect(service.requests).toEqual([]);
});
