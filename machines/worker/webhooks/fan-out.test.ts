import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SealedSecret } from '../../../db/schema/webhooks.ts';
import type { WebhookEvent } from '../../../domain/webhooks.ts';
import { createTestApp, type TestApp, type TestMerchant } from '../../../tests/support/app.ts';
import { act, addOrder } from '../../../tests/support/orders.ts';
import type { Fact } from '../consequences.ts';
import { fanOut } from './fan-out.ts';
import { addEndpoint, type DeliveryRow, deliveriesOf } from './test-support.ts';

type Insert = { id?: string; data?: object };

let app: TestApp;
let merchant: TestMerchant;
let endpoint: string;
let inserted: Insert[];

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.end());
beforeEach(async () => {
  merchant = await app.addMerchant();
  endpoint = await addHook();
  inserted = [];
});

const addHook = (events?: WebhookEvent[]) =>
  addEndpoint(app.owner, merchant.id, {
    url: 'https://shop.example/',
    dropmateSecret: app.database.secret,
    ...(events === undefined ? {} : { events }),
  });

/** As the worker would; the queue is recorded. */
function work(fact: Fact, insert = async (jobs: Insert[]) => void inserted.push(...jobs)) {
  const boss = {
    insert: async (_queue: string, jobs: Insert[]) => {
      await insert(jobs);
      return null;
    },
  };
  return fanOut({ database: app.deps.db, links: app.deps.links, boss }, fact);
}

/** The facts of the merchant that wait in the outbox, oldest first, as the relay hands them on. */
async function facts(): Promise<Fact[]> {
  const rows =
    await app.owner`select topic, merchant_id as "merchantId", entity_id as "entityId", version, payload,
    created_at as at from outbox where merchant_id = ${merchant.id} order by id`;
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }) as Fact);
}

const told = async (): Promise<DeliveryRow[]> => deliveriesOf(app.owner, endpoint);

test('a fact that is worked again makes the same delivery and the same job, not another', async () => {
  const order = await addOrder(app, merchant);
  const [fact] = await facts();
  if (fact === undefined) throw new Error('There is one.');
  // Killed between the rows and the jobs.
  await expect(work(fact, () => Promise.reject(new Error('killed')))).rejects.toThrow('killed');
  expect(await work(fact)).toEqual({ status: 'done' });
  expect(await work(fact)).toEqual({ status: 'done' });
  const [delivery, ...others] = await told();
  expect(others).toEqual([]);
  expect(delivery).toMatchObject({ event: 'order.created', status: 'pending', order_id: order.id });
  expect(inserted).toHaveLength(2);
  expect(inserted[0]?.id).toBe(inserted[1]?.id);
  expect(inserted[0]).toMatchObject({
    data: { merchantId: merchant.id, deliveryId: delivery?.id, round: 0, step: 0 },
    group: { id: endpoint },
  });
});

test('each version, and each endpoint, has a delivery of its own', async () => {
  const other = await addHook(['order.created']);
  const order = await addOrder(app, merchant);
  await app.request('PATCH', `/v1/orders/${order.id}`, { token: merchant.token, body: { notes: 'Ring' } });
  for (const fact of await facts()) await work(fact);
  expect((await told()).map(({ event }) => event).sort()).toEqual(['order.created', 'order.updated']);
  expect((await deliveriesOf(app.owner, other)).map(({ event }) => event)).toEqual(['order.created']);
  expect(new Set(inserted.map(({ id }) => id)).size).toBe(3);
});

test('what no webhook tells of, or cannot be read, is dead', async () => {
  const fact = {
    merchantId: merchant.id,
    entityId: uuidv7(),
    version: 1,
    payload: {},
    at: new Date().toISOString(),
  };
  expect(await work({ ...fact, topic: 'user_removed' })).toMatchObject({ status: 'dead' });
  expect(await work({ ...fact, topic: 'order' })).toMatchObject({ status: 'dead' });
  expect(await told()).toEqual([]);
});

describe('what others write into the outbox is told in words of its own', () => {
  const at = '2026-06-01T12:00:00+00:00';
  const iso = '2026-06-01T12:00:00.000Z';

  test.each<[string, WebhookEvent, (order: string) => object, (order: string) => object]>([
    [
      'message',
      'message.created',
      (order) => ({
        id: order,
        order_id: order,
        sender: 'customer',
        sender_id: null,
        text: 'Hello',
        created_at: at,
      }),
      (order) => ({
        message: { id: order, orderId: order, from: 'customer', text: 'Hello', createdAt: iso },
      }),
    ],
    [
      'rating',
      'order.rated',
      (order) => ({ order_id: order, driver_id: null, stars: 4, comment: 'Warm', created_at: at }),
      (order) => ({ rating: { orderId: order, driverId: null, stars: 4, comment: 'Warm', createdAt: iso } }),
    ],
    [
      'late_report',
      'order.late_report',
      (order) => ({
        ...{ id: order, order_id: order, driver_id: null, update_id: order, status: 'delivered' },
        ...{
          order_status: 'cancelled',
          occurred_at: at,
          received_at: at,
          reason: null,
          details: { pin: '1234' },
        },
      }),
      (order) => ({
        report: {
          ...{ id: order, orderId: order, driverId: null, status: 'delivered', orderStatus: 'cancelled' },
          ...{ occurredAt: iso, receivedAt: iso, reason: null },
        },
      }),
    ],
  ])('%s', async (topic, event, payload, data) => {
    const { id } = await addOrder(app, merchant);
    const row = { merchant_id: merchant.id, ...payload(id) };
    await work({ topic, merchantId: merchant.id, entityId: id, version: 1, payload: row, at: iso });
    expect(await told()).toMatchObject([{ event, order_id: id }]);
    expect((await told())[0]?.payload).toEqual({ type: event, timestamp: iso, data: data(id) });
  });

  test('order_late', async () => {
    const order = await addOrder(app, merchant);
    const [fact] = await facts();
    if (fact === undefined) throw new Error('There is one.');
    await work({ ...fact, topic: 'order_late' });
    expect(await told()).toMatchObject([
      { event: 'order.late', payload: { data: { order: { id: order.id } } } },
    ]);
  });
});

describe('of a customer who was erased', () => {
  test('nothing older is written down again, and the erased order is told', async () => {
    const dropoff = { address: 'Sarandí 1', contact: { name: 'Clara Oculta', phone: '+598 99 777 777' } };
    const order = await addOrder(app, merchant, { dropoff });
    await act(app, merchant, order.id, 'cancel', { reason: 'Clara moved' });
    const before = await facts();
    const erased = await app.request('DELETE', `/v1/customers/${order.customerId}`, {
      token: merchant.token,
    });
    expect(erased.status, JSON.stringify(erased.body)).toBe(204);
    const [after] = (await facts()).slice(before.length);
    if (after === undefined) throw new Error('There is one.');
    // Facts that were on their way meanwhile.
    for (const fact of [...before, after]) expect(await work(fact)).toEqual({ status: 'done' });
    const message = {
      order_id: order.id,
      id: uuidv7(),
      sender: 'customer',
      text: 'I am Clara',
      created_at: before[0]?.at,
    };
    await work({
      ...after,
      topic: 'message',
      entityId: message.id,
      at: before[0]?.at ?? '',
      payload: message,
    });
    expect(await told()).toMatchObject([{ event: 'order.updated' }]);
    expect(JSON.stringify(await told())).not.toMatch(/Clara|777 777/);
  });
});

test('secrets are sealed in what the tests write, as in what functions write', async () => {
  const [row] = await app.owner<{ secrets: SealedSecret[] }[]>`
    select secrets from webhook_endpoints where id = ${endpoint}`;
  expect(app.deps.webhooks.seal.open(row?.secrets[0]?.sealed ?? '')).toMatch(/^whsec_/);
});
