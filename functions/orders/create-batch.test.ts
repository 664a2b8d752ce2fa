import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestMerchant } from '../../tests/support/app.ts';
import { addOrder, DROPOFF, type Order, type Problem } from '../../tests/support/orders.ts';

type Result = {
  index: number;
  status: number;
  replayed?: boolean;
  order?: Order;
  error?: { code: string; detail: string; errors?: { path: string }[]; reason?: string };
};
type Batch = { results: Result[] };

let app: TestApp;
let merchant: TestMerchant;
/** How many addresses were asked for at once, at the most. */
let asked: { addresses: string[]; now: number; most: number };

beforeAll(async () => {
  app = await createTestApp({
    geocoder: async (address) => {
      asked.addresses.push(address);
      asked.most = Math.max(asked.most, ++asked.now);
      await new Promise((resolve) => setImmediate(resolve));
      asked.now--;
      return { lat: -34.9, lng: -56.2 };
    },
  });
  asked = { addresses: [], now: 0, most: 0 };
});
afterAll(() => app.end());

const send = <T = Batch>(orders: unknown[], { token }: { token: string }, key?: string) =>
  app.request<T>('POST', '/v1/orders/batch', {
    token,
    body: { orders },
    headers: key === undefined ? {} : { 'Idempotency-Key': key },
  });
const order = (externalId: string, change = {}) => ({ externalId, dropoff: DROPOFF, ...change });
const idsOf = async ({ id }: TestMerchant): Promise<string[]> =>
  (await app.owner`select external_id from orders where merchant_id = ${id} order by external_id`).map(
    (row) => row.external_id,
  );
const statuses = ({ body }: { body: Batch }) => body.results.map(({ status }) => status);

describe('a batch of orders', () => {
  test('tells of each order, in their order, the created as a single one would be', async () => {
    merchant = await app.addMerchant();
    const { status, body } = await send([order('A'), order('B'), order('C')], merchant);
    expect(status).toBe(200);
    expect(body.results.map(({ index, order }) => [index, order?.externalId])).toEqual([
      [0, 'A'],
      [1, 'B'],
      [2, 'C'],
    ]);
    const [first] = body.results;
    const read = await app.request<Order>('GET', `/v1/orders/${first?.order?.id}`, merchant);
    expect(first).toEqual({ index: 0, status: 201, replayed: false, order: read.body });
    const numbers = body.results.map(({ order }) => order?.number ?? 0);
    expect(numbers.sort()).toEqual([1, 2, 3]);
    const [outbox] =
      await app.owner`select count(*)::int as n from outbox where merchant_id = ${merchant.id}`;
    expect(outbox?.n).toBe(3);
  });

  test('with bad ones creates the others, and names what is wrong by its path', async () => {
    const own = await app.addMerchant();
    const { status, body } = await send(
      [
        order('good'),
        { dropoff: { address: '', contact: {} }, items: [{ name: 'x', quantity: 0 }] },
        'nonsense',
        null,
        order('late', {
          dropoff: { ...DROPOFF, window: { from: '2020-01-01T00:00:00Z', to: '2020-01-01T01:00:00Z' } },
        }),
        order('quoted', { quoteId: '01980000-0000-7000-8000-000000000000' }),
        { ...order('typo'), notez: 'x' },
        order('good too'),
      ],
      own,
    );
    expect(status).toBe(200);
    expect(statuses({ body })).toEqual([201, 400, 400, 400, 400, 422, 400, 201]);
    const pathsOf = (index: number) => body.results[index]?.error?.errors?.map(({ path }) => path);
    expect(pathsOf(1)).toEqual(['dropoff.address', 'dropoff.contact.name', 'items.0.quantity']);
    expect(pathsOf(2)).toEqual(['']);
    expect(pathsOf(4)).toEqual(['dropoff.window']);
    expect(pathsOf(6)).toEqual(['notez']);
    expect(body.results[5]?.error).toMatchObject({ code: 'unprocessable', reason: 'no_quote' });
    expect(await idsOf(own)).toEqual(['good', 'good too']);
  });

  test('is refused as a whole when it is none', async () => {
    for (const body of [
      {},
      { orders: [] },
      { orders: {} },
      { orders: Array(101).fill(order('x')) },
      [],
      'x',
    ]) {
      const answer = await app.request<Problem>('POST', '/v1/orders/batch', { token: merchant.token, body });
      expect(answer.status, JSON.stringify(body).slice(0, 40)).toBe(400);
    }
    const { status, body } = await send<Problem>([order('x')], merchant, 'two words');
    expect({ status, path: body.errors?.[0]?.path }).toEqual({ status: 400, path: 'Idempotency-Key' });
  });

  test('of a hundred without a place asks for each address once, and for few at a time', async () => {
    const own = await app.addMerchant();
    asked = { addresses: [], now: 0, most: 0 };
    const orders = Array.from({ length: 100 }, (_, n) => ({
      externalId: `${n}`,
      dropoff: { address: `Street ${n % 50}`, contact: { name: 'x' } },
    }));
    const { body } = await send(orders, own);
    expect(new Set(statuses({ body }))).toEqual(new Set([201]));
    expect(body.results.map(({ order }) => order?.externalId)).toEqual(
      orders.map(({ externalId }) => externalId),
    );
    expect(asked.addresses.sort()).toEqual([...new Set(asked.addresses)]);
    expect(asked.addresses).toHaveLength(50);
    expect(asked.most).toBeLessThanOrEqual(4);
  });
});

describe('a batch with an Idempotency-Key', () => {
  test('that is sent again repeats nothing, and is answered as at first', async () => {
    const own = await app.addMerchant();
    const orders = [order('A'), { nonsense: true }, order('B')];
    const first = await send(orders, own, 'again');
    const again = await send(orders, own, 'again');
    expect(statuses(again)).toEqual([201, 400, 201]);
    expect(again.body.results[0]).toEqual({ ...first.body.results[0], replayed: true });
    expect(again.body.results[2]?.order?.id).toBe(first.body.results[2]?.order?.id);
    expect(await idsOf(own)).toEqual(['A', 'B']);
  });

  test('that was cut off in the midst is completed by sending it again', async () => {
    const own = await app.addMerchant();
    // What a process leaves that is killed after two of four: those two, with their keys.
    const orders = ['A', 'B', 'C', 'D'].map((id) => order(id));
    const before = await send(orders.slice(0, 2), own, 'cut');
    const after = await send(orders, own, 'cut');
    expect(after.body.results.map(({ replayed }) => replayed)).toEqual([true, true, false, false]);
    expect(after.body.results.slice(0, 2).map(({ order }) => order?.id)).toEqual(
      before.body.results.map(({ order }) => order?.id),
    );
    expect(await idsOf(own)).toEqual(['A', 'B', 'C', 'D']);
  });

  test('may be mended: what was refused is created, what was created stays', async () => {
    const own = await app.addMerchant();
    await send([order('A'), { ...order('B'), total: -1 }], own, 'mend');
    const mended = await send([order('A'), order('B')], own, 'mend');
    expect(mended.body.results.map(({ status, replayed }) => [status, replayed])).toEqual([
      [201, true],
      [201, false],
    ]);
    const other = await send([order('Z'), order('B')], own, 'mend');
    expect(statuses(other)).toEqual([422, 201]);
    expect(other.body.results[0]?.error?.errors?.[0]?.path).toBe('Idempotency-Key');
    expect(await idsOf(own)).toEqual(['A', 'B']);
  });

  test('of which one is still being created says so of that one', async () => {
    const own = await app.addMerchant();
    await app.owner.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(hashtextextended(${`dropmate order ${own.id} busy:1`}, 0))`;
      expect(statuses(await send([order('A'), order('B'), order('C')], own, 'busy'))).toEqual([
        201, 409, 201,
      ]);
    });
    expect(statuses(await send([order('A'), order('B'), order('C')], own, 'busy'))).toEqual([201, 201, 201]);
    expect(await idsOf(own)).toEqual(['A', 'B', 'C']);
  });

  test('sent several times at once creates each order once', async () => {
    const own = await app.addMerchant();
    const orders = ['A', 'B', 'C', 'D', 'E'].map((id) => order(id));
    const good = await Promise.all(Array.from({ length: 5 }, () => send(orders, own, 'at-once')));
    for (const answer of good) for (const status of statuses(answer)) expect([201, 409]).toContain(status);
    expect(await idsOf(own)).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  test('is nothing to an order of its own with the key of a part', async () => {
    const own = await app.addMerchant();
    await send([order('A')], own, 'part');
    const { status } = await app.request('POST', '/v1/orders', {
      token: own.token,
      body: order('A'),
      headers: { 'Idempotency-Key': 'part:0' },
    });
    expect(status).toBe(422);
  });
});

describe('who may send a batch', () => {
  test('is who may create orders', async () => {
    const own = await app.addMerchant();
    const driver = await app.addDriver(own.id);
    const key = await app.addApiKey(own.id, ['orders:write']);
    const reader = await app.addApiKey(own.id, ['orders:read']);
    expect((await send([order('A')], driver)).status).toBe(403);
    expect((await send([order('A')], reader)).status).toBe(403);
    expect((await send([order('A')], { token: '' })).status).toBe(401);
    expect(await idsOf(own)).toEqual([]);
    expect(statuses(await send([order('A')], key))).toEqual([201]);
    // It takes part in the same numbers as others do.
    expect((await addOrder(app, own)).number).toBe(2);
  });
});
