import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ERROR_CODES } from '../domain/errors.ts';
import { createTestApp, type TestApp, type TestMerchant } from '../tests/support/app.ts';
import { addOrder, DROPOFF, type Problem } from '../tests/support/orders.ts';
import { createApp } from './app.ts';
import { createMetrics } from './metrics.ts';

let app: TestApp;
let merchant: TestMerchant;
const lines: string[] = [];
const log = pino(
  { level: 'trace' },
  new Writable({
    write(chunk: Buffer, _, done) {
      lines.push(chunk.toString());
      done();
    },
  }),
);

beforeAll(async () => {
  app = await createTestApp({
    log,
    metrics: createMetrics({ ordersByStatus: async () => [{ status: 'created', count: 3 }] }),
  });
  merchant = await app.addMerchant();
});
afterAll(() => app.end());
beforeEach(() => {
  lines.length = 0;
});

const logged = () => lines.map((line): Record<string, unknown> => JSON.parse(line));
const create = (body: unknown, headers: Record<string, string> = {}) =>
  app.request<Problem>('POST', '/v1/orders', { token: merchant.token, body, headers });

describe('a refusal', () => {
  test('is a problem document with the request’s id, which its header and the log line carry too', async () => {
    const { status, headers, body } = await app.request<Problem>('GET', '/v1/nothing/here', {
      token: merchant.token,
    });
    expect(status).toBe(404);
    expect(headers.get('Content-Type')).toBe('application/problem+json');
    expect(body).toEqual({
      type: 'urn:dropmate:problem:not_found',
      title: ERROR_CODES.not_found.title,
      status: 404,
      detail: 'There is nothing at this path.',
      code: 'not_found',
      requestId: headers.get('X-Request-Id'),
    });
    expect(logged()).toMatchObject([{ requestId: body.requestId, status: 404 }]);
  });

  test('of a known path with another method is 405 and says which it answers', async () => {
    const { status, headers, body } = await app.request<Problem>('DELETE', '/v1/orders', {
      token: merchant.token,
    });
    expect({ status, code: body.code }).toEqual({ status: 405, code: 'method_not_allowed' });
    expect(headers.get('Allow')?.split(', ').sort()).toEqual(['GET', 'POST']);
    expect((await app.request('PUT', '/t/some-token')).headers.get('Allow')).toBe('GET');
    expect((await app.request('POST', '/healthz')).status).toBe(405);
  });

  test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'of a body that is %s is 415',
    async (type) => {
      const { status, body } = await create(JSON.stringify({ dropoff: DROPOFF }), { 'Content-Type': type });
      expect({ status, code: body.code }).toEqual({ status: 415, code: 'unsupported_media_type' });
    },
  );

  test('takes JSON with a charset, or as one of its kinds', async () => {
    for (const type of ['application/json; charset=utf-8', 'APPLICATION/JSON']) {
      expect((await create({ dropoff: DROPOFF }, { 'Content-Type': type })).status).toBe(201);
    }
  });

  test.each(['{', '', '{"dropoff":', 'null,', "{'a':1}", '\u{feff}x', '{"a":1}{"b":2}'])(
    'of a body that is no JSON (%j) is 400 at the path of the whole',
    async (body) => {
      const answer = await create(body);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ code: 'invalid', errors: [{ path: '' }] });
    },
  );

  test.each([[null], [[]], ['text'], [7], [true]])('of a body that is %j is 400', async (body) => {
    const answer = await create(JSON.stringify(body));
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ path: '' }]);
  });

  test('of a body deeper than any of ours is 400, not a crash', async () => {
    const deep = `{"dropoff":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    expect((await create(deep)).status).toBe(400);
  });

  test('names the path of each wrong value, and of each unknown key', async () => {
    const { status, body } = await create({
      dropoff: { ...DROPOFF, contact: { name: '', phone: 7, fax: '1' }, location: { lat: 91, lng: 0 } },
      items: [
        { name: 'a', quantity: 1 },
        { name: 'b', quantity: 0.5, price: -1 },
      ],
      total: '12',
      readyAt: 'tomorrow',
      colour: 'red',
      constructor: 1,
    });
    expect(status).toBe(400);
    expect(body.errors?.map(({ path }) => path).sort()).toEqual([
      'colour',
      'constructor',
      'dropoff.contact.fax',
      'dropoff.contact.name',
      'dropoff.contact.phone',
      'dropoff.location.lat',
      'items.1.price',
      'items.1.quantity',
      'readyAt',
      'total',
    ]);
  });

  test.each([
    ['a NUL', 'a\u0000b'],
    ['half of a surrogate pair', 'a\ud83d'],
    ['the other half', '\udef5b'],
  ])('of a text with %s is 400, wherever it stands', async (_, text) => {
    const places: [string, Record<string, unknown>][] = [
      ['externalId', { externalId: text }],
      ['notes', { notes: text }],
      ['dropoff.address', { dropoff: { ...DROPOFF, address: text } }],
      ['dropoff.instructions', { dropoff: { ...DROPOFF, instructions: text } }],
      ['dropoff.contact.name', { dropoff: { ...DROPOFF, contact: { name: text } } }],
      ['items.0.name', { items: [{ name: text, quantity: 1 }] }],
    ];
    for (const [path, change] of places) {
      const { status, body } = await create({ dropoff: DROPOFF, ...change });
      expect(status, path).toBe(400);
      expect(body.errors).toMatchObject([{ path }]);
    }
    const query = await app.request(
      'GET',
      `/v1/orders?externalId=${encodeURIComponent(text.toWellFormed())}`,
      {
        token: merchant.token,
      },
    );
    expect([200, 400]).toContain(query.status);
  });

  test.each([
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999-23:59',
    '1969-12-31T23:59:59Z',
    '2026-02-30T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22',
    '2026-11-22T10:00:00',
    20_261_122,
  ])('of the time %j is 400 in a body and in a query', async (time) => {
    const { status, body } = await create({ dropoff: DROPOFF, readyAt: time });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ path: 'readyAt' }]);
    const list = await app.request<Problem>('GET', `/v1/orders?from=${encodeURIComponent(time)}`, {
      token: merchant.token,
    });
    expect(list.status).toBe(400);
    expect(list.body.errors).toMatchObject([{ path: 'from' }]);
  });

  test.each(['/v1/orders/7', '/v1/orders/%00', '/v1/orders/%ff', "/v1/orders/'--", '/v1/orders/%E0%A4%A'])(
    'of an id that is none (%s) is 404',
    async (path) => {
      expect((await app.request('GET', path, { token: merchant.token })).status).toBe(404);
    },
  );

  test('shows no stack, no SQL and no cause, when something unforeseen fails', async () => {
    const broken = createApp([], {
      ...app.deps,
      geocoder: () => Promise.reject(new Error('secret inner state', { cause: 'deeper' })),
    });
    const response = await broken.request('/v1/orders', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${merchant.token}` },
      body: JSON.stringify({ dropoff: { address: 'Somewhere', contact: { name: 'x' } } }),
    });
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: 'internal', status: 500 });
    expect(text).not.toMatch(/secret|deeper|\.ts|at /);
    // The log has it whole, for us.
    expect(lines.join('')).toContain('secret inner state');
  });
});

describe('a body', () => {
  const sized = (bytes: number): string => {
    const start = '{"notes":"';
    return `${start}${'x'.repeat(bytes - start.length - 2)}"}`;
  };

  test('of more than 256 KB is 413, with and without a declared length', async () => {
    const declared = await create(sized(256 * 1024 + 1), { 'Content-Length': String(256 * 1024 + 1) });
    const streamed = await create(sized(256 * 1024 + 1));
    for (const { status, body } of [declared, streamed]) {
      expect({ status, code: body.code, detail: body.detail }).toEqual({
        status: 413,
        code: 'too_large',
        detail: 'A body is at most 256 KB.',
      });
    }
  });

  test('of just 256 KB is read, and refused for what it says', async () => {
    const { status, body } = await create(sized(256 * 1024));
    expect(status).toBe(400);
    expect(body.errors?.map(({ path }) => path)).toContain('notes');
  });

  test('is looked at only after who sends it', async () => {
    const { status } = await app.request('POST', '/v1/orders', { body: '{' });
    expect(status).toBe(401);
  });
});

describe('the log', () => {
  test('has one line a request: who, what by its pattern, and how it ended', async () => {
    const { id } = await addOrder(app, merchant);
    lines.length = 0;
    const { headers } = await app.request('GET', `/v1/orders/${id}`, { token: merchant.token });
    expect(logged()).toEqual([
      {
        level: 30,
        time: expect.any(Number),
        pid: expect.any(Number),
        hostname: expect.any(String),
        requestId: headers.get('X-Request-Id'),
        method: 'GET',
        route: '/v1/orders/{id}'.replace('{id}', ':id'),
        status: 200,
        ms: expect.any(Number),
        actor: `manager:${merchant.userId}`,
        merchant: merchant.id,
        msg: 'request',
      },
    ]);
  });

  test('never holds a token, a phone number, an address or a name', async () => {
    const { trackingUrl } = await addOrder(app, merchant);
    const tracking = trackingUrl?.split('/t/')[1] ?? '';
    const { token: key } = await app.addApiKey(merchant.id, []);
    await create({ dropoff: { ...DROPOFF, contact: { name: 'Ana Pérez', phone: 5 } } });
    await app.request('GET', `/v1/tracking/${tracking}`);
    await app.request('GET', `/v1/tracking/${tracking}/room`);
    await app.request('GET', `/v1/tracking/${tracking}?secret=1`, { token: tracking });
    await app.request('GET', `/t/${tracking}`);
    await app.request('GET', `/t/${tracking}/nothing`);
    await app.request('GET', '/v1/orders', { token: key });
    await app.request('GET', '/v1/orders?externalId=%00', { token: merchant.token });
    const text = lines.join('');
    expect(logged().filter(({ msg }) => msg === 'request')).toHaveLength(9);
    for (const secret of [tracking, key, merchant.token, '99 123 456', 'Bulevar', 'Pérez']) {
      expect(text).not.toContain(secret);
    }
  });

  test('holds neither parameters nor rows of a statement that failed', async () => {
    await app.owner`alter table orders add constraint no_such_note check (notes <> 'Bulevar 99 123 456')`;
    try {
      const { status } = await create({ dropoff: DROPOFF, notes: 'Bulevar 99 123 456' });
      expect(status).toBe(500);
      const { id } = await addOrder(app, merchant);
      const edit = await app.request('PATCH', `/v1/orders/${id}`, {
        token: merchant.token,
        body: { notes: 'Bulevar 99 123 456' },
      });
      expect(edit.status).toBe(500);
    } finally {
      await app.owner`alter table orders drop constraint no_such_note`;
    }
    const errors = logged().filter(({ level }) => level === 50);
    expect(errors).toHaveLength(2);
    for (const error of errors) {
      expect(error).toMatchObject({ err: { code: '23514', constraint: 'no_such_note', table: 'orders' } });
    }
    expect(lines.join('')).not.toMatch(/Bulevar|99 123|Pérez/);
  });

  test('tells of what rooms ask only to who debugs', async () => {
    const token = await app.serviceToken();
    await app.request('GET', `/internal/fleet/${merchant.id}`, { token });
    expect(logged()).toMatchObject([{ level: 20, route: '/internal/fleet/:merchant', status: 200 }]);
  });

  test('is silent about probes', async () => {
    await app.request('GET', '/healthz');
    await app.request('GET', '/readyz');
    await app.request('GET', '/metrics');
    expect(lines).toEqual([]);
  });
});

describe('the probes', () => {
  test('say that the process lives and is ready', async () => {
    expect(await app.request('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await app.request('GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  test('say that it is not ready for requests until the newest migration has run', async () => {
    const [newest] = await app.owner<{ id: number; created_at: string }[]>`
      select id, created_at from drizzle.__drizzle_migrations order by created_at desc limit 1`;
    const { id = 0, created_at: made = '' } = newest ?? {};
    const setMade = (when: string) =>
      app.owner`update drizzle.__drizzle_migrations set created_at = ${when} where id = ${id}`;
    await setMade(String(Number(made) - 1));
    expect((await app.request('GET', '/readyz')).status).toBe(503);
    // A later release may have gone further.
    await setMade(String(Number(made) + 1));
    expect((await app.request('GET', '/readyz')).status).toBe(200);
    await setMade(made);
    expect((await app.request('GET', '/readyz')).status).toBe(200);
  });

  test('say that it is draining, while it still serves', async () => {
    const draining = createApp([], { ...app.deps, draining: () => true });
    expect((await draining.request('/readyz')).status).toBe(503);
    expect((await draining.request('/healthz')).status).toBe(200);
    const headers = { Authorization: `Bearer ${merchant.token}` };
    expect((await draining.request('/v1/orders', { headers })).status).toBe(200);
  });
});

describe('the metrics', () => {
  test('count requests by pattern and status, never by path', async () => {
    const { id } = await addOrder(app, merchant);
    await app.request('GET', `/v1/orders/${id}`, { token: merchant.token });
    await app.request('GET', '/somewhere/else');
    const { status, headers, body } = await app.request<string>('GET', '/metrics');
    expect(status).toBe(200);
    expect(headers.get('Content-Type')).toMatch(/^text\/plain; version=/);
    expect(body).toMatch(
      /^dropmate_http_requests_total\{method="GET",route="\/v1\/orders\/:id",status="200"\} \d+$/m,
    );
    expect(body).toMatch(/^dropmate_http_requests_total\{method="GET",route="unknown",status="404"\} \d+$/m);
    expect(body).toMatch(
      /^dropmate_http_request_duration_seconds_bucket\{le="0.05",method="GET",route="\/v1\/orders\/:id"\} /m,
    );
    expect(body).toMatch(/^dropmate_orders\{status="created"\} 3$/m);
    expect(body).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(body).toMatch(/^process_resident_memory_bytes /m);
    expect(body).not.toContain(id);
    expect(body).not.toContain('/somewhere');
  });

  test('are not on the public port once they have one of their own', async () => {
    const hidden = createApp([], { ...app.deps, privateMetrics: true });
    expect((await hidden.request('/metrics')).status).toBe(404);
  });

  test('are given without the orders when the database cannot count them', async () => {
    for (const ordersByStatus of [
      () => Promise.reject(new Error('gone')),
      () => new Promise<never>(() => {}),
    ]) {
      const metrics = createMetrics({ ordersByStatus });
      const response = await createApp([], { ...app.deps, metrics }).request('/metrics');
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('process_cpu_seconds_total');
    }
  });
});

describe('a process of some services', () => {
  test('answers those, the probes and nothing else', async () => {
    const orders = createApp(['orders'], app.deps);
    const headers = { Authorization: `Bearer ${merchant.token}` };
    expect((await orders.request('/v1/orders', { headers })).status).toBe(200);
    expect((await orders.request('/readyz')).status).toBe(200);
    expect((await orders.request('/v1/tracking/x')).status).toBe(404);
    expect((await orders.request('/')).status).toBe(404);
  });
});
