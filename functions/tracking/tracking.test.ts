import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STATUSES } from '../../domain/order-status.ts';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import { act, addOrder, addOrderIn, DROPOFF, type Order } from '../../tests/support/orders.ts';
import type { RoomAddress } from '../room-address.ts';
import { LINK_MS_AFTER_END } from './find-order.ts';
import { TrackingView } from './view.ts';

let app: TestApp;
let merchant: TestMerchant;

beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
});
afterAll(() => app.end());

const tokenOf = ({ trackingUrl }: Order): string => trackingUrl?.split('/t/')[1] ?? '';
const track = (order: Order) => app.request<TrackingView>('GET', `/v1/tracking/${tokenOf(order)}`);

/** A driver of the test's own, seen somewhere by the fleet room. */
async function addDriverAt(lat: number, name = 'Ana Pérez García'): Promise<TestDriver> {
  const driver = await app.addDriver(merchant.id, name);
  const location = { driverId: driver.id, lat, lng: -56.1, heading: 90, speed: null };
  const { status } = await app.request('POST', `/internal/flush/${merchant.id}`, {
    token: await app.serviceToken(),
    body: { trails: [], etas: [], locations: [{ ...location, fixedAt: '2026-11-22T10:00:00.000Z' }] },
  });
  expect(status).toBe(200);
  return driver;
}

describe('what the customer sees', () => {
  test('is their delivery in its written shape, with nobody’s id, phone or note', async () => {
    const driver = await addDriverAt(-34.9);
    const order = await addOrderIn(app, merchant, driver, 'enroute_to_dropoff', {
      externalId: 'WEB-77',
      pickup: {
        address: '18 de Julio 1234',
        location: { lat: -34.9, lng: -56.1 },
        contact: { name: 'Kitchen', phone: '+598 2 900' },
        instructions: 'Code 4711',
      },
      dropoff: { ...DROPOFF, contact: { ...DROPOFF.contact, email: 'ana@x.uy' }, instructions: 'Ring twice' },
      items: [{ name: 'Chivito', quantity: 2, price: 45_000 }],
      notes: 'Pays late',
      total: 90_000,
    });
    const { status, headers, body } = await track(order);
    expect(status).toBe(200);
    expect(headers.get('Cache-Control')).toBe('private, no-store');
    expect(TrackingView.parse(body)).toEqual(body);
    expect(body).toEqual({
      merchant: { name: 'Café Sur', timezone: 'America/Montevideo', phone: null, logoUrl: null, color: null },
      order: {
        id: order.id,
        number: order.number,
        status: 'enroute_to_dropoff',
        version: order.version,
        eta: null,
        steps: expect.any(Array),
        pickup: { address: '18 de Julio 1234', location: { lat: -34.9, lng: -56.1 } },
        dropoff: {
          address: DROPOFF.address,
          location: DROPOFF.location,
          name: 'Ana Pérez',
          instructions: 'Ring twice',
          window: null,
        },
        items: [{ name: 'Chivito', quantity: 2 }],
        reason: null,
        currency: 'UYU',
        total: 90_000,
        tip: null,
        cashOnDelivery: null,
        fee: null,
        promisedAt: null,
        deliveryTime: null,
      },
      driver: { name: 'Ana', vehicleType: 'bicycle' },
      location: { lat: -34.9, lng: -56.1, heading: 90, speed: null, fixedAt: '2026-11-22T10:00:00.000Z' },
      pin: null,
      photos: [],
    });
    const text = JSON.stringify(body);
    const secrets = [
      tokenOf(order),
      merchant.id,
      driver.id,
      order.customerId,
      'WEB-77',
      '+598',
      '4711',
      'late',
    ];
    for (const secret of [...secrets, 'García', 'ana@x.uy', 'Kitchen', '45000']) {
      expect(text).not.toContain(secret);
    }
  });

  test.each([...STATUSES])('of the driver while the only order is %s', async (status) => {
    const driver = await addDriverAt(-34.8);
    const order = await addOrder(app, merchant);
    await app.owner`update orders set status = ${status}, driver_id = ${status === 'created' ? null : driver.id}
      where id = ${order.id}`;
    const { body } = await track(order);
    const shown = ['picked_up', 'enroute_to_dropoff', 'arrived_at_dropoff'].includes(status);
    expect(body.order.status).toBe(status);
    expect({ driver: body.driver !== null, location: body.location !== null }).toEqual({
      driver: shown,
      location: shown,
    });
  });

  test('of a driver with two orders on board is for the one they go to next', async () => {
    const driver = await addDriverAt(-34.7);
    const first = await addOrderIn(app, merchant, driver, 'picked_up');
    const second = await addOrderIn(app, merchant, driver, 'picked_up');
    const shown = async () => [
      (await track(first)).body.driver !== null,
      (await track(second)).body.driver !== null,
    ];
    expect(await shown()).toEqual([true, false]);
    await act(app, driver, second.id, 'status', { status: 'enroute_to_dropoff' });
    expect(await shown()).toEqual([false, true]);
    await act(app, driver, second.id, 'status', { status: 'delivered' });
    expect(await shown()).toEqual([true, false]);
    // On the way to fetch another one: nobody's customer watches that.
    const third = await addOrderIn(app, merchant, driver, 'enroute_to_pickup');
    expect(await shown()).toEqual([false, false]);
    expect((await track(third)).body.driver).toBeNull();
  });

  test('of the arrival is the estimate that the room wrote', async () => {
    const driver = await addDriverAt(-34.6);
    const order = await addOrderIn(app, merchant, driver, 'picked_up');
    const range = { from: '2026-11-22T10:00:00.000Z', to: '2026-11-22T10:10:00.000Z' };
    await app.request('POST', `/internal/flush/${merchant.id}`, {
      token: await app.serviceToken(),
      body: {
        trails: [],
        locations: [],
        etas: [{ orderId: order.id, eta: { pickup: null, dropoff: range } }],
      },
    });
    expect((await track(order)).body.order).toMatchObject({ eta: range, version: order.version });
  });
});

describe('a link', () => {
  const END = ['delivered', 'cancelled', 'returned'] as const;
  const age = (order: Order, status: string, ms: number) =>
    app.owner`update orders set status = ${status}, status_at = ${new Date(Date.now() - ms)} where id = ${order.id}`;

  test.each([...END])('is good for 72 hours after the order was %s, and over then', async (status) => {
    const order = await addOrder(app, merchant);
    await age(order, status, LINK_MS_AFTER_END - 60_000);
    expect((await track(order)).status).toBe(200);
    expect((await app.request('GET', `/t/${tokenOf(order)}`)).status).toBe(200);
    await age(order, status, LINK_MS_AFTER_END + 1000);
    const { status: http, body } = await track(order);
    expect({ http, code: (body as unknown as { code: string }).code }).toEqual({
      http: 404,
      code: 'not_found',
    });
    expect((await app.request('GET', `/v1/tracking/${tokenOf(order)}/room`)).status).toBe(404);
    const page = await app.request<string>('GET', `/t/${tokenOf(order)}`);
    expect(page).toMatchObject({ status: 410, body: '<title>expired</title>' });
  });

  test('of an order that has not ended does not, however old it is', async () => {
    const order = await addOrder(app, merchant);
    await age(order, 'failed', LINK_MS_AFTER_END * 10);
    expect((await track(order)).status).toBe(200);
  });

  test.each(['x', 'A'.repeat(22), '%00', '..%2f..', 'A'.repeat(5000), "'or 1=1--"])(
    'that leads nowhere (%s) is 404 for the API and the page',
    async (token) => {
      expect((await app.request('GET', `/v1/tracking/${token}`)).status).toBe(404);
      expect((await app.request('GET', `/v1/tracking/${token}/room`)).status).toBe(404);
      const page = await app.request<string>('GET', `/t/${token}`);
      expect(page).toMatchObject({ status: 404, body: '<title>unknown</title>' });
    },
  );
});

describe('the page', () => {
  test('is the order’s, out of caches and referrers, and lets nothing foreign in', async () => {
    const order = await addOrder(app, merchant);
    const { status, headers, body } = await app.request<string>('GET', `/t/${tokenOf(order)}`);
    expect({ status, body }).toEqual({ status: 200, body: `<title>tracking ${order.number}</title>` });
    expect(headers.get('Content-Type')).toBe('text/html; charset=UTF-8');
    expect(headers.get('Cache-Control')).toBe('private, no-store');
    expect(headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(headers.get('X-Robots-Tag')).toBe('noindex');
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    const policy = headers.get('Content-Security-Policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self' ws://dropmate.test http://dropmate.test");
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  test('has a nonce of its own at each request, the same in the policy and in the page', async () => {
    const nonces: string[] = [];
    const own = await createTestApp({
      pages: {
        ...app.deps.pages,
        chooseLocale: (header) => header?.slice(0, 2) ?? 'none',
        tracking: ({ nonce, locale }) => {
          nonces.push(nonce);
          return `${nonce} ${locale}`;
        },
      },
    });
    try {
      const order = await addOrder(own, await own.addMerchant());
      for (const [language, locale] of [
        ['es-UY,es;q=0.9,en;q=0.5', 'es'],
        ['en-GB', 'en'],
      ]) {
        const { headers, body } = await own.request<string>('GET', `/t/${tokenOf(order)}`, {
          headers: { 'Accept-Language': language ?? '' },
        });
        const [nonce] = body.split(' ');
        expect(headers.get('Content-Security-Policy')).toContain(`script-src 'self' 'nonce-${nonce}'`);
        expect(body).toBe(`${nonce} ${locale}`);
      }
      expect(new Set(nonces).size).toBe(2);
      expect(nonces.every((nonce) => /^[\w-]{22}$/.test(nonce))).toBe(true);
    } finally {
      await own.end();
    }
  });
});

describe('the room of a link', () => {
  test('is the delivery’s, and its token says customer and nothing more', async () => {
    const driver = await addDriverAt(-34.5);
    const order = await addOrderIn(app, merchant, driver, 'picked_up');
    const { status, headers, body } = await app.request<RoomAddress>(
      'GET',
      `/v1/tracking/${tokenOf(order)}/room`,
    );
    expect(status).toBe(200);
    expect(headers.get('Cache-Control')).toBe('private, no-store');
    expect(body).toMatchObject({
      party: 'delivery-room',
      room: order.id,
      protocol: 'ws',
      host: 'dropmate.test',
    });
    const { iat: _, exp: __, ...claims } = decodeJwt(body.token);
    expect(claims).toEqual({
      iss: 'dropmate',
      aud: 'dropmate:room',
      sub: order.id,
      merchant: merchant.id,
      party: 'delivery-room',
      room: order.id,
      audience: 'customer',
    });
  });
});
