import { DateTime } from 'luxon';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { distance } from '../../domain/geo.ts';
import { createTestApp, type TestApp, type TestMerchant } from '../../tests/support/app.ts';
import { addOrder, DROPOFF, type Order, type Problem } from '../../tests/support/orders.ts';
import type { Quote } from './create.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.end());

const TIMEZONE = 'America/Montevideo';
const MINUTE = 60_000;
const SHOP = { lat: -34.907, lng: -56.2026 };
const METRES = Math.round(distance(SHOP, DROPOFF.location));
/** A rectangle around the middle of the city, which holds shop and door. */
const AREA = {
  type: 'Polygon',
  coordinates: [
    [
      [-56.3, -35],
      [-56, -35],
      [-56, -34.8],
      [-56.3, -34.8],
      [-56.3, -35],
    ],
  ],
};
const FAR = { lat: -34.5, lng: -56.2 };
const north = (metres: number, { lat, lng } = DROPOFF.location) => ({ lat: lat + metres / 111_195, lng });

type Token = { token: string };
type Refusal = Problem & { reason: string; opensAt?: string | null; earliest?: string };
const ask = <T = Quote>({ token }: Token, change: object = {}, headers = {}) =>
  app.request<T>('POST', '/v1/quotes', {
    token,
    body: { dropoff: { location: DROPOFF.location }, ...change },
    headers,
  });
const order = <T = Problem>({ token }: Token, quoteId: string, change: object = {}) =>
  app.request<T>('POST', '/v1/orders', { token, body: { dropoff: DROPOFF, quoteId, ...change } });
const refused = ({ status, body }: { status: number; body: Refusal | Problem }) => ({
  status,
  reason: body.reason,
  paths: body.errors?.map(({ path }) => path),
});

async function addZone({ token }: Token, change: object = {}) {
  const body = { name: 'Centro', area: AREA, fee: { base: 5000, perKm: 1000 }, ...change };
  const { status, body: zone } = await app.request<{ id: string }>('POST', '/v1/zones', { token, body });
  expect(status).toBe(201);
  return zone;
}
async function withZone(change: object = {}): Promise<TestMerchant> {
  const merchant = await app.addMerchant();
  await addZone(merchant, change);
  return merchant;
}
/** A moment at the merchant's, on a coming day. */
const local = (day: number, time: string) => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return DateTime.now()
    .setZone(TIMEZONE)
    .plus({ days: 7 })
    .startOf('week')
    .plus({ days: 6 + day, hours: hour, minutes: minute });
};
const window = (day: number, from: string, to: string) => ({
  from: local(day, from).toUTC().toISO(),
  to: local(day, to).toUTC().toISO(),
});

describe('a quote', () => {
  test('tells price, promise, zone and how long it is good', async () => {
    const merchant = await app.addMerchant();
    const zone = await addZone(merchant);
    const asked = Date.now();
    const { status, body } = await ask(merchant, { items: [{ name: 'Chivito', quantity: 2 }] });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        id: expect.any(String),
        fee: 5000 + METRES,
        currency: 'UYU',
        distance: METRES,
        eta: {
          pickup: { from: expect.any(String), to: expect.any(String) },
          dropoff: { from: expect.any(String), to: expect.any(String) },
        },
        zone: { id: zone.id, name: 'Centro' },
        pickup: SHOP,
        dropoff: DROPOFF.location,
        expiresAt: expect.any(String),
      },
    });
    const [row] =
      await app.owner`select extract(epoch from expires_at - created_at)::int as seconds from quotes
      where id = ${body.id}`;
    expect(row?.seconds).toBe(15 * 60);
    // Ten minutes until a driver is there, two there, eleven on the way over 3.9 km.
    const { pickup, dropoff } = body.eta;
    expect(Date.parse(pickup.to) - asked).toBeGreaterThan(10 * MINUTE);
    expect(Date.parse(dropoff.from) - asked).toBeGreaterThan(15 * MINUTE);
    expect(Date.parse(dropoff.to) - asked).toBeGreaterThan(24 * MINUTE);
  });

  test('finds the places of addresses, and refuses those that are not found', async () => {
    const merchant = await withZone();
    app.places.set('Rivera 2000', DROPOFF.location);
    const { body } = await ask(merchant, { dropoff: { address: 'Rivera 2000' } });
    expect(body).toMatchObject({ dropoff: DROPOFF.location, distance: METRES });
    const lost = await ask<Refusal>(merchant, { dropoff: { address: 'Nowhere 0' } });
    expect(refused(lost)).toEqual({ status: 422, reason: 'not_found', paths: ['dropoff.address'] });
    const from = await ask<Refusal>(merchant, { pickup: { address: 'Nowhere 0' } });
    expect(refused(from)).toEqual({ status: 422, reason: 'not_found', paths: ['pickup.address'] });
    const near = await ask(merchant, { pickup: { location: DROPOFF.location } });
    expect(near.body).toMatchObject({ distance: 0, fee: 5000 });
  });

  test('is given for anywhere, for nothing, while the merchant has no zones', async () => {
    const merchant = await app.addMerchant();
    expect((await ask(merchant, { dropoff: { location: FAR } })).body).toMatchObject({ fee: 0, zone: null });
    // One that is switched off is a place not delivered to.
    await addZone(merchant, { active: false });
    const { status, body } = await ask<Refusal>(merchant);
    expect(refused({ status, body })).toEqual({ status: 422, reason: 'outside_zones', paths: ['dropoff'] });
  });

  test('needs a pickup: its own, or the merchant’s', async () => {
    const merchant = await app.addMerchant();
    await app.owner`update merchants set pickup = null where id = ${merchant.id}`;
    expect(refused(await ask<Refusal>(merchant))).toMatchObject({ status: 400, paths: ['pickup'] });
    expect((await ask(merchant, { pickup: { location: SHOP } })).body.distance).toBe(METRES);
  });

  test('is refused outside of all zones', async () => {
    const merchant = await withZone();
    const { status, body } = await ask<Refusal>(merchant, { dropoff: { location: FAR } });
    expect(refused({ status, body })).toEqual({ status: 422, reason: 'outside_zones', paths: ['dropoff'] });
  });

  test('takes the cheapest of several zones', async () => {
    const merchant = await withZone();
    const cheap = await addZone(merchant, { name: 'Cerca', fee: { base: 100 } });
    await addZone(merchant, { name: 'Lejos', fee: { base: 90_000 } });
    expect((await ask(merchant)).body).toMatchObject({ fee: 100, zone: { id: cheap.id, name: 'Cerca' } });
  });

  test('is one, though the request is repeated with its key', async () => {
    const merchant = await withZone();
    const key = { 'Idempotency-Key': 'q1' };
    const [first, second] = [await ask(merchant, {}, key), await ask(merchant, {}, key)];
    expect(second.body).toEqual(first.body);
    expect(refused(await ask<Refusal>(merchant, { readyAt: new Date().toISOString() }, key)).status).toBe(
      422,
    );
  });

  test.each([
    ['dropoff', { dropoff: {} }],
    ['dropoff.location.lat', { dropoff: { location: { lat: 91, lng: 0 } } }],
    ['pickup', { pickup: {} }],
    ['window.to', { window: { from: '2030-01-01T01:00:00Z', to: '2030-01-01T00:00:00Z' } }],
    ['window', { window: { from: '2020-01-01T00:00:00Z', to: '2020-01-01T01:00:00Z' } }],
    ['readyAt', { readyAt: 'soon' }],
    ['readyAt', { readyAt: '2999-01-01T00:00:00Z' }],
    ['items', { items: Array(201).fill({ name: 'x', quantity: 1 }) }],
    ['tip', { tip: 1 }],
  ])('names the path of what is wrong: %s', async (path, change) => {
    const merchant = await app.addMerchant();
    expect(refused(await ask<Refusal>(merchant, change))).toMatchObject({ status: 400, paths: [path] });
    expect((await app.owner`select from quotes where merchant_id = ${merchant.id}`).count).toBe(0);
  });

  test('is for managers and keys of the merchant', async () => {
    const merchant = await app.addMerchant();
    const writes = await app.addApiKey(merchant.id, ['orders:write']);
    const reads = await app.addApiKey(merchant.id, ['orders:read', 'zones:read']);
    expect((await ask(writes)).status).toBe(201);
    expect((await ask(reads)).status).toBe(403);
    expect((await ask(await app.addDriver(merchant.id))).status).toBe(403);
    expect((await app.request('POST', '/v1/quotes', { body: {} })).status).toBe(401);
  });
});

describe('the time that is asked for', () => {
  const MONDAY = [{ day: 1, from: '18:00', to: '22:00' }];

  test('must be one at which a zone is open', async () => {
    const merchant = await withZone({ hours: MONDAY });
    const quote = <T = Refusal>(change: object) => ask<T>(merchant, change);
    const noon = await quote({ readyAt: local(1, '12:00').toISO() });
    expect(refused(noon)).toEqual({ status: 422, reason: 'closed', paths: ['readyAt'] });
    expect(noon.body.opensAt).toBe(local(1, '18:00').toUTC().toISO());
    expect(noon.body.detail).toContain(local(1, '18:00').toFormat("yyyy-MM-dd'T'HH:mmZZ"));
    const early = await quote({ window: window(1, '16:00', '17:59') });
    expect(refused(early)).toEqual({ status: 422, reason: 'closed', paths: ['window'] });
    expect((await quote({ readyAt: local(1, '19:00').toISO() })).status).toBe(201);
    const { eta } = (await quote<Quote>({ window: window(1, '17:00', '19:00') })).body;
    expect(eta.dropoff).toEqual(window(1, '18:00', '19:00'));
  });

  test('is now when nothing is said, and the refusal tells when it opens', async () => {
    const now = DateTime.now().setZone(TIMEZONE);
    const tomorrow = now.plus({ days: 2 });
    const merchant = await withZone({ hours: [{ day: tomorrow.weekday, from: '10:00', to: '11:00' }] });
    const { status, body } = await ask<Refusal>(merchant);
    expect(refused({ status, body })).toEqual({ status: 422, reason: 'closed', paths: ['dropoff'] });
    expect(body.opensAt).toBe(tomorrow.startOf('day').plus({ hours: 10 }).toUTC().toISO());
    const never = await withZone({ hours: [] });
    expect((await ask<Refusal>(never)).body).toMatchObject({ reason: 'closed', opensAt: null });
  });

  test('as a window is promised as it is, where it can be kept', async () => {
    const merchant = await app.addMerchant();
    const asked = window(1, '18:00', '19:00');
    const { eta } = (await ask(merchant, { window: asked })).body;
    expect(eta.dropoff).toEqual(asked);
    expect(Date.parse(eta.pickup.from)).toBeLessThan(Date.parse(eta.dropoff.from));
    // Ready only at half past: the first half of it cannot be kept.
    const later = (await ask(merchant, { window: asked, readyAt: local(1, '18:30').toISO() })).body.eta;
    expect(Date.parse(later.pickup.from)).toBeGreaterThanOrEqual(local(1, '18:30').toMillis());
    expect(Date.parse(later.dropoff.from)).toBeGreaterThan(local(1, '18:30').toMillis());
    expect(later.dropoff.to).toBe(asked.to);
  });

  test('that nobody can keep is refused, with the earliest', async () => {
    const merchant = await app.addMerchant();
    const change = { window: window(1, '18:00', '19:00'), readyAt: local(1, '18:58').toISO() };
    const { status, body } = await ask<Refusal>(merchant, change);
    expect(refused({ status, body })).toEqual({ status: 422, reason: 'too_soon', paths: ['window'] });
    expect(Date.parse(body.earliest ?? '')).toBeGreaterThan(local(1, '19:00').toMillis());
  });

  test('counts from the usual preparation', async () => {
    const merchant = await app.addMerchant();
    await app.owner`update merchants set preparation_minutes = 90 where id = ${merchant.id}`;
    const { eta } = (await ask(merchant)).body;
    expect(Date.parse(eta.pickup.to) - Date.now()).toBeGreaterThan(90 * MINUTE);
  });
});

describe('an order that names a quote', () => {
  test('has its fee and its promise', async () => {
    const merchant = await withZone();
    const { body: quote } = await ask(merchant);
    const { status, body } = await order<Order>(merchant, quote.id);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...{ fee: quote.fee, quoteId: quote.id, promisedAt: quote.eta.dropoff.to, distance: quote.distance },
    });
    const [row] = await app.owner`select order_id from quotes where id = ${quote.id}`;
    expect(row?.order_id).toBe(body.id);
  });

  test('is promised its own window when it has one', async () => {
    const merchant = await withZone();
    const { body: quote } = await ask(merchant, { window: window(1, '18:00', '20:00') });
    const dropoff = { ...DROPOFF, window: window(1, '19:00', '19:30') };
    const { body } = await order<Order>(merchant, quote.id, { dropoff });
    expect(body.promisedAt).toBe(dropoff.window.to);
  });

  test('is refused with another’s, an unknown or an expired one', async () => {
    const merchant = await withZone();
    const { body: quote } = await ask(merchant);
    const stranger = await withZone();
    for (const answer of [await order(stranger, quote.id), await order(merchant, uuidv7())]) {
      expect(refused(answer)).toEqual({ status: 422, reason: 'no_quote', paths: ['quoteId'] });
    }
    await app.owner`update quotes set expires_at = now() where id = ${quote.id}`;
    const expired = { status: 422, reason: 'quote_expired', paths: ['quoteId'] };
    expect(refused(await order(merchant, quote.id))).toEqual(expired);
    const { body: second } = await ask(merchant);
    await app.owner`update merchants set currency = 'USD' where id = ${merchant.id}`;
    expect(refused(await order(merchant, second.id))).toEqual(expired);
    expect((await app.owner`select from orders where merchant_id = ${merchant.id}`).count).toBe(0);
    // Nothing was refused at the cost of a number.
    expect((await addOrder(app, merchant)).number).toBe(1);
  });

  test('must go to the quoted place, from the quoted place, at the quoted time', async () => {
    const merchant = await withZone();
    const { body: quote } = await ask(merchant);
    const to = (location: object | undefined) => ({ dropoff: { ...DROPOFF, location } });
    const from = (location: object) => ({ pickup: { address: 'x', location } });
    const elsewhere = (part: string, path: string) => ({
      status: 422,
      reason: `quote_${part}`,
      paths: [path],
    });
    expect(refused(await order(merchant, quote.id, to(north(201))))).toEqual(elsewhere('dropoff', 'dropoff'));
    expect(refused(await order(merchant, quote.id, to(undefined)))).toEqual(elsewhere('dropoff', 'dropoff'));
    expect(refused(await order(merchant, quote.id, from(north(201, SHOP))))).toEqual(
      elsewhere('pickup', 'pickup'),
    );
    const late = { dropoff: { ...DROPOFF, window: window(1, '18:00', '19:00') } };
    expect(refused(await order(merchant, quote.id, late))).toEqual(elsewhere('window', 'dropoff.window'));
    const [row] = await app.owner`select order_id from quotes where id = ${quote.id}`;
    expect(row?.order_id).toBeNull();
    const near = { ...to(north(199)), ...from(north(199, SHOP)) };
    expect((await order(merchant, quote.id, near)).status).toBe(201);
  });

  test('takes it: the next one is told by which order', async () => {
    const merchant = await withZone();
    const { body: quote } = await ask(merchant);
    const { body: first } = await order<Order>(merchant, quote.id);
    const second = await order(merchant, quote.id);
    expect(refused(second)).toEqual({ status: 409, reason: 'quote_taken', paths: ['quoteId'] });
    expect(second.body.orderId).toBe(first.id);
  });

  test('is one of those that name it at once', async () => {
    const merchant = await withZone();
    for (let round = 0; round < 10; round++) {
      const { body: quote } = await ask(merchant);
      const answers = await Promise.all([1, 2, 3, 4].map(() => order(merchant, quote.id)));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
      const taken = await app.owner`select id from orders where quote_id = ${quote.id}`;
      expect(taken).toHaveLength(1);
    }
  });

  test('is one, though it is repeated with its key', async () => {
    const merchant = await withZone();
    const { body: quote } = await ask(merchant);
    const headers = { 'Idempotency-Key': 'with a quote'.replaceAll(' ', '-') };
    const again = () =>
      app.request<Order>('POST', '/v1/orders', {
        ...{ token: merchant.token, headers },
        body: { dropoff: DROPOFF, quoteId: quote.id },
      });
    const [first, second] = [await again(), await again()];
    expect([second.status, second.body.id]).toEqual([201, first.body.id]);
  });

  test('keeps fee and quote when it is edited, and its promise follows the window', async () => {
    const merchant = await withZone();
    const { body: quote } = await ask(merchant);
    const { body: created } = await order<Order>(merchant, quote.id);
    const edit = async (body: object) =>
      (await app.request<Order>('PATCH', `/v1/orders/${created.id}`, { token: merchant.token, body })).body;
    const moved = await edit({ dropoff: { ...DROPOFF, location: FAR } });
    expect(moved).toMatchObject({ fee: quote.fee, quoteId: quote.id, promisedAt: quote.eta.dropoff.to });
    expect(moved.distance).toBe(Math.round(distance(SHOP, FAR)));
    const later = window(1, '18:00', '19:00');
    expect((await edit({ dropoff: { ...DROPOFF, window: later } })).promisedAt).toBe(later.to);
    expect((await edit({ notes: 'x' })).promisedAt).toBe(later.to);
    expect((await edit({ dropoff: DROPOFF })).promisedAt).toBe(quote.eta.dropoff.to);
  });
});

test('an order without a quote is taken outside of zones and hours: that is the merchant’s own decision', async () => {
  const merchant = await withZone({ hours: [] });
  expect(await addOrder(app, merchant, { dropoff: { ...DROPOFF, location: FAR } })).toMatchObject({
    fee: null,
    quoteId: null,
    promisedAt: null,
  });
});
