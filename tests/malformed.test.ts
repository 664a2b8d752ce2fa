import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCOPES } from '../domain/policy.ts';
import { BODIES, PARAMETERS, type Victim } from './authorisation.table.ts';
import { createTestApp, type TestMerchant } from './support/app.ts';
import { act, addOrder } from './support/orders.ts';

// Whatever comes in, no route answers 5xx: each body of the authorisation table, with one value after the other spoiled.

const app = await createTestApp({ tileUrl: undefined });
let merchant: TestMerchant;
let victim: Victim;

beforeAll(async () => {
  merchant = await app.addMerchant();
  const driver = await app.addDriver(merchant.id);
  const order = await addOrder(app, merchant);
  await act(app, merchant, order.id, 'assign', { driverId: driver.id });
  victim = {
    merchantId: merchant.id,
    orderId: order.id,
    customerId: order.customerId ?? '',
    driverId: driver.id,
    colleagueId: (await app.addDriver(merchant.id, 'Ben')).id,
    userId: uuidv7(),
    keyId: uuidv7(),
    deviceId: uuidv7(),
    proofId: uuidv7(),
    shiftId: uuidv7(),
    lateReportId: uuidv7(),
    zoneId: uuidv7(),
    webhookId: uuidv7(),
    deliveryId: uuidv7(),
    token: 'x'.repeat(22),
  };
});
afterAll(() => app.end());

const NASTY: unknown[] = [
  null,
  '',
  ' ',
  'x'.repeat(10_000),
  'a\u0000b',
  '\ud83d',
  '﷽ \u202e ñ 💥',
  "'; drop table orders; --",
  '00000000-0000-0000-0000-000000000000',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999-23:59',
  0,
  -1,
  0.1,
  2 ** 31,
  2 ** 53,
  1e308,
  true,
  [],
  {},
  [[]],
  { constructor: 1 },
  JSON.parse('{"__proto__": {"x": 1}}'),
];

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body with each of its values in turn, at any depth, replaced; and the body as a whole. */
function* spoiled(body: unknown, nasty: unknown): Generator<unknown> {
  yield nasty;
  if (Array.isArray(body)) yield [nasty];
  if (!isObject(body)) return;
  for (const [key, value] of Object.entries(body)) {
    for (const worse of spoiled(value, nasty)) yield { ...body, [key]: worse };
  }
}

const pathOf = (route: string): string => {
  const parts = route.replace(/^\w+ /, '').split('/');
  return parts
    .map((part, index) =>
      part.startsWith(':') ? (PARAMETERS[parts[index - 1] ?? '']?.(victim) ?? '1') : part,
    )
    .join('/');
};

async function expectNoFailure(method: string, path: string, options: Parameters<typeof app.request>[2]) {
  const { status, body } = await app.request(method, path, options);
  expect(status, `${method} ${path} with ${JSON.stringify(options)}: ${JSON.stringify(body)}`).toBeLessThan(
    500,
  );
}

describe('no body makes it fail', () => {
  test.each(Object.keys(BODIES).filter((route) => route !== 'POST /v1/merchants'))('%s', async (route) => {
    const [method = ''] = route.split(' ');
    const token = route.includes('/internal/') ? await app.serviceToken() : merchant.token;
    for (const nasty of NASTY) {
      for (const body of spoiled(BODIES[route]?.(victim), nasty)) {
        await expectNoFailure(method, pathOf(route), { token, body: JSON.stringify(body) });
      }
    }
  });

  test('an order with any JSON anywhere', async () => {
    const keys = [
      'externalId',
      'pickup',
      'items',
      'total',
      'readyAt',
      'notes',
      'tip',
      'proof',
      'address',
      'location',
    ];
    const key = fc.oneof(fc.constantFrom(...keys, 'contact', 'window'), fc.string({ unit: 'binary' }));
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary' }),
        fc.double(),
        fc.boolean(),
        fc.constantFrom(...NASTY),
        fc.dictionary(key, tie('json')),
        fc.array(tie('json'), { maxLength: 4 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, json), async (change) => {
        const dropoff = { address: 'x', contact: { name: 'x' } };
        for (const body of [change, { dropoff, ...change }, { dropoff: { ...dropoff, ...change } }]) {
          await expectNoFailure('POST', '/v1/orders', { token: merchant.token, body: JSON.stringify(body) });
        }
      }),
      { numRuns: 200, seed: 20_261_122 },
    );
  });
});

describe('no query, path or header makes it fail', () => {
  const TEXTS = NASTY.filter((nasty): nasty is string => typeof nasty === 'string').map((text) =>
    text.toWellFormed(),
  );
  const LISTS = ['/v1/orders', '/v1/drivers', '/v1/customers', '/v1/users', '/v1/api-keys'];
  const NAMES = 'limit cursor status driverId customerId externalId from to q search phone email'.split(' ');

  test.each(LISTS)('%s', async (path) => {
    for (const name of NAMES) {
      for (const text of [...TEXTS, '-1', '1e9', 'NaN', '%', 'MDE5ODAwMDAtMDAwMC03MDAw']) {
        const value = encodeURIComponent(text);
        await expectNoFailure('GET', `${path}?${name}=${value}`, { token: merchant.token });
        await expectNoFailure('GET', `${path}?${name}=1&${name}=${value}`, { token: merchant.token });
      }
    }
    await expectNoFailure('GET', `${path}?%ff=%ff&__proto__=1&constructor[x]=1&=`, { token: merchant.token });
  });

  test('an id, a token and a tile of any kind', async () => {
    const { token: key } = await app.addApiKey(merchant.id, [...SCOPES]);
    for (const text of [...TEXTS, '%', '%zz', '..', '%2e%2e%2f', '%00', '%ff%fe']) {
      const value = text.startsWith('%') || text === '..' ? text : encodeURIComponent(text);
      for (const path of [
        ...LISTS.map((list) => `${list}/${value}`),
        `/v1/drivers/${value}/orders`,
        `/v1/tracking/${value}`,
        `/v1/tracking/${value}/room`,
        `/t/${value}`,
        `/tiles/${value}/1/${value}`,
        `/assets/${value}`,
        `/${value}`,
      ]) {
        await expectNoFailure('GET', path, { token: key });
        await expectNoFailure('GET', path, {});
      }
    }
  });

  test('a header of any kind', async () => {
    const texts = ['x', ',', '"', '"1"', 'W/"1"', ';q=', '*/*;q=x', 'é'.repeat(3), '='.repeat(5000)];
    const names = [
      'If-Match',
      'Accept-Language',
      'Authorization',
      'Range',
      'Accept-Encoding',
      'Idempotency-Key',
    ];
    for (const name of [...names, 'X-Forwarded-For', 'Content-Length', 'Transfer-Encoding', 'Cookie']) {
      for (const text of texts) {
        for (const [method, path, body] of [
          ['GET', '/', undefined],
          ['GET', '/v1/orders', undefined],
          ['PATCH', `/v1/orders/${victim.orderId}`, { notes: 'x' }],
        ] as const) {
          const headers = { Authorization: `Bearer ${merchant.token}`, [name]: text };
          await expectNoFailure(method, path, body === undefined ? { headers } : { headers, body });
        }
      }
    }
  });
});
