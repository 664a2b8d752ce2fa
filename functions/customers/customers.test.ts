import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import type { Customer } from './customer.ts';

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t.end());

type Problem = { code: string; errors: { path: string }[] };
type Page = { data: Customer[]; nextCursor: string | null };

const luis = {
  name: ' Luis Suárez',
  phone: '+59899111222',
  email: 'luis@example.com',
  address: 'Bulevar Artigas 1500',
  location: { lat: -34.9, lng: -56.16 },
};
const add = <T = Customer>(token: string, body: object) =>
  t.request<T>('POST', '/v1/customers', { token, body });

describe('adding a customer', () => {
  test('answers the customer, who can be read again', async () => {
    const { token } = await t.addMerchant();
    const created = await add(token, luis);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ ...luis, name: 'Luis Suárez', erasedAt: null });
    const path = `/v1/customers/${created.body.id}`;
    expect(created.headers.get('Location')).toBe(path);
    const read = await t.request<Customer>('GET', path, { token });
    expect([read.status, read.body]).toEqual([200, created.body]);
    const minimal = await add(token, { name: 'Eva' });
    expect(minimal.body).toMatchObject({ phone: null, email: null, address: null, location: null });
  });

  test('a phone is one customer; an email is one of those without a phone', async () => {
    const { token } = await t.addMerchant();
    await add(token, luis);
    const phone = await add<Problem>(token, { name: 'Other', phone: luis.phone });
    expect([phone.status, phone.body.errors]).toMatchObject([409, [{ path: 'phone' }]]);
    expect((await add(token, { name: 'Without a phone', email: luis.email })).status).toBe(201);
    const email = await add<Problem>(token, { name: 'Another', email: luis.email });
    expect([email.status, email.body.errors]).toMatchObject([409, [{ path: 'email' }]]);
    const { token: elsewhere } = await t.addMerchant();
    expect((await add(elsewhere, luis)).status).toBe(201);
  });

  test('says what is wrong, each with its path', async () => {
    const { token } = await t.addMerchant();
    const wrong = { email: 'x', location: { lat: 91, lng: 0 }, age: 3 };
    const refused = await add<Problem>(token, wrong);
    expect(refused.status).toBe(400);
    expect(refused.body.errors.map((e) => e.path).sort()).toEqual(['age', 'email', 'location.lat', 'name']);
  });

  test('an order finds its customer by the phone', async () => {
    const { token } = await t.addMerchant();
    const { body: customer } = await add(token, luis);
    const dropoff = { address: 'Elsewhere 1', contact: { name: 'Luis', phone: luis.phone } };
    const order = await t.request('POST', '/v1/orders', { token, body: { dropoff } });
    expect(order.body.customerId).toBe(customer.id);
  });
});

describe('reading customers', () => {
  test('the newest comes first, page by page', async () => {
    const { token } = await t.addMerchant();
    const ids: string[] = [];
    for (const name of ['A', 'B', 'C']) ids.unshift((await add(token, { name })).body.id);
    const first = await t.request<Page>('GET', '/v1/customers?limit=2', { token });
    expect(first.body.data.map((c) => c.id)).toEqual(ids.slice(0, 2));
    const next = `/v1/customers?limit=2&cursor=${first.body.nextCursor}`;
    const rest = await t.request<Page>('GET', next, { token });
    expect(rest.body).toMatchObject({ data: [{ id: ids[2] }], nextCursor: null });
    expect((await t.request('GET', '/v1/customers?cursor=x', { token })).status).toBe(400);
  });

  test('a phone and an email are the same in any spelling', async () => {
    const { token } = await t.addMerchant();
    const { body: customer } = await add(token, {
      ...luis,
      phone: '+598 99 11-12.22',
      email: 'Luis@Example.com',
    });
    expect(customer).toMatchObject({ phone: luis.phone, email: luis.email });
    for (const query of ['phone=%2B598%20(99)%20111222', 'email=LUIS@example.com']) {
      const { body } = await t.request<Page>('GET', `/v1/customers?${query}`, { token });
      expect(body.data.map((c) => c.id)).toEqual([customer.id]);
    }
    const path = `/v1/customers/${customer.id}`;
    const changed = await t.request<Customer>('PATCH', path, { token, body: { phone: '(2) 901' } });
    expect(changed.body.phone).toBe('2901');
    const refused = await add<Problem>(token, { name: 'Eva', phone: '--' });
    expect([refused.status, refused.body.errors[0]?.path]).toEqual([400, 'phone']);
  });

  test('by phone and by email', async () => {
    const { token } = await t.addMerchant();
    const { body: customer } = await add(token, luis);
    await add(token, { name: 'Other' });
    for (const query of [`phone=${encodeURIComponent(luis.phone)}`, `email=${luis.email}`]) {
      const { body } = await t.request<Page>('GET', `/v1/customers?${query}`, { token });
      expect(body.data.map((c) => c.id)).toEqual([customer.id]);
    }
    const { body } = await t.request<Page>('GET', '/v1/customers?phone=1', { token });
    expect(body.data).toEqual([]);
  });
});

describe('changing a customer', () => {
  test('changes what is named and takes away what is null', async () => {
    const { token } = await t.addMerchant();
    const { body: customer } = await add(token, luis);
    const body = { name: 'Luis', email: null, location: null };
    const changed = await t.request<Customer>('PATCH', `/v1/customers/${customer.id}`, { token, body });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ ...luis, ...body });
    expect(Date.parse(changed.body.updatedAt)).toBeGreaterThanOrEqual(Date.parse(customer.updatedAt));
  });

  test("another's phone is refused", async () => {
    const { token } = await t.addMerchant();
    await add(token, luis);
    const { body: eva } = await add(token, { name: 'Eva' });
    const path = `/v1/customers/${eva.id}`;
    const refused = await t.request<Problem>('PATCH', path, { token, body: { phone: luis.phone } });
    expect([refused.status, refused.body.errors[0]?.path]).toEqual([409, 'phone']);
  });
});

test('drivers have no business here, nobody either, and another merchant finds nothing', async () => {
  const [merchant, other] = [await t.addMerchant(), await t.addMerchant()];
  const driver = await t.addDriver(merchant.id);
  const { body: customer } = await add(merchant.token, { name: 'Eva' });
  const one = `/v1/customers/${customer.id}`;
  const requests = [
    ['POST', '/v1/customers', { name: 'X' }],
    ['GET', '/v1/customers', undefined],
    ['GET', one, undefined],
    ['PATCH', one, { name: 'X' }],
    ['DELETE', one, undefined],
  ] as const;
  for (const [method, path, body] of requests) {
    expect((await t.request(method, path, { token: driver.token, body })).status).toBe(403);
    expect((await t.request(method, path, { body })).status).toBe(401);
    if (path === one) {
      expect((await t.request(method, path, { token: other.token, body })).status).toBe(404);
    }
  }
  const read = await t.request<Customer>('GET', one, { token: merchant.token });
  expect(read.body.name).toBe('Eva');
});

test('a key does what its scope names', async () => {
  const merchant = await t.addMerchant();
  const reader = await t.addApiKey(merchant.id, ['customers:read']);
  const writer = await t.addApiKey(merchant.id, ['customers:write']);
  expect((await add(reader.token, { name: 'Eva' })).status).toBe(403);
  expect((await add(writer.token, { name: 'Eva' })).status).toBe(201);
  expect((await t.request('GET', '/v1/customers', { token: writer.token })).status).toBe(403);
  const { body } = await t.request<Page>('GET', '/v1/customers', { token: reader.token });
  expect(body.data.map((c) => c.name)).toEqual(['Eva']);
});
