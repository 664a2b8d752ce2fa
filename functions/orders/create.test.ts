import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { orderRecordFromJson } from '../../db/order-record.ts';
import { hashToken } from '../../db/tracking-token.ts';
import { distance } from '../../domain/geo.ts';
import { OrderForManager, OrderRecord } from '../../domain/orders.ts';
import { createTestApp, type TestApp, type TestMerchant } from '../../tests/support/app.ts';
import { addOrder, DROPOFF, expectLogToFold, type Order, type Problem } from '../../tests/support/orders.ts';

let app: TestApp;
let merchant: TestMerchant;

beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
});
afterAll(() => app.end());

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const post = <T = Problem>(token: string | undefined, body: unknown) =>
  app.request<T>('POST', '/v1/orders', token === undefined ? { body } : { token, body });

describe('creating an order', () => {
  test('answers the whole order, with its tag and its place', async () => {
    const body = {
      externalId: 'WEB-77',
      pickup: { address: '18 de Julio 1234', location: { lat: -34.9, lng: -56.1 } },
      dropoff: {
        ...DROPOFF,
        instructions: 'Ring twice',
        window: { from: inHours(2), to: inHours(3) },
      },
      items: [{ name: '  Chivito ', quantity: 2, price: 45_000 }],
      total: 90_000,
      readyAt: inHours(1).replace('Z', '+00:00'),
      notes: 'Pays late',
      tip: 5000,
      cashOnDelivery: 95_000,
      proof: { pin: true },
    };
    const { status, headers, body: order } = await post<Order>(merchant.token, body);
    expect(status).toBe(201);
    expect(headers.get('ETag')).toBe('"1"');
    expect(headers.get('Location')).toBe(`/v1/orders/${order.id}`);
    expect(order).toEqual({
      ...body,
      items: [{ name: 'Chivito', quantity: 2, price: 45_000 }],
      readyAt: body.readyAt.replace('+00:00', 'Z'),
      promisedAt: body.dropoff.window.to,
      distance: 5682,
      fee: null,
      quoteId: null,
      cashCollected: null,
      attempts: 0,
      reasonCode: null,
      sandbox: false,
      lateness: { state: 'on_time', seconds: expect.any(Number) },
      id: expect.stringMatching(/^[0-9a-f-]{14}7/),
      number: 1,
      status: 'created',
      version: 1,
      driverId: null,
      customerId: expect.any(String),
      needsPlacing: false,
      currency: 'UYU',
      stopSequence: null,
      eta: { pickup: null, dropoff: null },
      reason: null,
      steps: { created: order.createdAt },
      statusAt: order.createdAt,
      pickupTime: null,
      deliveryTime: null,
      trackingUrl: expect.stringMatching(/^http:\/\/dropmate\.test\/t\/[\w-]{22}$/),
      createdAt: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: order.createdAt,
    });
    // Its shape is the written one: a column that someone adds shows up nowhere by itself.
    expect(Object.keys(order).sort()).toEqual([...Object.keys(OrderForManager.shape), 'lateness'].sort());
    const read = await app.request<Order>('GET', `/v1/orders/${order.id}`, { token: merchant.token });
    expect(read.body).toEqual({ ...order, lateness: { state: 'on_time', seconds: expect.any(Number) } });
  });

  test('needs no more than where to, and starts at the merchant’s usual pickup', async () => {
    const order = await addOrder(app, merchant);
    expect(order).toMatchObject({
      pickup: { address: 'Ituzaingó 1480', location: { lat: -34.907, lng: -56.2026 } },
      items: [],
      total: null,
      externalId: null,
      proof: null,
    });
  });

  test('without a pickup is refused while the merchant has no usual one', async () => {
    const bare = await app.addMerchant();
    await app.owner`update merchants set pickup = null where id = ${bare.id}`;
    const { status, body } = await post(bare.token, { dropoff: DROPOFF });
    expect({ status, errors: body.errors }).toMatchObject({ status: 400, errors: [{ path: 'pickup' }] });
    const order = await addOrder(app, bare, { pickup: { address: 'A', location: { lat: 0, lng: 0 } } });
    // What was refused took no number.
    expect(order.number).toBe(1);
  });

  test('stores the hash of the link only', async () => {
    const { id, trackingUrl } = await addOrder(app, merchant);
    const token = trackingUrl?.split('/t/')[1] ?? '';
    const [row] = await app.owner`select tracking_hash, orders::text as whole from orders where id = ${id}`;
    expect(row?.tracking_hash).toBe(hashToken(token));
    expect(row?.whole).not.toContain(token);
  });

  test('leaves one line in the log and one row in the outbox, which holds all of the order', async () => {
    const order = await addOrder(app, merchant);
    const lines = await expectLogToFold(app, merchant, order.id);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      actor: { type: 'manager', id: merchant.userId },
      occurredAt: order.createdAt,
      receivedAt: order.createdAt,
      updateId: null,
    });
    const facts = await app.owner`select * from outbox where entity_id = ${order.id}`;
    expect(facts).toMatchObject([{ topic: 'order', merchant_id: merchant.id, version: 1 }]);
    const record = orderRecordFromJson(facts[0]?.payload, app.deps.links);
    // How late it is depends on when one asks: rooms and webhooks are told when it was promised.
    const { lateness: _, ...told } = order as Order & { lateness: unknown };
    expect(OrderRecord.parse(record)).toEqual({ merchantId: merchant.id, ...told });
  });

  test('tells the relay, and says so only when something was written', async () => {
    let woken = 0;
    const own = await createTestApp({ wakeRelay: () => woken++ });
    try {
      const { token } = await own.addMerchant();
      await own.request('POST', '/v1/orders', { token, body: { dropoff: {} } });
      expect(woken).toBe(0);
      await addOrder(own, { token });
      expect(woken).toBe(1);
    } finally {
      await own.end();
    }
  });

  test('is the merchant’s: a key with the scope may, a driver and a stranger may not', async () => {
    const { token } = await app.addApiKey(merchant.id, ['orders:write']);
    const { id } = await addOrder(app, { token });
    const lines = await expectLogToFold(app, merchant, id);
    expect(lines[0]).toMatchObject({ actor: { type: 'api_key' } });
    const driver = await app.addDriver(merchant.id);
    const { token: reads } = await app.addApiKey(merchant.id, ['orders:read']);
    expect((await post(driver.token, { dropoff: DROPOFF })).status).toBe(403);
    expect((await post(reads, { dropoff: DROPOFF })).status).toBe(403);
    expect((await post(undefined, { dropoff: DROPOFF })).status).toBe(401);
  });

  test.each([
    ['dropoff', {}],
    ['dropoff.contact', { dropoff: { address: 'x' } }],
    ['dropoff.address', { dropoff: { ...DROPOFF, address: '   ' } }],
    ['dropoff.contact.email', { dropoff: { ...DROPOFF, contact: { name: 'x', email: 'nobody' } } }],
    ['dropoff.window.to', { dropoff: { ...DROPOFF, window: { from: inHours(3), to: inHours(2) } } }],
    ['dropoff.window', { dropoff: { ...DROPOFF, window: { from: inHours(-2), to: inHours(-1) } } }],
    ['dropoff.window', { dropoff: { ...DROPOFF, window: { from: inHours(9000), to: inHours(9001) } } }],
    [
      'pickup.window',
      { dropoff: DROPOFF, pickup: { address: 'x', window: { from: inHours(-2), to: inHours(-1) } } },
    ],
    [
      'dropoff.window',
      {
        dropoff: { ...DROPOFF, window: { from: inHours(1), to: inHours(2) } },
        pickup: { address: 'x', window: { from: inHours(2), to: inHours(3) } },
      },
    ],
    [
      'readyAt',
      { dropoff: { ...DROPOFF, window: { from: inHours(1), to: inHours(2) } }, readyAt: inHours(3) },
    ],
    [
      'readyAt',
      {
        dropoff: DROPOFF,
        pickup: { address: 'x', window: { from: inHours(1), to: inHours(2) } },
        readyAt: inHours(3),
      },
    ],
    ['readyAt', { dropoff: DROPOFF, readyAt: inHours(9000) }],
    ['quoteId', { dropoff: DROPOFF, quoteId: 'x' }],
    ['pickup.location.lng', { dropoff: DROPOFF, pickup: { address: 'x', location: { lat: 0, lng: 181 } } }],
    ['total', { dropoff: DROPOFF, total: 0.5 }],
    ['tip', { dropoff: DROPOFF, tip: -1 }],
    ['cashOnDelivery', { dropoff: DROPOFF, cashOnDelivery: 1e12 + 1 }],
    ['items', { dropoff: DROPOFF, items: Array.from({ length: 201 }, () => ({ name: 'x', quantity: 1 })) }],
    ['status', { dropoff: DROPOFF, status: 'delivered' }],
    ['number', { dropoff: DROPOFF, number: 7 }],
  ])('names the path of what is wrong: %s', async (path, body) => {
    const answer = await post(merchant.token, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.path)).toEqual([path]);
  });
});

describe('the times', () => {
  test('may have passed by when it is ready, and windows may be open and overlap', async () => {
    const order = await addOrder(app, merchant, {
      pickup: { address: 'x', window: { from: inHours(-1), to: inHours(2) } },
      dropoff: { ...DROPOFF, window: { from: inHours(-1), to: inHours(1) } },
      readyAt: inHours(-48),
    });
    expect(order.promisedAt).toBe(order.dropoff.window?.to);
  });

  test('say by themselves when it is ready, by the merchant’s usual preparation', async () => {
    const own = await app.addMerchant();
    expect(await addOrder(app, own)).toMatchObject({ readyAt: null, promisedAt: null });
    await app.owner`update merchants set preparation_minutes = 25 where id = ${own.id}`;
    const order = await addOrder(app, own);
    expect(Date.parse(order.readyAt ?? '') - Date.parse(order.createdAt)).toBe(25 * 60_000);
    const readyAt = inHours(4);
    expect((await addOrder(app, own, { readyAt })).readyAt).toBe(readyAt);
  });

  test('of a repeat may have passed since it was first asked', async () => {
    const body = { dropoff: { ...DROPOFF, window: { from: inHours(-1), to: inHours(1) } } };
    const headers = { 'Idempotency-Key': 'window' };
    const again = () => app.request<Order>('POST', '/v1/orders', { token: merchant.token, body, headers });
    const first = await again();
    const spy = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 2 * 3_600_000);
    try {
      const second = await again();
      expect([first.status, second.status, second.body.id]).toEqual([201, 201, first.body.id]);
      expect(second.headers.get('Idempotency-Replayed')).toBe('true');
      const late = { ...headers, 'Idempotency-Key': 'another' };
      const other = await app.request('POST', '/v1/orders', { token: merchant.token, body, headers: late });
      expect(other.status).toBe(400);
    } finally {
      spy.mockRestore();
    }
  });
});

describe('the distance', () => {
  test('is that of domain/geo.ts to the metre, and none while a stop has no place', async () => {
    const point = fc.record({
      lat: fc.double({ min: -90, max: 90, noNaN: true }),
      lng: fc.double({ min: -180, max: 180, noNaN: true }),
    });
    const tiny = { lat: 5e-324, lng: -5e-324 };
    const zero = { lat: 0, lng: 0 };
    const pairs = [...fc.sample(fc.tuple(point, point), 300), [tiny, zero] as const, [zero, tiny] as const];
    const rows = await app.owner<{ metres: number }[]>`
      select distance_metres(pair->0, pair->1) as metres
      from jsonb_array_elements(${JSON.stringify(pairs)}::text::jsonb) with ordinality as t(pair, n) order by n`;
    for (const [index, [a, b]] of pairs.entries()) {
      expect(Math.abs((rows[index]?.metres ?? -1) - distance(a, b))).toBeLessThan(0.5);
    }
    expect(
      (await addOrder(app, merchant, { dropoff: { address: 'Nowhere 0', contact: { name: 'x' } } })).distance,
    ).toBe(null);
  });
});

describe('the place of an address', () => {
  test('is looked up when it is not given', async () => {
    app.places.set('Colonia 1234', { lat: -34.9, lng: -56.18 });
    app.places.set('Maldonado 500', { lat: -34.91, lng: -56.19 });
    const order = await addOrder(app, merchant, {
      pickup: { address: 'Maldonado 500' },
      dropoff: { address: 'Colonia 1234', contact: { name: 'x' } },
    });
    expect(order).toMatchObject({
      pickup: { address: 'Maldonado 500', location: { lat: -34.91, lng: -56.19 } },
      dropoff: { location: { lat: -34.9, lng: -56.18 } },
      needsPlacing: false,
    });
  });

  test('that is not found leaves the order for the manager to place', async () => {
    const dropoff = { address: 'Nowhere 0', contact: { name: 'x' } };
    const order = await addOrder(app, merchant, { dropoff });
    expect(order.dropoff).toEqual(dropoff);
    expect(order.needsPlacing).toBe(true);
    const placed = await app.request<Order>('PATCH', `/v1/orders/${order.id}`, {
      token: merchant.token,
      body: { dropoff: { ...dropoff, location: { lat: 1, lng: 2 } } },
    });
    expect(placed.body.needsPlacing).toBe(false);
  });

  test('that is given is taken as it is', async () => {
    app.places.set('Paysandú 1', { lat: 0, lng: 0 });
    const { dropoff } = await addOrder(app, merchant, { dropoff: { ...DROPOFF, address: 'Paysandú 1' } });
    expect(dropoff.location).toEqual(DROPOFF.location);
  });
});

describe('the number', () => {
  test('counts up within the merchant, without a gap, though fifty come at once', async () => {
    const busy = await app.addMerchant();
    const other = await app.addMerchant();
    const orders = await Promise.all(Array.from({ length: 50 }, () => addOrder(app, busy)));
    const numbers = orders.map(({ number }) => number).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect((await addOrder(app, other)).number).toBe(1);
  });
});

describe('the customer', () => {
  const to = (contact: Record<string, string>) => ({ dropoff: { ...DROPOFF, contact } });
  const customerOf = async (change: Record<string, unknown>, whose = merchant) =>
    (await addOrder(app, whose, change)).customerId;

  test('is made with the first order, and known again by the phone', async () => {
    const own = await app.addMerchant();
    const first = await customerOf(to({ name: 'Ana', phone: '+598 1' }), own);
    expect(await customerOf(to({ name: 'A. Pérez', phone: '+598 1', email: 'a@x.uy' }), own)).toBe(first);
    expect(await customerOf(to({ name: 'Ana', phone: '+598 2' }), own)).not.toBe(first);
    const rows = await app.owner`select name, phone, address, location from customers where id = ${first}`;
    expect([...rows]).toEqual([
      { name: 'Ana', phone: '+5981', address: DROPOFF.address, location: DROPOFF.location },
    ]);
  });

  test('is the same in any spelling of the phone or the email, and the order keeps what was written', async () => {
    const own = await app.addMerchant();
    const { dropoff, customerId } = await addOrder(
      app,
      own,
      to({ name: 'Ana', phone: '+598 (99) 12-34.56' }),
    );
    expect(dropoff.contact?.phone).toBe('+598 (99) 12-34.56');
    expect(await customerOf(to({ name: 'Ana', phone: '+59899123456' }), own)).toBe(customerId);
    expect(await customerOf(to({ name: 'Ana', phone: '59899123456' }), own)).not.toBe(customerId);
    const byEmail = await customerOf(to({ name: 'Eva', email: 'Eva@X.uy' }), own);
    expect(await customerOf(to({ name: 'Eva', email: 'eva@x.UY' }), own)).toBe(byEmail);
    // A phone of dashes alone is none.
    const [row] = await app.owner`select phone from customers
      where id = ${await customerOf(to({ name: 'Eva', phone: '--' }), own)}`;
    expect(row).toEqual({ phone: null });
  });

  test('without a phone is known again by the email', async () => {
    const own = await app.addMerchant();
    const first = await customerOf(to({ name: 'Ana', email: 'ana@x.uy' }), own);
    expect(await customerOf(to({ name: 'Ana', email: 'ana@x.uy' }), own)).toBe(first);
    // Someone with a phone is known by that alone: two people may share a mailbox.
    expect(await customerOf(to({ name: 'Ana', email: 'ana@x.uy', phone: '+598 3' }), own)).not.toBe(first);
    expect(await customerOf(to({ name: 'Ana' }), own)).not.toBe(await customerOf(to({ name: 'Ana' }), own));
  });

  test('is one, though twenty orders for a new one come at once', async () => {
    const contacts: Record<string, string>[] = [
      { name: 'B', phone: '+598 77' },
      { name: 'C', email: 'c@x.uy' },
    ];
    for (const contact of contacts) {
      const own = await app.addMerchant();
      const ids = await Promise.all(Array.from({ length: 20 }, () => customerOf(to(contact), own)));
      expect(new Set(ids).size).toBe(1);
    }
  });

  test('of another merchant is another, though the phone is the same', async () => {
    const [a, b] = [await app.addMerchant(), await app.addMerchant()];
    const contact = { name: 'Ana', phone: '+598 55' };
    expect(await customerOf(to(contact), a)).not.toBe(await customerOf(to(contact), b));
  });
});
