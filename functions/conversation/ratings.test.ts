import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RATING_MS_TO_CHANGE } from '../../domain/ratings.ts';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import { addOrder, addOrderIn, type Order, type Problem } from '../../tests/support/orders.ts';
import { LINK_MS_AFTER_END } from '../tracking/find-order.ts';
import { linkOf } from './conversation.fixture.ts';
import type { Rating } from './rating.ts';

let app: TestApp;
let merchant: TestMerchant;
let ana: TestDriver;

beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
  ana = await app.addDriver(merchant.id);
});
afterAll(() => app.end());

type Own = { stars: number; comment: string | null; changeableUntil: string };
type Page = { data: Rating[]; nextCursor: string | null; count: number; average: number | null };

const delivered = (driver = ana, shop = merchant) => addOrderIn(app, shop, driver, 'delivered');
const rate = <T = Own>(order: Order, body: object) =>
  app.request<T>('POST', `${linkOf(order)}/rating`, { body });
const own = (order: Order) => app.request<{ rating: Own | null }>('GET', `${linkOf(order)}/rating`);
const ratingOf = <T = Rating>(order: Order, token = merchant.token) =>
  app.request<T>('GET', `/v1/orders/${order.id}/rating`, { token });
const list = (query = '', token = merchant.token) =>
  app.request<Page>('GET', `/v1/ratings${query}`, { token });
const facts = (order: Order) =>
  app.owner`select version, payload from outbox where topic = 'rating' and entity_id = ${order.id} order by version`;

describe('a rating', () => {
  test('is given by the link once the order is delivered, and read by the business with who brought it', async () => {
    const order = await delivered();
    expect((await own(order)).body).toEqual({ rating: null });
    const { status, headers, body } = await rate(order, { stars: 4, comment: ' Warm ' });
    expect(status).toBe(200);
    expect(headers.get('Cache-Control')).toBe('private, no-store');
    expect(body).toEqual({ stars: 4, comment: 'Warm', changeableUntil: expect.any(String) });
    expect((await own(order)).body).toEqual({ rating: body });
    const read = await ratingOf(order);
    expect(read.body).toEqual({
      orderId: order.id,
      driverId: ana.id,
      stars: 4,
      comment: 'Warm',
      createdAt: expect.any(String),
      updatedAt: read.body.createdAt,
    });
    const until = Date.parse(read.body.createdAt) + RATING_MS_TO_CHANGE;
    expect(Date.parse(body.changeableUntil)).toBe(until);
    expect(await facts(order)).toMatchObject([
      { version: 1, payload: { order_id: order.id, driver_id: ana.id, stars: 4, comment: 'Warm' } },
    ]);
  });

  test('may be changed for a day, each change with a version; the same again is none', async () => {
    const order = await delivered();
    const { body: first } = await rate(order, { stars: 2 });
    expect((await rate(order, { stars: 5, comment: 'It was mine' })).body).toEqual({
      ...first,
      stars: 5,
      comment: 'It was mine',
    });
    await rate(order, { stars: 5, comment: 'It was mine' });
    expect((await facts(order)).map(({ version }) => version)).toEqual([1, 2]);
    await app.owner`update ratings set created_at = now() - interval '24 hours 1 second' where order_id = ${order.id}`;
    const late = await rate<Problem>(order, { stars: 1 });
    expect({ status: late.status, code: late.body.code }).toEqual({ status: 409, code: 'conflict' });
    expect((await rate(order, { stars: 5, comment: 'It was mine' })).status).toBe(200);
    expect((await ratingOf(order)).body).toMatchObject({ stars: 5, comment: 'It was mine' });
    expect(await facts(order)).toHaveLength(2);
  });

  test('of two that come at once is one, and both are heard of', async () => {
    const order = await delivered();
    const answers = await Promise.all([rate(order, { stars: 1 }), rate(order, { stars: 5 })]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await facts(order)).map(({ version }) => version)).toEqual([1, 2]);
  });

  test.each(['created', 'picked_up', 'failed'] as const)(
    'of an order that is %s is refused',
    async (status) => {
      const order =
        status === 'created' ? await addOrder(app, merchant) : await addOrderIn(app, merchant, ana, status);
      const refused = await rate<Problem>(order, { stars: 5 });
      expect({ status: refused.status, code: refused.body.code }).toEqual({ status: 409, code: 'conflict' });
      expect((await ratingOf<Problem>(order)).status).toBe(404);
      expect(await facts(order)).toEqual([]);
    },
  );

  test('is refused when the link is over, or leads nowhere', async () => {
    const order = await delivered();
    const end = new Date(Date.now() - LINK_MS_AFTER_END - 1000);
    await app.owner`update orders set status_at = ${end} where id = ${order.id}`;
    expect([(await rate(order, { stars: 5 })).status, (await own(order)).status]).toEqual([404, 404]);
    expect((await app.request('POST', '/v1/tracking/x/rating', { body: { stars: 5 } })).status).toBe(404);
  });

  test.each([
    ['stars', {}],
    ['stars', { stars: 0 }],
    ['stars', { stars: 6 }],
    ['stars', { stars: 4.5 }],
    ['comment', { stars: 5, comment: 'x'.repeat(1001) }],
    ['comment', { stars: 5, comment: 'a\0' }],
    ['driverId', { stars: 5, driverId: 'mine' }],
  ])('that is none (%s) is refused with the path', async (path, body) => {
    const order = await delivered();
    const { status, body: problem } = await rate<Problem>(order, body);
    expect({ status, errors: problem.errors?.map((error) => error.path) }).toEqual({
      status: 400,
      errors: [path],
    });
    expect((await own(order)).body.rating).toBeNull();
  });
});

describe('the list of ratings', () => {
  test('is the merchant’s, newest first in pages, with count and average of all that match', async () => {
    const shop = await app.addMerchant();
    const [bea, carl] = [await app.addDriver(shop.id), await app.addDriver(shop.id)];
    const rated: string[] = [];
    for (const [driver, stars] of [
      [bea, 5],
      [bea, 4],
      [carl, 1],
      [bea, 4],
    ] as const) {
      const order = await delivered(driver, shop);
      await rate(order, { stars });
      rated.unshift(order.id);
    }
    await rate(await delivered(), { stars: 1 });
    // Of one moment: the order's id decides.
    await app.owner`update ratings set created_at = '2026-11-01T12:00:00Z' where merchant_id = ${shop.id}`;
    const seen: string[] = [];
    for (let query = '?limit=3'; ; ) {
      const { body } = await list(query, shop.token);
      expect(body).toMatchObject({ count: 4, average: 3.5 });
      seen.push(...body.data.map(({ orderId }) => orderId));
      if (body.nextCursor === null) break;
      query = `?limit=3&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual(rated);

    const beas = (await list(`?driverId=${bea.id}`, shop.token)).body;
    expect(beas.count).toBe(3);
    expect(beas.average).toBeCloseTo(13 / 3, 10);
    expect(beas.data.map(({ driverId }) => driverId)).toEqual([bea.id, bea.id, bea.id]);
    const at = '2026-11-01T12:00:00.000Z';
    expect((await list(`?from=${at}&to=${at}`, shop.token)).body.count).toBe(4);
    const nothing = { data: [], nextCursor: null, count: 0, average: null };
    expect((await list('?from=2026-11-01T12:00:00.001Z', shop.token)).body).toEqual(nothing);
    expect((await list('?to=2026-11-01T11:59:59Z', shop.token)).body).toEqual(nothing);
  });

  test.each(['?limit=101', '?from=yesterday', '?driverId=x', '?cursor=x'])('refuses %s', async (query) => {
    expect((await list(query)).status).toBe(400);
  });

  test('is for managers and keys that read orders; a driver is not told which customer said what', async () => {
    const order = await delivered();
    await rate(order, { stars: 3 });
    const [reader, writer] = [
      await app.addApiKey(merchant.id, ['orders:read']),
      await app.addApiKey(merchant.id, ['orders:write']),
    ];
    const stranger = await app.addMerchant();
    const asked = async (token: string) => [
      (await list('', token)).status,
      (await ratingOf(order, token)).status,
    ];
    expect(await asked(reader.token)).toEqual([200, 200]);
    expect(await asked(writer.token)).toEqual([403, 403]);
    expect(await asked(ana.token)).toEqual([403, 403]);
    expect(await asked(stranger.token)).toEqual([200, 404]);
    expect((await list('', stranger.token)).body.data).toEqual([]);
  });
});
