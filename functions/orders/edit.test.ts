import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import {
  act,
  addOrder,
  addOrderIn,
  DROPOFF,
  expectLogToFold,
  type Order,
  type Problem,
} from '../../tests/support/orders.ts';

let app: TestApp;
let merchant: TestMerchant;
let driver: TestDriver;

beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
  driver = await app.addDriver(merchant.id);
});
afterAll(() => app.end());

const edit = <T = Order>(
  id: string,
  body: unknown,
  headers: Record<string, string> = {},
  { token } = merchant as { token: string },
) => app.request<T>('PATCH', `/v1/orders/${id}`, { token, body, headers });

const FULL = {
  externalId: 'WEB-1',
  items: [{ name: 'Chivito', quantity: 1 }],
  total: 100,
  readyAt: '2026-11-22T18:30:00.000Z',
  notes: 'n',
  tip: 10,
  cashOnDelivery: 110,
};

describe('editing an order', () => {
  test('changes what is named and leaves the rest', async () => {
    const order = await addOrder(app, merchant, FULL);
    const { status, headers, body } = await edit(order.id, { notes: 'Back door', tip: 20 });
    expect({ status, tag: headers.get('ETag') }).toEqual({ status: 200, tag: '"2"' });
    expect(body).toEqual({
      ...order,
      notes: 'Back door',
      tip: 20,
      version: 2,
      updatedAt: expect.any(String),
    });
    expect((await app.request('GET', `/v1/orders/${order.id}`, { token: merchant.token })).body).toEqual(
      body,
    );
  });

  test('that names nothing changes nothing', async () => {
    const order = await addOrder(app, merchant, FULL);
    const { status, headers, body } = await edit(order.id, {});
    expect({ status, tag: headers.get('ETag'), body }).toEqual({ status: 200, tag: '"1"', body: order });
    expect(await expectLogToFold(app, merchant, order.id)).toHaveLength(1);
    expect((await edit(order.id, {}, { 'If-Match': '"7"' })).status).toBe(412);
    expect((await edit(uuidv7(), {})).status).toBe(404);
  });

  test('of the contact makes the order theirs, and of anything else leaves it whose it is', async () => {
    const own = await app.addMerchant();
    const to = (contact: Record<string, string>) => ({ dropoff: { ...DROPOFF, contact } });
    const customerOf = async (id: string, change: object) =>
      (await edit(id, change, {}, own)).body.customerId;
    const ana = await addOrder(app, own, to({ name: 'Ana', phone: '+598 1' }));
    const ben = await addOrder(app, own, to({ name: 'Ben', email: 'ben@x.uy' }));
    expect(await customerOf(ana.id, { dropoff: { ...ana.dropoff, address: 'Elsewhere 1' } })).toBe(
      ana.customerId,
    );
    expect(await customerOf(ana.id, to({ name: 'A. Pérez', phone: '+5981' }))).toBe(ana.customerId);
    expect(await customerOf(ana.id, to({ name: 'Ben', email: 'Ben@X.uy' }))).toBe(ben.customerId);
    const eva = await customerOf(ana.id, to({ name: 'Eva', phone: '+598 3' }));
    const [row] = await app.owner`select name, phone from customers where id = ${eva}`;
    expect(row).toEqual({ name: 'Eva', phone: '+5983' });
    // Who is erased by this customer's id loses this order's data too, and who was it before keeps theirs.
    const theirs = await app.request<{ data: Order[] }>(
      'GET',
      `/v1/orders?customerId=${ana.customerId}`,
      own,
    );
    expect(theirs.body.data).toEqual([]);
  });

  test('takes away what is null', async () => {
    const order = await addOrder(app, merchant, FULL);
    const cleared = {
      externalId: null,
      total: null,
      readyAt: null,
      notes: null,
      tip: null,
      cashOnDelivery: null,
    };
    const { body } = await edit(order.id, cleared);
    expect(body).toMatchObject({ ...cleared, items: order.items, version: 2 });
  });

  test('replaces a stop as a whole, and looks its place up', async () => {
    app.places.set('Rivera 2000', { lat: -34.9, lng: -56.16 });
    const order = await addOrder(app, merchant, { dropoff: { ...DROPOFF, instructions: 'Ring twice' } });
    const moved = { address: 'Rivera 2000', contact: { name: 'Ana' } };
    const { body } = await edit(order.id, { dropoff: moved });
    expect(body.dropoff).toEqual({ ...moved, location: { lat: -34.9, lng: -56.16 } });
    const lost = await edit(order.id, { dropoff: { ...moved, address: 'Nowhere 0' } });
    expect(lost.body.needsPlacing).toBe(true);
    expect(lost.body.pickup).toEqual(order.pickup);
  });

  test('is a line in the log and a row in the outbox, with the whole order', async () => {
    const { id } = await addOrderIn(app, merchant, driver, 'picked_up');
    await edit(id, { notes: 'x' });
    const lines = await expectLogToFold(app, merchant, id);
    expect(lines.at(-1)).toMatchObject({ kind: 'edited', status: 'picked_up', driverId: driver.id });
    const [fact] = await app.owner`select payload from outbox where entity_id = ${id} and version = 4`;
    expect(fact?.payload).toMatchObject({ notes: 'x', version: 4, status: 'picked_up' });
  });

  test('compares the version when If-Match names one', async () => {
    const { id } = await addOrder(app, merchant);
    expect((await edit(id, { notes: 'a' }, { 'If-Match': '"1"' })).status).toBe(200);
    const late = await edit<Problem>(id, { notes: 'b' }, { 'If-Match': '"1"' });
    expect(late).toMatchObject({ status: 412, body: { code: 'stale', version: 2 } });
    expect((await edit(id, { notes: 'c' }, { 'If-Match': '*' })).body).toMatchObject({ version: 3 });
    expect((await edit(id, { notes: 'd' })).body).toMatchObject({ version: 4, notes: 'd' });
  });

  test.each(['W/"1"', '1', '"x"', '""', '"1", "2"', '"99999999999"', '"-1"', '"1'])(
    'matches no version by the tag %s',
    async (tag) => {
      const { id } = await addOrder(app, merchant);
      const { status, body } = await edit<Problem>(id, { notes: 'a' }, { 'If-Match': tag });
      expect({ status, code: body.code }).toEqual({ status: 412, code: 'stale' });
    },
  );

  test('of several at once with the same version, all but one are told that they came late', async () => {
    for (let round = 0; round < 15; round++) {
      const { id } = await addOrder(app, merchant);
      const answers = await Promise.all(
        ['a', 'b', 'c', 'd'].map((notes) => edit(id, { notes }, { 'If-Match': '"1"' })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
      await expectLogToFold(app, merchant, id);
    }
  });

  test('is refused once it has ended', async () => {
    const { id } = await addOrderIn(app, merchant, driver, 'delivered');
    const { status, body } = await edit<Problem>(id, { notes: 'x' });
    expect({ status, code: body.code, detail: body.detail }).toEqual({
      status: 409,
      code: 'conflict',
      detail: 'The order is delivered and stays as it is.',
    });
  });

  test('is for managers and keys of the merchant', async () => {
    const { id } = await addOrderIn(app, merchant, driver, 'assigned');
    const other = await app.addMerchant();
    const { token } = await app.addApiKey(merchant.id, ['orders:write']);
    const { token: reads } = await app.addApiKey(merchant.id, ['orders:read']);
    expect((await edit(id, { notes: 'x' }, {}, { token })).status).toBe(200);
    expect((await edit(id, { notes: 'x' }, {}, { token: reads })).status).toBe(403);
    expect((await edit(id, { notes: 'x' }, {}, driver)).status).toBe(403);
    expect((await edit(id, { notes: 'x' }, {}, other)).status).toBe(404);
    expect((await edit(uuidv7(), { notes: 'x' })).status).toBe(404);
    expect((await app.request('PATCH', `/v1/orders/${id}`, { body: {} })).status).toBe(401);
  });

  test.each([
    ['status', { status: 'delivered' }],
    ['driverId', { driverId: null }],
    ['version', { version: 9 }],
    ['dropoff', { dropoff: null }],
    ['dropoff.contact', { dropoff: { address: 'x' } }],
    ['notes', { notes: '' }],
    ['tip', { tip: '5' }],
  ])('refuses a wrong %s', async (path, change) => {
    const { id } = await addOrder(app, merchant);
    const { status, body } = await edit<Problem>(id, change);
    expect({ status, errors: body.errors?.map((error) => error.path) }).toEqual({
      status: 400,
      errors: [path],
    });
  });
});

describe('a new tracking link', () => {
  const renew = (id: string, { token } = merchant as { token: string }) =>
    app.request<Order>('POST', `/v1/orders/${id}/tracking/renew`, { token });
  const tokenOf = ({ trackingUrl }: Order): string => trackingUrl?.split('/t/')[1] ?? '';

  test('works at once, and the old one no more', async () => {
    const order = await addOrder(app, merchant);
    const { status, body } = await renew(order.id);
    expect(status).toBe(200);
    expect(body.trackingUrl).not.toBe(order.trackingUrl);
    for (const path of ['', '/room']) {
      expect((await app.request('GET', `/v1/tracking/${tokenOf(order)}${path}`)).status).toBe(404);
      expect((await app.request('GET', `/v1/tracking/${tokenOf(body)}${path}`)).status).toBe(200);
    }
    expect((await app.request('GET', `/t/${tokenOf(order)}`)).status).toBe(404);
    const again = await renew(order.id);
    expect(new Set([order, body, again.body].map(tokenOf)).size).toBe(3);
  });

  test('is heard by the rooms, as every other change', async () => {
    const order = await addOrder(app, merchant);
    await renew(order.id);
    const lines = await expectLogToFold(app, merchant, order.id);
    expect(lines.at(-1)).toMatchObject({ kind: 'edited', version: 2 });
    const [fact] = await app.owner`select payload from outbox where entity_id = ${order.id} and version = 2`;
    expect(fact?.payload).toMatchObject({ tracking_revision: 1 });
  });

  test('is one each, though several ask at once', async () => {
    const order = await addOrder(app, merchant);
    const answers = await Promise.all([1, 2, 3, 4].map(() => renew(order.id)));
    expect(new Set(answers.map(({ body }) => tokenOf(body))).size).toBe(4);
    await expectLogToFold(app, merchant, order.id);
  });

  test('is for managers and keys of the merchant', async () => {
    const { id } = await addOrderIn(app, merchant, driver, 'assigned');
    expect((await renew(id, driver)).status).toBe(403);
    expect((await renew(id, await app.addMerchant())).status).toBe(404);
    expect((await app.request('POST', `/v1/orders/${id}/tracking/renew`)).status).toBe(401);
    expect((await act(app, merchant, uuidv7(), 'tracking/renew', undefined)).status).toBe(404);
  });
});

describe('editing the times', () => {
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  const to = (from: number, until: number) => ({
    dropoff: { ...DROPOFF, window: { from: inHours(from), to: inHours(until) } },
  });
  const refusedAt = async (id: string, body: object) => {
    const answer = await edit<Problem>(id, body);
    return [answer.status, ...(answer.body.errors ?? []).map(({ path }) => path)];
  };

  test('is refused with what cannot be, and changes nothing', async () => {
    const order = await addOrder(app, merchant, to(1, 2));
    const pickup = (from: number, until: number) => ({
      pickup: { ...order.pickup, window: { from: inHours(from), to: inHours(until) } },
    });
    expect(await refusedAt(order.id, to(-2, -1))).toEqual([400, 'dropoff.window']);
    expect(await refusedAt(order.id, pickup(-2, -1))).toEqual([400, 'pickup.window']);
    expect(await refusedAt(order.id, pickup(3, 4))).toEqual([400, 'dropoff.window']);
    expect(await refusedAt(order.id, { readyAt: inHours(3) })).toEqual([400, 'readyAt']);
    const { id } = await addOrder(app, merchant);
    expect(await refusedAt(id, { readyAt: inHours(9000) })).toEqual([400, 'readyAt']);
    const read = await app.request<Order>('GET', `/v1/orders/${order.id}`, { token: merchant.token });
    expect(read.body).toMatchObject({ version: 1, dropoff: order.dropoff, promisedAt: order.promisedAt });
  });

  test('leaves alone what has passed meanwhile: an order that is late can be put right', async () => {
    const order = await addOrder(app, merchant, to(1, 2));
    const passed = { from: inHours(-3), to: inHours(-2) };
    await app.owner`update orders set dropoff = jsonb_set(dropoff, '{window}', ${app.owner.json(passed)}),
      promised_at = ${passed.to} where id = ${order.id}`;
    const dropoff = { ...order.dropoff, window: passed, instructions: 'Ring twice' };
    const { status, body } = await edit(order.id, { dropoff });
    expect([status, body.dropoff.instructions, body.promisedAt]).toEqual([200, 'Ring twice', passed.to]);
    expect(
      await refusedAt(order.id, { dropoff: { ...dropoff, window: { ...passed, to: inHours(-1) } } }),
    ).toEqual([400, 'dropoff.window']);
  });

  test('moves the promise with the window, and takes it away', async () => {
    const { id } = await addOrder(app, merchant);
    const later = to(3, 4);
    expect((await edit(id, later)).body.promisedAt).toBe(later.dropoff.window.to);
    expect((await edit(id, { notes: 'x' })).body.promisedAt).toBe(later.dropoff.window.to);
    expect((await edit(id, { dropoff: DROPOFF })).body.promisedAt).toBeNull();
  });

  test('of a stop that moves measures the distance again', async () => {
    const order = await addOrder(app, merchant);
    const near = { ...DROPOFF, location: { lat: -34.907, lng: -56.2026 } };
    expect(order.distance).toBeGreaterThan(3000);
    expect((await edit(order.id, { dropoff: near })).body.distance).toBe(0);
    const { location: _, ...lost } = { ...DROPOFF, address: 'Nowhere 0' };
    expect((await edit(order.id, { dropoff: lost })).body.distance).toBeNull();
  });
});
