import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { serviceKey } from '../../../db/secrets.ts';
import { SubscribableEvent, type WebhookEvent } from '../../../domain/webhooks.ts';
import { createTestApp, type TestApp, type TestMerchant } from '../../../tests/support/app.ts';
import { addOrder } from '../../../tests/support/orders.ts';
import { type FakeRooms, heardOrders, startFakeRooms, until } from '../test-support.ts';
import { startWorker, type Worker } from '../worker.ts';
import type { WebhookOptions } from './start.ts';
import { answering, type Receiver, startReceiver, verified } from './test-support.ts';

// The API and a worker on one database, and the merchant's own system. An hour of the schedule is a second or two here.
const SCHEDULE = [0, 0.2, 0.2, 0.2];

let app: TestApp;
let rooms: FakeRooms;
let worker: Worker;
let merchant: TestMerchant;
let receiver: Receiver;

beforeAll(async () => {
  app = await createTestApp({ wakeRelay: () => void app.owner`select pg_notify('outbox', '')`.execute() });
  rooms = await startFakeRooms(serviceKey(app.database.secret));
  worker = await start();
});
afterAll(async () => {
  await worker.stop();
  await rooms.close();
  await app.end();
});
beforeEach(async () => {
  merchant = await app.addMerchant();
  receiver = await startReceiver();
  onTestFinished(receiver.close);
});

function start(webhooks: WebhookOptions = {}): Promise<Worker> {
  return startWorker({
    databaseUrl: app.database.ownerUrl,
    secret: app.database.secret,
    realtimeUrl: rooms.url,
    publicUrl: 'http://dropmate.test',
    log: pino({ level: 'silent' }),
    webhooks: { allowInsecure: true, schedule: SCHEDULE, timeoutMs: 2000, ...webhooks },
    metrics: { host: '127.0.0.1', port: 0 },
  });
}

type Hook = { id: string; secret: string };
type Delivery = {
  id: string;
  event: WebhookEvent;
  status: string;
  attempts: number;
  nextAttemptAt: string | null;
};
type Details = Delivery & { log: { attempt: number; status: number | null; error: string | null }[] };
type Payload = { type: WebhookEvent; timestamp: string; data: Record<string, Record<string, unknown>> };

const ask = async <T>(method: string, path: string, body?: unknown, as = merchant): Promise<T> => {
  const answer = await app.request<T>(method, path, {
    token: as.token,
    ...(body === undefined ? {} : { body }),
  });
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
};
const addHook = (events: readonly string[] = SubscribableEvent.options, to = receiver, as = merchant) =>
  ask<Hook>('POST', '/v1/webhooks', { url: to.url, events }, as);
const deliveries = async ({ id }: Hook, query = '') =>
  (await ask<{ data: Delivery[] }>('GET', `/v1/webhooks/${id}/deliveries?limit=100${query}`)).data;
const details = ({ id }: { id: string }) => ask<Details>('GET', `/v1/webhooks/deliveries/${id}`);
const payloads = (from = receiver): Payload[] => from.calls.map(({ body }) => JSON.parse(body));
const statusOf = async (delivery: { id: string }) => (await details(delivery)).status;
const first = async (hook: Hook): Promise<Delivery> => {
  const [delivery] = await deliveries(hook);
  if (delivery === undefined) throw new Error('There is no delivery.');
  return delivery;
};

describe('what happens', () => {
  test('is told once a version, by the event that it was', async () => {
    await addHook(SubscribableEvent.options.filter((event) => event.startsWith('order.')));
    const [ana, ben] = [await app.addDriver(merchant.id, 'Ana'), await app.addDriver(merchant.id, 'Ben')];
    const order = await addOrder(app, merchant);
    const path = `/v1/orders/${order.id}`;
    await ask('POST', `${path}/assign`, { driverId: ana.id });
    await ask('PATCH', path, { notes: 'Ring twice' });
    await ask('PUT', `/v1/drivers/${ana.id}/stops`, { orderIds: [order.id] });
    await ask('POST', `${path}/unassign`, {});
    await ask('POST', `${path}/assign`, { driverId: ana.id });
    await ask('POST', `${path}/assign`, { driverId: ben.id, replaces: ana.id });
    await ask('POST', `${path}/status`, { status: 'picked_up' });
    await ask('POST', `${path}/assign`, { driverId: ana.id, replaces: ben.id });
    await ask('POST', `${path}/tracking/renew`);
    await ask('POST', `${path}/status`, { status: 'failed', reason: 'Nobody there' });
    await ask('POST', `${path}/status`, { status: 'enroute_to_dropoff' });
    await ask('POST', `${path}/status`, { status: 'delivered' });
    const expected = [
      'order.created',
      'order.assigned',
      'order.updated',
      'order.updated',
      'order.updated',
      'order.assigned',
      'order.assigned',
      'order.picked_up',
      'order.updated',
      'order.updated',
      'order.failed',
      'order.enroute_to_dropoff',
      'order.delivered',
    ];
    await until('all of it', () => receiver.calls.length >= expected.length);
    const told = payloads()
      .map(({ type, data }) => ({ type, version: Number(data.order?.version) }))
      .sort((a, b) => a.version - b.version);
    expect(told).toEqual(expected.map((type, i) => ({ type, version: i + 1 })));
    expect(new Set(receiver.calls.map(({ id }) => id)).size).toBe(expected.length);
  });

  test('is told as a manager sees it, without the customer’s link, signed', async () => {
    const hook = await addHook(['order.created']);
    const order = await addOrder(app, merchant, { externalId: 'POS-7' });
    await until('the webhook', () => receiver.calls.length === 1);
    const [call] = receiver.calls;
    if (call === undefined) throw new Error('There is one.');
    expect(JSON.parse(call.body).data.order).not.toHaveProperty('trackingUrl');
    const payload = verified(hook.secret, call);
    const { trackingUrl, id, number, externalId, status, pickup, dropoff, items, steps, createdAt } = order;
    expect(payload).toEqual({
      type: 'order.created',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      data: {
        order: expect.objectContaining({
          id,
          number,
          externalId,
          status,
          pickup,
          dropoff,
          items,
          steps,
          createdAt,
          version: 1,
        }),
      },
    });
    expect(call.body).not.toContain(trackingUrl?.split('/t/')[1] ?? 'no link');
    expect(call.body).not.toContain(merchant.id);
    expect(call.headers['content-type']).toBe('application/json');
    expect(() => verified(`whsec_${Buffer.alloc(32).toString('base64')}`, call)).toThrow();
    expect(() => verified(hook.secret, { ...call, body: `${call.body} ` })).toThrow();
    await until('its log', async () => (await statusOf(call)) === 'delivered');
    expect(await first(hook)).toMatchObject({ id: call.id, attempts: 1, nextAttemptAt: null });
    expect((await details({ id: call.id })).log).toMatchObject([{ attempt: 1, status: 204, error: null }]);
  });

  test('goes to each webhook that wants it, and to no other', async () => {
    const [quiet, strange, disabled] = [await startReceiver(), await startReceiver(), await startReceiver()];
    for (const other of [quiet, strange, disabled]) onTestFinished(other.close);
    const twice = [await addHook(['order.created']), await addHook(['order.created', 'order.updated'])];
    await addHook(['order.delivered'], quiet);
    await addHook(['order.created'], strange, await app.addMerchant());
    const off = await addHook(['order.created'], disabled);
    await ask('PATCH', `/v1/webhooks/${off.id}`, { enabled: false });
    const order = await addOrder(app, merchant);
    await until('both', () => receiver.calls.length === 2);
    await ask('PATCH', `/v1/orders/${order.id}`, { notes: 'Ring' });
    await until('the edit', () => receiver.calls.length === 3);
    expect(payloads().map(({ type }) => type)).toEqual(['order.created', 'order.created', 'order.updated']);
    for (const [i, hook] of twice.entries()) expect(await deliveries(hook)).toHaveLength(i + 1);
    expect([quiet, strange, disabled].map(({ connections }) => connections)).toEqual([0, 0, 0]);
  });

  test('of drivers is told too', async () => {
    await addHook(['driver.updated', 'driver.removed']);
    const driver = await app.addDriver(merchant.id, 'Ana');
    await ask('PUT', `/v1/drivers/${driver.id}/shift`, { status: 'available' });
    await ask('DELETE', `/v1/drivers/${driver.id}`);
    await until('both', () => receiver.calls.length === 2);
    expect(payloads().map(({ type, data }) => [type, data.driver?.id, data.driver?.status])).toEqual(
      expect.arrayContaining([
        ['driver.updated', driver.id, 'available'],
        ['driver.removed', driver.id, undefined],
      ]),
    );
  });

  test('makes no job for a merchant without webhooks', async () => {
    const with_ = await app.addMerchant();
    await addHook(['order.created'], receiver, with_);
    await addOrder(app, merchant);
    await addOrder(app, with_);
    await until('the other one’s', () => receiver.calls.length === 1);
    const jobs = await app.owner`select data->>'merchantId' as merchant from pgboss.job
      where name = 'webhooks' and data->>'merchantId' in (${merchant.id}, ${with_.id}) and data->>'topic' = 'order'`;
    expect(jobs).toEqual([{ merchant: with_.id }]);
  });
});

test('during a rotation both secrets are good, and afterwards the new one', async () => {
  const hook = await addHook(['order.created']);
  const { secret } = await ask<Hook>('POST', `/v1/webhooks/${hook.id}/rotate`);
  await addOrder(app, merchant);
  await until('the webhook', () => receiver.calls.length === 1);
  const [during] = receiver.calls;
  if (during === undefined) throw new Error('There is one.');
  expect(String(during.headers['webhook-signature']).split(' ')).toHaveLength(2);
  expect(verified(hook.secret, during)).toEqual(verified(secret, during));

  // A day later.
  await app.owner`update webhook_endpoints set secrets =
    jsonb_set(secrets, '{1,expiresAt}', to_jsonb(now() - interval '1 second')) where id = ${hook.id}`;
  await addOrder(app, merchant);
  await until('the next', () => receiver.calls.length === 2);
  const [, after] = receiver.calls;
  if (after === undefined) throw new Error('There are two.');
  expect(() => verified(hook.secret, after)).toThrow();
  expect(verified(secret, after)).toMatchObject({ type: 'order.created' });
});

describe('a receiver', () => {
  test('that fails gets the same webhook again, until it takes it', async () => {
    const hook = await addHook(['order.created']);
    receiver.answer = (call, response, request) =>
      answering(receiver.calls.length < 3 ? 500 : 200)(call, response, request);
    await addOrder(app, merchant);
    await until('the third', () => receiver.calls.length === 3);
    await until('the log', async () => (await first(hook)).status === 'delivered');
    expect(new Set(receiver.calls.map(({ id }) => id)).size).toBe(1);
    expect(new Set(receiver.calls.map(({ body }) => body)).size).toBe(1);
    for (const call of receiver.calls) verified(hook.secret, call);
    expect((await details(await first(hook))).log.map(({ status }) => status)).toEqual([500, 500, 200]);
  });

  test('that is down for the whole schedule gets the same webhook when it is replayed', async () => {
    const hook = await addHook(['order.created']);
    const { port } = receiver;
    await receiver.close();
    await addOrder(app, merchant);
    await until('the end', async () => (await deliveries(hook, '&status=dead')).length === 1);
    const dead = await first(hook);
    expect(dead).toMatchObject({ attempts: SCHEDULE.length, nextAttemptAt: null });
    const { log } = await details(dead);
    expect(log.map(({ attempt, error }) => [attempt, error])).toEqual(
      SCHEDULE.map((_, i) => [i + 1, 'it refused the connection']),
    );

    const back = await startReceiver(port);
    onTestFinished(back.close);
    await ask('POST', `/v1/webhooks/${hook.id}/replay`);
    await until('the replay', () => back.calls.length === 1);
    expect(back.calls[0]?.id).toBe(dead.id);
    await until('its log', async () => (await statusOf(dead)) === 'delivered');
    expect((await details(dead)).log.at(-1)).toMatchObject({ attempt: SCHEDULE.length + 1, status: 204 });
    // And once more, though it was delivered.
    await ask('POST', `/v1/webhooks/deliveries/${dead.id}/replay`);
    await until('another', () => back.calls.length === 2);
    expect(back.calls[1]?.id).toBe(dead.id);
  });

  test('that is gone gets nothing more, and what was on its way can be replayed', async () => {
    const hook = await addHook(['order.created', 'order.updated']);
    receiver.answer = answering(500, { 'retry-after': '3600' });
    const order = await addOrder(app, merchant);
    await until('the first', async () => (await deliveries(hook))[0]?.attempts === 1);
    const waiting = await first(hook);
    receiver.answer = answering(410);
    await ask('PATCH', `/v1/orders/${order.id}`, { notes: 'Ring' });
    const state = () => ask<{ enabled: boolean; disabledReason: string }>('GET', `/v1/webhooks/${hook.id}`);
    await until('the end', async () => !(await state()).enabled);
    expect((await state()).disabledReason).toBe('It answered 410 Gone.');
    const gone = (await deliveries(hook, '&status=dead'))[0];
    expect(gone).toMatchObject({ event: 'order.updated', attempts: 1 });
    const untold = await addOrder(app, merchant);
    await until('the rooms’ word of it', () => heardOrders(rooms, merchant.id).includes(untold.id));

    receiver.answer = answering(204);
    await ask('PATCH', `/v1/webhooks/${hook.id}`, { enabled: true });
    await ask('POST', `/v1/webhooks/deliveries/${waiting.id}/replay`);
    await ask('POST', `/v1/webhooks/${hook.id}/replay`);
    await until('both', async () => (await deliveries(hook, '&status=delivered')).length === 2);
    // The order that was created meanwhile was never told.
    expect((await deliveries(hook)).map(({ id }) => id).sort()).toEqual([waiting.id, gone?.id].sort());
  });

  test('that is disabled while a webhook waits for its next attempt does not get it', async () => {
    const hook = await addHook(['order.created']);
    receiver.answer = answering(500, { 'retry-after': '1' });
    await addOrder(app, merchant);
    await until('the first', async () => (await deliveries(hook))[0]?.attempts === 1);
    await ask('PATCH', `/v1/webhooks/${hook.id}`, { enabled: false });
    await until('the end', async () => (await first(hook)).status === 'dead');
    expect(receiver.calls).toHaveLength(1);
  });

  test('that asks for time gets it', async () => {
    const hook = await addHook(['order.created']);
    receiver.answer = answering(429, { 'retry-after': '600' });
    await addOrder(app, merchant);
    await until('the first', async () => (await deliveries(hook))[0]?.attempts === 1);
    const { createdAt, nextAttemptAt } = await ask<{ createdAt: string; nextAttemptAt: string }>(
      'GET',
      `/v1/webhooks/deliveries/${receiver.calls[0]?.id}`,
    );
    expect(Date.parse(nextAttemptAt) - Date.parse(createdAt)).toBeGreaterThanOrEqual(600_000);
    const jobs = () => app.owner`select start_after from pgboss.job
      where name = 'webhook_delivery' and state = 'created' and data->>'deliveryId' = ${receiver.calls[0]?.id ?? ''}`;
    await until('the job', async () => (await jobs()).length === 1);
    expect((await jobs())[0]?.start_after.toISOString()).toBe(nextAttemptAt);
  });

  test('that hangs, flooded, holds up no other and has few at a time', async () => {
    let [open, most] = [0, 0];
    receiver.answer = (_call, response) => {
      most = Math.max(most, ++open);
      response.on('close', () => open--);
    };
    const slow = await addHook(['order.created']);
    const quick = await startReceiver();
    onTestFinished(quick.close);
    await addHook(['order.created'], quick);
    for (let i = 0; i < 30; i++) await addOrder(app, merchant);
    await until('the quick one’s', () => quick.calls.length === 30);
    expect((await deliveries(slow, '&status=pending')).length).toBeGreaterThan(10);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(4);
    // Nothing of it is left for the tests that follow.
    await ask('DELETE', `/v1/webhooks/${slow.id}`);
  });

  test('is tested at the push of a button, once', async () => {
    const hook = await addHook(['order.delivered']);
    const good = await ask<Delivery>('POST', `/v1/webhooks/${hook.id}/test`);
    await until('the test', () => receiver.calls.length === 1);
    expect(receiver.calls[0]?.id).toBe(good.id);
    expect(verified(hook.secret, receiver.calls[0] ?? expect.fail('no call'))).toMatchObject({
      type: 'webhook.test',
      data: { webhookId: hook.id },
    });
    receiver.answer = answering(500);
    const bad = await ask<Delivery>('POST', `/v1/webhooks/${hook.id}/test`);
    await until('its end', async () => (await statusOf(bad)) === 'dead');
    expect((await details(bad)).log).toMatchObject([{ attempt: 1, error: 'it answered 500' }]);
  });
});

test('a host that has come to lead inside is not connected to', async () => {
  // The API found it public, the worker does not any more.
  const hook = await ask<Hook>('POST', '/v1/webhooks', {
    url: `http://rebind.example:${receiver.port}/`,
    events: ['order.created'],
  });
  const inner = await start({ resolve: async () => ['10.0.0.1'] });
  onTestFinished(inner.stop);
  await worker.stop();
  onTestFinished(async () => {
    worker = await start();
  });
  await addOrder(app, merchant);
  await until('the end', async () => (await deliveries(hook, '&status=dead')).length === 1);
  const { log } = await details(await first(hook));
  expect(new Set(log.map(({ error }) => error))).toEqual(
    new Set(['it leads to an address that is not on the public internet']),
  );
  expect(receiver.connections).toBe(0);
});

test('a worker that stops leaves what hangs to the next one', async () => {
  receiver.answer = () => {};
  const hook = await addHook(['order.created']);
  const stopping = await start({ timeoutMs: 60_000 });
  await worker.stop();
  await addOrder(app, merchant);
  await until('the attempt', () => receiver.calls.length === 1);
  await stopping.stop();
  expect(await first(hook)).toMatchObject({ status: 'pending', attempts: 0 });
  receiver.answer = answering(204);
  worker = await start();
  await until('the next attempt', async () => (await first(hook)).status === 'delivered');
  expect(new Set(receiver.calls.map(({ id }) => id)).size).toBe(1);
});

test('webhooks whose jobs were lost, as after a restore, get new ones when a worker starts', async () => {
  receiver.answer = answering(500, { 'retry-after': '3600' });
  const hook = await addHook(['order.created']);
  await addOrder(app, merchant);
  await until('the first', async () => (await deliveries(hook))[0]?.attempts === 1);
  await worker.stop();
  await app.owner`delete from pgboss.job where name = 'webhook_delivery'`;
  await app.owner`update webhook_deliveries set next_attempt_at = now() where endpoint_id = ${hook.id}`;
  receiver.answer = answering(204);
  worker = await start();
  await until('the second', async () => (await first(hook)).status === 'delivered');
  expect(receiver.calls).toHaveLength(2);
});

test('a worker tells what it delivered, and what of all of it waits or was given up', async () => {
  const read = async () => (await fetch(`http://127.0.0.1:${worker.metricsPort}/metrics`)).text();
  const value = (text: string, series: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')[1] ?? 0,
    );
  const delivered = 'dropmate_webhook_deliveries_total{outcome="delivered"}';
  const before = value(await read(), delivered);
  await addHook(['order.created']);
  await addOrder(app, merchant);
  await until('it', async () => value(await read(), delivered) === before + 1);
  const after = await read();
  for (const name of ['pending', 'dead', 'overdue_seconds']) {
    expect(after).toMatch(new RegExp(`^dropmate_webhooks_${name} \\d`, 'm'));
  }
  expect(after).toMatch(/^dropmate_webhook_attempt_seconds_count \d/m);
});
