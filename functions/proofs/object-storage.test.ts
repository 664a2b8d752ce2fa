import { uuidv7 } from 'uuidv7';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import { act, addOrder, addOrderIn, DROPOFF, type Order, type Problem } from '../../tests/support/orders.ts';
import { createApp } from '../app.ts';
import { type FakeS3, startFakeS3 } from '../storage/fake-s3.fixture.ts';
import { createObjectStore } from '../storage/object-store.ts';
import { PICTURES, picture } from './pictures.fixture.ts';
import type { Proof } from './proof.ts';

// The files of proofs in an object store instead of Postgres.

let s3: FakeS3;
let app: TestApp;
let merchant: TestMerchant;
let driver: TestDriver;
beforeAll(async () => {
  s3 = await startFakeS3();
  app = await createTestApp({ objects: createObjectStore({ ...s3.options, timeoutMs: 300 }) });
  merchant = await app.addMerchant();
  driver = await app.addDriver(merchant.id);
});
afterEach(() => {
  s3.state.mood = 'well';
});
afterAll(async () => {
  await Promise.all([app.end(), s3.stop()]);
});

const anOrder = () => addOrderIn(app, merchant, driver, 'picked_up');
const upload = <T = Proof>(orderId: string, body: unknown = picture(), query = '', who = driver) =>
  app.request<T>('POST', `/v1/orders/${orderId}/proofs${query}`, { token: who.token, body });
const open = (url: string) => app.app.request(url.replace('http://dropmate.test', ''));
const keysOf = (orderId: string) => [...s3.objects.keys()].filter((key) => key.includes(orderId));
const rowsOf = (orderId: string) => app.owner`
  select p.storage, p.key, f.proof_id as stored from proofs p left join proof_files f on f.proof_id = p.id
  where order_id = ${orderId}`;

describe('an upload', () => {
  test('goes there and comes back, and Postgres has its name only', async () => {
    const { id } = await anOrder();
    const { status, body } = await upload(id, picture('image/jpeg'));
    expect(status).toBe(201);
    const [key] = keysOf(id);
    expect([...(await rowsOf(id))]).toEqual([{ storage: 's3', key, stored: null }]);
    expect(key).toMatch(new RegExp(`^merchants/${merchant.id}/orders/${id}/[0-9a-f-]{36}$`));
    const response = await open(body.url);
    expect(response.headers.get('Content-Type')).toBe('image/jpeg');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(PICTURES['image/jpeg'](8, 8));
  });

  test.each([500, 503, 403, 'silent'] as const)(
    'while the store says %s is 503, and nothing is stored',
    async (mood) => {
      const { id } = await anOrder();
      const query = `?id=${uuidv7()}`;
      s3.state.mood = mood;
      const { status, headers, body } = await upload<Problem>(id, picture(), query);
      expect({ status, code: body.code, retry: headers.get('Retry-After') }).toEqual({
        status: 503,
        code: 'unavailable',
        retry: '5',
      });
      expect(JSON.stringify(body)).not.toMatch(/KEY|SECRET|127\.0\.0\.1/);
      expect(await rowsOf(id)).toHaveLength(0);
      expect(keysOf(id)).toEqual([]);
      // And the same again, when it is well.
      s3.state.mood = 'well';
      expect((await upload(id, picture(), query)).status).toBe(201);
    },
  );

  test('while nobody listens is 503, and nothing is stored', async () => {
    const gone = await startFakeS3();
    const store = createObjectStore(gone.options);
    await gone.stop();
    const own = await createTestApp({ objects: store });
    try {
      const shop = await own.addMerchant();
      const { id } = await addOrder(own, shop);
      const answer = await own.request('POST', `/v1/orders/${id}/proofs`, {
        token: shop.token,
        body: picture(),
      });
      expect(answer.status).toBe(503);
      expect(await own.owner`select from proofs`).toHaveLength(0);
    } finally {
      await own.end();
    }
  });

  test('that is refused leaves no file behind', async () => {
    const { id } = await anOrder();
    const query = `?id=${uuidv7()}`;
    expect((await upload(id, picture(), query)).status).toBe(201);
    const kept = keysOf(id);
    expect((await upload(id, picture(), query)).status).toBe(200);
    expect((await upload(id, picture('image/png', 1), query)).status).toBe(409);
    expect((await upload(uuidv7(), picture())).status).toBe(404);
    expect((await upload(id, new Blob(['x'], { type: 'image/png' }))).status).toBe(400);
    expect(keysOf(id)).toEqual(kept);
  });

  test('of one id by two at once is one file', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = await anOrder();
      const query = `?id=${uuidv7()}`;
      const answers = await Promise.all([0, 1].map(() => upload(id, picture('image/png', round), query)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
      const [row] = await rowsOf(id);
      expect(keysOf(id)).toEqual([row?.key]);
      for (const { body } of answers) expect((await open(body.url)).status).toBe(200);
    }
  });
});

describe('a file', () => {
  test('that the store cannot give is 503, and one that is gone 404', async () => {
    const { id } = await anOrder();
    const { body } = await upload(id);
    for (const mood of [500, 'silent'] as const) {
      s3.state.mood = mood;
      expect((await open(body.url)).status).toBe(503);
    }
    s3.state.mood = 'well';
    s3.objects.clear();
    expect((await open(body.url)).status).toBe(404);
  });

  test('is found where it was put, whatever is configured today', async () => {
    const { id } = await anOrder();
    const inStore = (await upload(id)).body;
    app.deps.objects = undefined;
    try {
      const inDatabase = (await upload(id, picture('image/png', 1))).body;
      expect((await open(inStore.url)).status).toBe(503);
      expect((await open(inDatabase.url)).status).toBe(200);
      app.deps.objects = createObjectStore(s3.options);
      expect((await open(inStore.url)).status).toBe(200);
      expect((await open(inDatabase.url)).status).toBe(200);
    } finally {
      app.deps.objects = createObjectStore({ ...s3.options, timeoutMs: 300 });
    }
  });
});

describe('an erased customer', () => {
  const erase = (id: string | null) =>
    app.request<Problem>('DELETE', `/v1/customers/${id}`, { token: merchant.token });

  async function delivered(): Promise<Order> {
    const contact = { name: 'Xiomara', phone: `+598 ${uuidv7()}`.slice(0, 30) };
    const change = { dropoff: { ...DROPOFF, contact }, proof: { pin: true }, cashOnDelivery: 700 };
    const order = await addOrderIn(app, merchant, driver, 'picked_up', change);
    await upload(order.id);
    await upload(order.id, picture('image/png', 1), '?kind=signature');
    const done = {
      status: 'delivered',
      override: { proof: true },
      reason: 'r',
      proof: { signedBy: 'Xiomara' },
    };
    await act(app, merchant, order.id, 'status', done);
    const late = {
      status: 'failed',
      reason: 'Xiomara was out',
      updateId: uuidv7(),
      location: DROPOFF.location,
    };
    const occurredAt = new Date(Date.now() - 60_000).toISOString();
    expect((await act(app, driver, order.id, 'status', { ...late, occurredAt })).status).toBe(202);
    await app.owner`update orders set status_at = clock_timestamp() - interval '1 hour' where id = ${order.id}`;
    return order;
  }
  const leftOf = async (orderId: string) => {
    const [row] = await app.owner`select
      (select count(*)::int from proofs where order_id = ${orderId}) as proofs,
      (select count(*)::int from order_pins where order_id = ${orderId}) as pins,
      (select jsonb_agg(jsonb_build_object('reason', reason, 'location', location, 'details', details))
        from late_reports where order_id = ${orderId}) as reports,
      (select jsonb_agg(details) from delivery_updates where order_id = ${orderId} and details is not null) as details,
      (select cash_collected::int from orders where id = ${orderId}) as cash`;
    return row;
  };

  test('leaves no file, PIN, name nor place behind, and the money stays', async () => {
    const order = await delivered();
    const other = await anOrder();
    await upload(other.id);
    s3.objects.set(`merchants/${merchant.id}/orders/${order.id}/nobody-knows-it`, {
      bytes: Buffer.from('x'),
      type: '',
    });
    expect(keysOf(order.id)).toHaveLength(3);
    expect((await erase(order.customerId)).status).toBe(204);
    expect(keysOf(order.id)).toEqual([]);
    expect(keysOf(other.id)).toHaveLength(1);
    expect(await leftOf(order.id)).toEqual({
      proofs: 0,
      pins: 0,
      reports: [{ reason: null, location: null, details: null }],
      details: null,
      cash: 700,
    });
  });

  test('while the store is away is told so, and the second time nothing is left', async () => {
    const order = await delivered();
    s3.state.mood = 500;
    const { status, body } = await erase(order.customerId);
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'unavailable' });
    expect(keysOf(order.id)).toHaveLength(2);
    expect(await leftOf(order.id)).toMatchObject({ proofs: 0, pins: 0 });
    s3.state.mood = 'well';
    expect((await erase(order.customerId)).status).toBe(204);
    expect(keysOf(order.id)).toEqual([]);
  });

  test('is refused where the store is not set up any more: nobody would remove the files', async () => {
    const order = await delivered();
    const without = createApp([], { ...app.deps, objects: undefined });
    const headers = { Authorization: `Bearer ${merchant.token}` };
    const answer = await without.request(`/v1/customers/${order.customerId}`, { method: 'DELETE', headers });
    expect(answer.status).toBe(503);
    expect(await leftOf(order.id)).toMatchObject({ proofs: 2, pins: 1 });
    expect((await erase(order.customerId)).status).toBe(204);
    expect(keysOf(order.id)).toEqual([]);
  });

  test('gets no new files, nor a place by a late report', async () => {
    const order = await delivered();
    await erase(order.customerId);
    expect((await upload(order.id)).status).toBe(409);
    expect(keysOf(order.id)).toEqual([]);
    const occurredAt = new Date(Date.now() - 120_000).toISOString();
    const change = {
      status: 'failed',
      reason: 'Xiomara',
      updateId: uuidv7(),
      location: DROPOFF.location,
      occurredAt,
    };
    expect((await act(app, driver, order.id, 'status', change)).status).toBe(202);
    expect((await leftOf(order.id))?.reports).toContainEqual({ reason: null, location: null, details: {} });
  });
});
