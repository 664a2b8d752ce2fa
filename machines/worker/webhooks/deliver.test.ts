import { Registry } from 'prom-client';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { createTestApp, type TestApp, type TestMerchant } from '../../../tests/support/app.ts';
import { deliver } from './deliver.ts';
import { createWebhookMetrics } from './metrics.ts';
import type { AttemptJob } from './schedule.ts';
import {
  addEndpoint,
  answering,
  attemptsOf,
  deliveriesOf,
  newSecret,
  type Receiver,
  startReceiver,
  verified,
} from './test-support.ts';

type Insert = { id?: string; data?: AttemptJob };

let app: TestApp;
let merchant: TestMerchant;
let receiver: Receiver;
let inserted: Insert[];

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.end());
beforeEach(async () => {
  merchant = await app.addMerchant();
  receiver = await startReceiver();
  onTestFinished(receiver.close);
  inserted = [];
});

async function addDelivery(secrets?: { secret: string; expiresAt?: string }[]) {
  const endpoint = await addEndpoint(app.owner, merchant.id, {
    url: receiver.url,
    dropmateSecret: app.database.secret,
    ...(secrets === undefined ? {} : { secrets }),
  });
  const id = uuidv7();
  await app.owner`insert into webhook_deliveries (merchant_id, id, endpoint_id, event, payload, next_attempt_at)
    values (${merchant.id}, ${id}, ${endpoint}, 'order.created', '{"type": "order.created"}', now())`;
  const job = (step: number, round = 0): AttemptJob => ({
    merchantId: merchant.id,
    deliveryId: id,
    round,
    step,
  });
  const row = async () => (await deliveriesOf(app.owner, endpoint))[0] ?? expect.fail('no delivery');
  return { id, endpoint, job, row };
}

/** One turn of the worker at a job; the queue is recorded, or fails as `insert` does. */
function work(
  job: AttemptJob,
  insert = async (jobs: Insert[]) => void inserted.push(...jobs),
): Promise<void> {
  const boss = {
    insert: async (_queue: string, jobs: Insert[]) => {
      await insert(jobs);
      return null;
    },
  };
  const metrics = createWebhookMetrics(new Registry(), { executeSql: async () => ({ rows: [] }) });
  const { rules, seal } = app.deps.webhooks;
  const options = { ...rules, seal, metrics, timeoutMs: 5000, schedule: [0, 60, 60] };
  return deliver({ database: app.deps.db, boss }, job, options, new AbortController().signal);
}

test('a job that was done is not done again', async () => {
  const { id, job, row } = await addDelivery();
  await work(job(0));
  await work(job(0));
  expect(receiver.calls).toHaveLength(1);
  expect(await row()).toMatchObject({ status: 'delivered', attempts: 1 });
  expect(await attemptsOf(app.owner, id)).toHaveLength(1);
  expect(inserted).toEqual([]);
});

test('one that was killed after its attempt was written down schedules the next, and sends nothing', async () => {
  const { id, job } = await addDelivery();
  receiver.answer = answering(500);
  await expect(work(job(0), () => Promise.reject(new Error('killed')))).rejects.toThrow('killed');
  await work(job(0));
  await work(job(0));
  expect(receiver.calls).toHaveLength(1);
  expect(inserted.map(({ data }) => data)).toEqual([job(1), job(1)]);
  expect(new Set(inserted.map((each) => each.id)).size).toBe(1);
  expect(await attemptsOf(app.owner, id)).toMatchObject([{ attempt: 1, status: 500 }]);
});

test('two that do the same attempt at once write it down once', async () => {
  const { id, job, row } = await addDelivery();
  await Promise.all([work(job(0)), work(job(0))]);
  expect(new Set(receiver.calls.map((call) => call.id))).toEqual(new Set([id]));
  expect(await row()).toMatchObject({ status: 'delivered', attempts: 1 });
  expect(await attemptsOf(app.owner, id)).toHaveLength(1);
});

test('one that was overtaken by a replay does not count', async () => {
  const { id, job, row } = await addDelivery();
  receiver.answer = (call, response, request) => {
    void app.owner`update webhook_deliveries set round = 1 where id = ${id}`.then(() =>
      answering(500)(call, response, request),
    );
  };
  await work(job(0));
  expect(await row()).toMatchObject({ status: 'pending', attempts: 0, step: 0 });
  expect(inserted).toEqual([]);
  receiver.answer = answering(204);
  await work(job(0, 1));
  expect(await row()).toMatchObject({ status: 'delivered', attempts: 1 });
});

test('one whose delivery was erased is done', async () => {
  const { id, job } = await addDelivery();
  await app.owner`delete from webhook_deliveries where id = ${id}`;
  await work(job(0));
  expect(receiver.calls).toEqual([]);
});

test('the last attempt of the schedule ends it', async () => {
  const { job, row } = await addDelivery();
  receiver.answer = answering(500);
  for (const step of [0, 1, 2]) await work(job(step));
  expect(await row()).toMatchObject({ status: 'dead', attempts: 3, next_attempt_at: null });
  expect(inserted.map(({ data }) => data?.step)).toEqual([1, 2]);
});

test('every secret that is good signs, and none that is over', async () => {
  const [fresh, leaving, over] = [newSecret(), newSecret(), newSecret()];
  const { job } = await addDelivery([
    { secret: fresh },
    { secret: leaving, expiresAt: new Date(Date.now() + 3_600_000).toISOString() },
    { secret: over, expiresAt: new Date(Date.now() - 1000).toISOString() },
  ]);
  await work(job(0));
  const call = receiver.calls[0] ?? expect.fail('no call');
  expect(verified(fresh, call)).toEqual({ type: 'order.created' });
  expect(verified(leaving, call)).toEqual({ type: 'order.created' });
  expect(() => verified(over, call)).toThrow();
  expect(String(call.headers['webhook-signature'])).toMatch(/^v1,\S+ v1,\S+$/);
});
