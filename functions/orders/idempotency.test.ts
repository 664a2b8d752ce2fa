import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestMerchant } from '../../tests/support/app.ts';
import { addOrder, DROPOFF, type Order, type Problem } from '../../tests/support/orders.ts';

let app: TestApp;
let merchant: TestMerchant;
let asked: string[];

beforeAll(async () => {
  asked = [];
  app = await createTestApp({
    geocoder: async (address) => {
      asked.push(address);
      return undefined;
    },
  });
  merchant = await app.addMerchant();
});
afterAll(() => app.end());

const create = <T = Order>(key: string, body: unknown = { dropoff: DROPOFF }, who = merchant) =>
  app.request<T>('POST', '/v1/orders', { token: who.token, body, headers: { 'Idempotency-Key': key } });
const replayed = ({ headers }: { headers: Headers }) => headers.get('Idempotency-Replayed');
const ordersOf = async ({ id }: TestMerchant) =>
  (await app.owner`select count(*)::int as count from orders where merchant_id = ${id}`)[0]?.count;

describe('an order that is sent again with its Idempotency-Key', () => {
  test('is the one that was made first, answered as then', async () => {
    const own = await app.addMerchant();
    const first = await create('a-1', undefined, own);
    expect([first.status, replayed(first)]).toEqual([201, null]);
    await app.request('PATCH', `/v1/orders/${first.body.id}`, { token: own.token, body: { notes: 'x' } });
    const again = await create('a-1', undefined, own);
    expect([again.status, replayed(again)]).toEqual([201, 'true']);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('Location')).toBe(first.headers.get('Location'));
    expect(again.headers.get('ETag')).toBe('"1"');
    expect(await ordersOf(own)).toBe(1);
    expect((await addOrder(app, own)).number).toBe(2);
  });

  test('is the same request however its JSON is written', async () => {
    const body = { dropoff: DROPOFF, notes: 'n', total: 5 };
    const { location, contact, address } = DROPOFF;
    const first = await create('spelling', body);
    const again = await create('spelling', {
      total: 5,
      notes: ' n',
      dropoff: { contact, location, address },
    });
    expect(again.body.id).toBe(first.body.id);
  });

  test('is refused when it is another request', async () => {
    const { body: order } = await create('other');
    const answer = await create<Problem>('other', { dropoff: DROPOFF, notes: 'x' });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'unprocessable', errors: [{ path: 'Idempotency-Key' }] },
    });
    expect((await create('other')).body.id).toBe(order.id);
  });

  test('is another order of another merchant, and without a key', async () => {
    const other = await app.addMerchant();
    const ids = [
      (await create('shared')).body.id,
      (await create('shared', undefined, other)).body.id,
      (await addOrder(app, merchant)).id,
      (await addOrder(app, merchant)).id,
    ];
    expect(new Set(ids).size).toBe(4);
  });

  test('is a new one after a day', async () => {
    const first = await create('old');
    const age = (hours: number) =>
      app.owner`update idempotency_keys set created_at = now() - make_interval(hours => ${hours}) where key = 'old'`;
    await age(23);
    expect((await create('old')).body.id).toBe(first.body.id);
    await age(25);
    const next = await create('old', { dropoff: DROPOFF, notes: 'x' });
    expect([next.status, replayed(next)]).toEqual([201, null]);
    expect(next.body.id).not.toBe(first.body.id);
    expect((await create('old', { dropoff: DROPOFF, notes: 'x' })).body.id).toBe(next.body.id);
  });

  test('asks the geocoder once', async () => {
    const body = { dropoff: { address: 'Nowhere 1', contact: { name: 'x' } } };
    asked = [];
    const first = await create('geocoded', body);
    const again = await create('geocoded', body);
    expect(again.body).toEqual(first.body);
    expect(asked).toEqual(['Nowhere 1']);
    const other = { dropoff: { address: 'Nowhere 2', contact: { name: 'x' } } };
    expect((await create('geocoded', other)).status).toBe(422);
    expect(asked).toEqual(['Nowhere 1']);
  });

  test('is tried anew when it was refused', async () => {
    const bare = await app.addMerchant();
    await app.owner`update merchants set pickup = null where id = ${bare.id}`;
    expect((await create('refused', undefined, bare)).status).toBe(400);
    const pickup = { address: 'A', location: { lat: 0, lng: 0 } };
    expect((await create('refused', { dropoff: DROPOFF, pickup }, bare)).status).toBe(201);
  });

  test('while the first is being answered is told to come again', async () => {
    const own = await app.addMerchant();
    await app.owner.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(hashtextextended(${`dropmate order ${own.id} busy`}, 0))`;
      const answer = await create<Problem>('busy', undefined, own);
      expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
      expect(answer.headers.get('Retry-After')).toBe('1');
    });
    expect((await create('busy', undefined, own)).status).toBe(201);
  });

  test('many times at once is one order', async () => {
    const own = await app.addMerchant();
    for (const key of ['at-once-1', 'at-once-2', 'at-once-3']) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => create(key, undefined, own)));
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status !== 409 && status !== 201)).toEqual([]);
      const made = answers.filter(({ status }) => status === 201);
      expect(made.filter((answer) => replayed(answer) === null)).toHaveLength(1);
      expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    }
    expect(await ordersOf(own)).toBe(3);
  });
});

describe('an Idempotency-Key', () => {
  test.each(['', ' ', 'two words', 'ñ', 'x'.repeat(256), 'a, b'])('that is none (%j) is 400', async (key) => {
    const { status, body } = await create<Problem>(key);
    expect({ status, errors: body.errors }).toMatchObject({
      status: 400,
      errors: [{ path: 'Idempotency-Key' }],
    });
  });

  test('may be any 255 visible characters', async () => {
    for (const key of ['x'.repeat(255), '"~!\\\''.repeat(2)]) expect((await create(key)).status).toBe(201);
  });
});
