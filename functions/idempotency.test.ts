import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestMerchant } from '../tests/support/app.ts';
import { anEmail } from './accounts/accounts.fixture.ts';

let app: TestApp;
let merchant: TestMerchant;
let driverId: string;

beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
  driverId = (await app.addDriver(merchant.id)).id;
});
afterAll(() => app.end());

type Created = { id?: string; code?: string; errors?: { path: string }[] };
const post = (path: string, body: unknown, key: string, who = merchant) =>
  app.request<Created>('POST', path, { token: who.token, body, headers: { 'Idempotency-Key': key } });
const replayed = ({ headers }: { headers: Headers }) => headers.get('Idempotency-Replayed');

const SQUARE = {
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

/** Each verb that creates, with the table it adds a row to. Orders have tests of their own. */
const CREATING: [path: string, table: string, body: () => unknown][] = [
  ['/v1/drivers', 'drivers', () => ({ name: 'Ana', vehicleType: 'car', email: anEmail() })],
  ['/v1/drivers/{id}/devices', 'devices', () => ({ name: 'Phone' })],
  ['/v1/drivers/{id}/invite', 'invitations', () => undefined],
  ['/v1/customers', 'customers', () => ({ name: 'Lucía', phone: `+598${Date.now()}` })],
  ['/v1/users', 'users', () => ({ name: 'Bruno', email: anEmail() })],
  ['/v1/api-keys', 'api_keys', () => ({ name: 'Shop', scopes: ['orders:read'] })],
  ['/v1/zones', 'zones', () => ({ name: 'Centre', area: SQUARE, fee: { base: 100 } })],
  [
    '/v1/webhooks',
    'webhook_endpoints',
    () => ({ url: 'https://203.0.114.1/hook', events: ['order.created'] }),
  ],
];

const countOf = async (table: string): Promise<number> =>
  (await app.owner`select count(*)::int as n from ${app.owner(table)} where merchant_id = ${merchant.id}`)[0]
    ?.n;

describe.each(CREATING)('POST %s with an Idempotency-Key', (pattern, table, body) => {
  const path = () => pattern.replace('{id}', driverId);

  test('creates once, and is answered as at first', async () => {
    const [input, key] = [body(), randomUUID()];
    const first = await post(path(), input, key);
    expect([first.status, replayed(first)]).toEqual([201, null]);
    const rows = await countOf(table);
    const again = await post(path(), input, key);
    expect([again.status, replayed(again)]).toEqual([201, 'true']);
    expect(again.body).toEqual(first.body);
    expect(await countOf(table)).toBe(rows);
  });

  test('of many at once creates once; the others are told to wait, or what the first was', async () => {
    const [input, key, before] = [body(), randomUUID(), await countOf(table)];
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(path(), input, key)));
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect(answers.filter((answer) => answer.status === 201 && replayed(answer) === null)).toHaveLength(1);
    // An invitation takes the place of the one before.
    if (table !== 'invitations') expect(await countOf(table)).toBe(before + 1);
  });
});

test('every route that creates takes the header, or a client-made id', async () => {
  const { body } = await app.request<{ paths: Record<string, Record<string, Operation>> }>(
    'GET',
    '/openapi.json',
  );
  const creating = Object.entries(body.paths).flatMap(([path, { post: operation }]) =>
    operation?.responses['201'] === undefined ? [] : [{ path, operation }],
  );
  const without = creating
    .filter(({ operation }) => !operation.parameters?.some(({ name }) => name === 'idempotency-key'))
    .map(({ path }) => path);
  expect(without.sort()).toEqual(BY_OTHER_MEANS);
});

type Operation = { responses: Record<string, unknown>; parameters?: { name: string }[] };
/** A business has its email, a subscription its endpoint; messages and proofs have an id that the client makes. */
const BY_OTHER_MEANS = [
  '/v1/merchants',
  '/v1/orders/{id}/messages',
  '/v1/orders/{id}/proofs',
  '/v1/push/subscriptions',
  '/v1/tracking/{token}/messages',
  '/v1/tracking/{token}/push',
];

test('the same key for another route, or another merchant, is another request', async () => {
  const key = randomUUID();
  expect((await post('/v1/customers', { name: 'Lucía' }, key)).status).toBe(201);
  const other = await post('/v1/drivers', { name: 'Lucía', vehicleType: 'car' }, key);
  expect([other.status, other.body.errors?.[0]?.path]).toEqual([422, 'Idempotency-Key']);
  const order = { dropoff: { address: 'Colonia 1', contact: { name: 'Lucía' } } };
  expect((await post('/v1/orders', order, key)).status).toBe(422);
  expect((await post('/v1/customers', { name: 'Lucía' }, key, await app.addMerchant())).status).toBe(201);
});

test('a key that two drivers have used is another request of each', async () => {
  const key = randomUUID();
  const [ana, beto] = [await app.addDriver(merchant.id), await app.addDriver(merchant.id)];
  const add = ({ token }: { token: string }) =>
    post('/v1/drivers/me/devices', { name: 'Phone' }, key, { ...merchant, token });
  const first = await add(ana);
  expect(first.status).toBe(201);
  const other = await add(beto);
  expect([other.status, other.body.errors?.[0]?.path]).toEqual([422, 'Idempotency-Key']);
  expect((await add(ana)).body).toEqual(first.body);
});

test('the key of an order is not taken for another thing', async () => {
  const key = randomUUID();
  const order = { dropoff: { address: 'Colonia 1', contact: { name: 'Lucía' } } };
  expect((await post('/v1/orders', order, key)).status).toBe(201);
  expect((await post('/v1/customers', { name: 'Lucía' }, key)).status).toBe(422);
});

test('what failed is not kept: the next with that key may succeed', async () => {
  const key = randomUUID();
  const taken = { name: 'Bruno', email: anEmail() };
  await post('/v1/users', taken, randomUUID());
  expect((await post('/v1/users', taken, key)).status).toBe(409);
  expect((await post('/v1/users', { ...taken, email: anEmail() }, key)).status).toBe(201);
});

test('after a day it is a new request', async () => {
  const [key, input] = [randomUUID(), { name: 'Lucía' }];
  const first = await post('/v1/customers', input, key);
  await app.owner`update idempotency_keys set created_at = now() - interval '25 hours' where key = ${key}`;
  const next = await post('/v1/customers', input, key);
  expect([next.status, replayed(next)]).toEqual([201, null]);
  expect(next.body.id).not.toBe(first.body.id);
  expect((await post('/v1/customers', input, key)).body.id).toBe(next.body.id);
});

test('a secret that is shown once is not readable in the table', async () => {
  const key = randomUUID();
  const { body } = await post('/v1/api-keys', { name: 'Shop', scopes: ['orders:read'] }, key);
  const secret = (body as { key: string }).key;
  expect(secret).toMatch(/^dm_live_/);
  const [row] = await app.owner`select response::text as response from idempotency_keys where key = ${key}`;
  expect(row?.response).not.toContain(secret);
});
