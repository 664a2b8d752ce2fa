import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditLog } from '../../db/schema/accounts.ts';
import { analyticsDays } from '../../db/schema/analytics.ts';
import { messages, ratings } from '../../db/schema/conversation.ts';
import { createTestApp, type TestApp, type TestMerchant } from '../../tests/support/app.ts';
import { expectLogToFold, type Problem } from '../../tests/support/orders.ts';
import type { Customer } from './customer.ts';

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.end());

type Order = { id: string; customerId: string; version: number; dropoff: object; trackingUrl: string };

// Words that occur nowhere else, so that what is left of them can be searched for.
const contact = { name: 'Xiomara Quetzal', phone: '+598 99 777 333', email: 'xiomara@quetzal.example' };
const dropoff = {
  address: 'Calle Zorzal 4711',
  location: { lat: -34.8765, lng: -56.1234 },
  contact,
  instructions: 'ring at Quetzal',
};
const personal = ['Xiomara', 'Quetzal', 'quetzal', '777 333', 'Zorzal', '34.8765', '56.1234'];

async function addOrder({ token }: TestMerchant): Promise<Order> {
  const body = { dropoff, notes: 'Xiomara pays', total: 59000, tip: 500 };
  return (await t.request<Order>('POST', '/v1/orders', { token, body })).body;
}

async function cancel({ token }: TestMerchant, order: Order): Promise<void> {
  const body = { reason: 'Xiomara was not at Calle Zorzal' };
  const { status } = await t.request('POST', `/v1/orders/${order.id}/cancel`, { token, body });
  expect(status).toBe(200);
}

const erase = ({ token }: TestMerchant, id: string) =>
  t.request<{ code: string; orders: number }>('DELETE', `/v1/customers/${id}`, { token });

test('nothing personal is left in the customer nor in their orders; the figures are', async () => {
  const merchant = await t.addMerchant();
  const { token } = merchant;
  const driver = await t.addDriver(merchant.id);
  const order = await addOrder(merchant);
  const path = `/v1/orders/${order.id}`;
  await t.request('POST', `${path}/assign`, { token, body: { driverId: driver.id } });
  const failed = { status: 'failed', reason: 'Xiomara was out', location: dropoff.location };
  await t.request('POST', `${path}/status`, { token, body: { status: 'picked_up' } });
  await t.request('POST', `${path}/status`, { token, body: failed });
  await t.request('POST', `${path}/status`, {
    token,
    body: { status: 'returned', location: dropoff.location },
  });
  await t.deps.db.withMerchant(merchant.id, async (tx) => {
    const key = { merchantId: merchant.id, orderId: order.id };
    await tx.insert(messages).values({ ...key, id: uuidv7(), sender: 'customer', text: 'Xiomara here' });
    await tx.insert(ratings).values({ ...key, stars: 2, comment: 'Xiomara waited' });
  });

  expect((await erase(merchant, order.customerId)).status).toBe(204);

  const customer = await t.request<Customer>('GET', `/v1/customers/${order.customerId}`, { token });
  expect(customer.body).toMatchObject({
    name: 'Erased',
    phone: null,
    email: null,
    address: null,
    location: null,
    erasedAt: expect.any(String),
  });
  const read = await t.request<Order>('GET', path, { token });
  expect(read.body).toMatchObject({
    dropoff: { address: 'erased' },
    notes: null,
    pickup: { address: 'Ituzaingó 1480' },
    customerId: order.customerId,
    status: 'returned',
    total: 59000,
    tip: 500,
    steps: { returned: expect.any(String) },
  });
  expect(Object.keys(read.body.dropoff)).toEqual(['address']);
  expect(await leftovers(merchant.id)).toEqual([]);
  const page = await t.request('GET', `/v1/tracking/${order.trackingUrl.split('/').at(-1)}`);
  expect(JSON.stringify(page.body)).not.toMatch(/Xiomara|Zorzal/);
});

/** The tables of that merchant in which a personal word is still found; the outbox holds what is yet to be told. */
async function leftovers(merchantId: string): Promise<string[]> {
  const sql = t.owner;
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'merchant_id' and table_name <> 'outbox'`;
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await sql`
      select to_jsonb(r)::text as row from ${sql(name)} r where merchant_id = ${merchantId}`;
    if (rows.some(({ row }) => personal.some((word) => String(row).includes(word)))) found.push(name);
  }
  return found;
}

test('rooms hear of it: each order has a new version, its line and its row in the outbox', async () => {
  let woken = 0;
  const own = await createTestApp({ wakeRelay: () => woken++ });
  try {
    const merchant = await own.addMerchant();
    const { token } = merchant;
    const post = (path: string, body: object) => own.request<Order>('POST', path, { token, body });
    const orders = [];
    for (const notes of ['one', 'two']) {
      const { body } = await post('/v1/orders', { dropoff, notes });
      await post(`/v1/orders/${body.id}/cancel`, { reason: 'Xiomara was out' });
      orders.push(body);
    }
    const { customerId } = orders[0] ?? { customerId: '' };
    woken = 0;
    for (const _ of [1, 2]) {
      expect((await own.request('DELETE', `/v1/customers/${customerId}`, { token })).status).toBe(204);
      for (const { id } of orders) {
        const lines = await expectLogToFold(own, merchant, id);
        expect(lines.map(({ kind }) => kind)).toEqual(['created', 'status', 'edited']);
        const facts =
          await own.owner`select version, payload from outbox where entity_id = ${id} order by id`;
        // The same again when nothing is left to erase.
        expect(facts).toHaveLength(3);
        expect(facts[2]).toMatchObject({
          version: 3,
          payload: { version: 3, dropoff: { address: 'erased' }, notes: null, reason: null },
        });
      }
    }
    expect(woken).toBeGreaterThan(0);
  } finally {
    await own.end();
  }
});

test('a delivery that can still be taken back keeps its customer, and one that cannot does not', async () => {
  const merchant = await t.addMerchant();
  const { token } = merchant;
  const driver = await t.addDriver(merchant.id);
  const order = await addOrder(merchant);
  const path = `/v1/orders/${order.id}`;
  const move = (status: string) => t.request('POST', `${path}/status`, { token, body: { status } });
  await t.request('POST', `${path}/assign`, { token, body: { driverId: driver.id } });
  await move('picked_up');
  await move('delivered');
  const refused = await t.request<Problem>('DELETE', `/v1/customers/${order.customerId}`, { token });
  expect({ status: refused.status, code: refused.body.code }).toEqual({ status: 409, code: 'conflict' });
  expect(refused.body.detail).toMatch(/can still be taken back; erase them in 10 min/);
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
  expect((await t.request<Order>('GET', path, { token })).body.dropoff).toEqual(dropoff);
  await t.owner`update orders set status_at = clock_timestamp() - interval '601 seconds' where id = ${order.id}`;
  expect((await erase(merchant, order.customerId)).status).toBe(204);
  expect((await move('arrived_at_dropoff')).status).toBe(409);
});

test('a repeated request with its Idempotency-Key gets the order as it is now, erased', async () => {
  const merchant = await t.addMerchant();
  const { token } = merchant;
  const create = () =>
    t.request<Order>('POST', '/v1/orders', { token, body: { dropoff }, headers: { 'Idempotency-Key': 'k' } });
  const { body: order } = await create();
  await cancel(merchant, order);
  await erase(merchant, order.customerId);
  expect(await leftovers(merchant.id)).toEqual([]);
  const again = await create();
  expect(again.status).toBe(201);
  expect(again.body).toMatchObject({ id: order.id, dropoff: { address: 'erased' } });
});

test('a repeated request that had added the customer gets them as they are now, erased', async () => {
  const { token } = await t.addMerchant();
  const { name, phone } = contact;
  const create = (key: string, body: object) =>
    t.request<Customer>('POST', '/v1/customers', { token, body, headers: { 'Idempotency-Key': key } });
  const [added, other] = [await create('a', { name, phone }), await create('b', { name: 'Eva' })];
  expect((await t.request('DELETE', `/v1/customers/${added.body.id}`, { token })).status).toBe(204);
  const again = await create('a', { name, phone });
  expect([again.status, again.headers.get('Idempotency-Replayed')]).toEqual([201, 'true']);
  expect(again.body).toMatchObject({ id: added.body.id, name: 'Erased', phone: null });
  expect((await create('b', { name: 'Eva' })).body).toEqual(other.body);
});

test('the quote that an order took goes with it', async () => {
  const merchant = await t.addMerchant();
  const { token } = merchant;
  const quote = { dropoff: { location: dropoff.location } };
  const { body: quoted } = await t.request<{ id: string }>('POST', '/v1/quotes', { token, body: quote });
  const { body: order } = await t.request<Order>('POST', '/v1/orders', {
    token,
    body: { dropoff, quoteId: quoted.id },
  });
  await cancel(merchant, order);
  expect((await erase(merchant, order.customerId)).status).toBe(204);
  expect(await leftovers(merchant.id)).toEqual([]);
});

test('the days whose figures change are locked in their order, as who reads figures locks them', async () => {
  const merchant = await t.addMerchant();
  const [young, old] = [await addOrder(merchant), await addOrder(merchant)];
  for (const order of [young, old]) await cancel(merchant, order);
  const DAYS = [
    [young.id, '2026-05-20'],
    [old.id, '2026-05-10'],
  ] as const;
  for (const [id, day] of DAYS) {
    await t.owner`update orders set created_at = ${`${day}T12:00:00Z`} where id = ${id}`;
    await t.owner`insert into analytics_days (merchant_id, day, timezone) values (${merchant.id}, ${day}, 'UTC')`;
  }
  const isFree = (day: string) =>
    t.deps.db.withMerchant(merchant.id, (tx) =>
      tx.select().from(analyticsDays).where(eq(analyticsDays.day, day)).for('update', { skipLocked: true }),
    );
  await t.owner`begin`;
  await t.owner`select from analytics_days where merchant_id = ${merchant.id} and day = '2026-05-20' for update`;
  const erasing = erase(merchant, young.customerId);
  try {
    // It waits for the later day, and has the earlier one already.
    await expect.poll(() => isFree('2026-05-10'), { timeout: 10_000 }).toEqual([]);
  } finally {
    await t.owner`rollback`;
  }
  expect((await erasing).status).toBe(204);
});

test('the audit says who did it, without what was erased', async () => {
  const merchant = await t.addMerchant();
  const order = await addOrder(merchant);
  await cancel(merchant, order);
  await erase(merchant, order.customerId);
  const entries = await t.deps.db.withMerchant(merchant.id, (tx) =>
    tx.select().from(auditLog).where(eq(auditLog.entityId, order.customerId)),
  );
  expect(entries).toMatchObject([
    {
      action: 'customer.erased',
      entityType: 'customer',
      actorType: 'manager',
      actorId: merchant.userId,
      details: null,
    },
  ]);
});

test('while an order is on its way, nothing is erased', async () => {
  const merchant = await t.addMerchant();
  const ended = await addOrder(merchant);
  await cancel(merchant, ended);
  const active = await addOrder(merchant);
  expect(active.customerId).toBe(ended.customerId);
  const refused = await erase(merchant, active.customerId);
  expect(refused.status).toBe(409);
  expect(refused.body).toMatchObject({ code: 'conflict', orders: 1 });
  const read = await t.request<Order>('GET', `/v1/orders/${ended.id}`, { token: merchant.token });
  expect(read.body.dropoff).toEqual(dropoff);
});

test('a new order by the same phone makes a new customer, and the erased one stays erased', async () => {
  const merchant = await t.addMerchant();
  const { token } = merchant;
  const order = await addOrder(merchant);
  await cancel(merchant, order);
  await erase(merchant, order.customerId);
  const again = await addOrder(merchant);
  expect(again.customerId).not.toBe(order.customerId);
  const path = `/v1/customers/${order.customerId}`;
  const edited = await t.request<{ code: string }>('PATCH', path, { token, body: { name: 'Xiomara' } });
  expect([edited.status, edited.body.code]).toEqual([409, 'conflict']);
  expect((await erase(merchant, order.customerId)).status).toBe(204);
  const { body } = await t.request<Customer>('GET', path, { token });
  expect(body.name).toBe('Erased');
});

test('the orders of others are left alone', async () => {
  const merchant = await t.addMerchant();
  const order = await addOrder(merchant);
  await cancel(merchant, order);
  const other = { ...dropoff, contact: { name: 'Eva', phone: '+598 99 000 111' } };
  const kept = await t.request<Order>('POST', '/v1/orders', {
    token: merchant.token,
    body: { dropoff: other, notes: 'stays' },
  });
  await erase(merchant, order.customerId);
  const read = await t.request('GET', `/v1/orders/${kept.body.id}`, { token: merchant.token });
  expect(read.body).toMatchObject({ dropoff: other, notes: 'stays' });
});
