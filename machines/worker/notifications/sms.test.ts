import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSmsSender } from './sms.ts';
import { aMessage, answering, type Provider, startProvider } from './test-support.ts';

let service: Provider;
const going = new AbortController().signal;

beforeAll(async () => {
  service = await startProvider();
});
afterAll(() => service.close());
beforeEach(() => {
  service.requests.length = 0;
  service.answer = answering(201);
});

const send = (change = {}, from = '+15005550006', timeoutMs = 5000) =>
  createSmsSender({ url: service.url, accountSid: 'AC1', authToken: 'token', from, timeoutMs }).send(
    aMessage({ recipient: '+59899123456', body: 'On its way: {link}', ...change }),
    going,
  );

test('a message goes as Twilio wants it, with its link', async () => {
  expect(await send()).toEqual({ status: 'sent', providerId: 'SM1' });
  const [request] = service.requests;
  expect(request?.path).toBe('/2010-04-01/Accounts/AC1/Messages.json');
  expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('AC1:token').toString('base64')}`);
  expect(Object.fromEntries(new URLSearchParams(request?.body.toString()))).toEqual({
    To: '+59899123456',
    From: '+15005550006',
    Body: 'On its way: https://bakery.example/t/token',
  });
});

test('a messaging service is named as such', async () => {
  await send({}, 'MG123');
  const sent = new URLSearchParams(service.requests[0]?.body.toString());
  expect([sent.get('MessagingServiceSid'), sent.get('From')]).toEqual(['MG123', null]);
});

test.each([
  [
    400,
    '{"code":21211,"message":"+59899123456 is not valid"}',
    'failed',
    'the SMS service refused it (400, 21211)',
  ],
  [400, '{"code":21610,"message":"unsubscribed"}', 'skipped', 'they have answered STOP'],
  [404, 'nothing', 'failed', 'the SMS service refused it (404)'],
  [401, '{"code":20003}', 'retry', 'the SMS service answered 401, 20003'],
  [500, '<html>', 'retry', 'the SMS service answered 500'],
  [302, '', 'retry', 'the SMS service answered 302'],
])('an answer of %i %s', async (status, body, outcome, detail) => {
  service.answer = answering(status, { location: 'http://127.0.0.1:1/' }, body);
  const result = await send();
  expect(result).toMatchObject({ status: outcome, detail });
  expect(JSON.stringify(result)).not.toContain('59899123456');
});

test('a service that is asked too much says when to come back', async () => {
  service.answer = answering(429, { 'retry-after': '37' });
  expect(await send()).toEqual({
    status: 'retry',
    detail: 'the SMS service answered 429',
    retryAfter: 37,
  });
});

test('an answer that never ends is given up', async () => {
  service.answer = (_request, response) => void response.writeHead(201).write('{"sid"');
  expect(await send({}, '+1', 200)).toMatchObject({ status: 'retry' });
});

test('a service that is not there is tried again', async () => {
  const sender = createSmsSender({
    ...{ url: 'http://127.0.0.1:9', accountSid: 'AC1', authToken: 'token', from: '+1', timeoutMs: 5000 },
  });
  expect(await sender.send(aMessage(), going)).toMatchObject({
    status: 'retry',
    detail: expect.stringMatching(/^the SMS service cannot be reached/),
  });
});
