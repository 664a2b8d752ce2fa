import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { METHODS } from '../functions/operation-ids.ts';
import { describeApi } from '../scripts/postman/api-description.ts';
import { createClient, DropMateError, openRoom, read } from './index.ts';
import { CREATING } from './transport.ts';

type Ask = { method: string; path: string; token: string | undefined; key: string | undefined; body: string };
type Reply = { status: number; body?: unknown; headers?: Record<string, string> };

/** What the server was asked, and what it answers, in this order; then 200 with what was asked. */
const asked: Ask[] = [];
const replies: (Reply | 'hang up' | ((ask: Ask) => Reply))[] = [];
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port, not on a pipe.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  asked.length = 0;
  replies.length = 0;
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const ask = {
    method: request.method ?? '',
    path: request.url ?? '',
    token: request.headers.authorization?.replace('Bearer ', ''),
    key: request.headers['idempotency-key']?.toString(),
    body: Buffer.concat(await request.toArray()).toString(),
  };
  asked.push(ask);
  const next = replies.shift();
  if (next === 'hang up') return void request.socket.destroy();
  const { status, body, headers } = (typeof next === 'function' ? next(ask) : next) ?? {
    status: 200,
    body: ask,
  };
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

const later = (status: number, seconds: number): Reply => ({
  status,
  body: { code: 'unavailable', detail: 'Later.', status },
  headers: { 'Retry-After': String(seconds) },
});
const session = (n: number, expiresIn = 600): Reply => ({
  status: 200,
  body: { accessToken: `access ${n}`, refreshToken: `refresh ${n}`, expiresIn },
});
const REFUSED: Reply = { status: 401, body: { code: 'unauthenticated', detail: 'No.' } };
const keyed = (more: object = {}) => createClient({ url, credentials: { apiKey: 'key' }, ...more });
const ORDER = { json: { dropoff: { address: 'x', contact: { name: 'y' } } }, header: {} };
const failure = (call: Promise<unknown>): Promise<DropMateError> =>
  call.then(
    () => Promise.reject(new Error('It worked.')),
    (error: unknown) => (error instanceof DropMateError ? error : Promise.reject(error)),
  );

describe('a call', () => {
  test('goes to its path with the key, and answers JSON, or nothing', async () => {
    await read(keyed().v1.orders[':id'].$get({ param: { id: 'a' } }));
    expect(asked).toMatchObject([{ method: 'GET', path: '/v1/orders/a', token: 'key', key: undefined }]);
    replies.push({ status: 204 });
    expect(await read(keyed().v1.zones[':id'].$delete({ param: { id: 'a' } }))).toBeUndefined();
  });

  test('that is refused throws what was said', async () => {
    const errors = [{ path: 'dropoff.address', message: 'is required' }];
    const body = { code: 'invalid', detail: 'The request is not valid.', requestId: 'r', errors, more: 1 };
    replies.push({ status: 400, body });
    const error = await failure(keyed().v1.orders.$post(ORDER));
    expect(error).toMatchObject({
      status: 400,
      code: 'invalid',
      requestId: 'r',
      errors,
      problem: { more: 1 },
    });
    expect(error.message).toBe('The request is not valid.');
  });

  test('that a proxy answers in its own words throws the status', async () => {
    replies.push({ status: 502, body: 'Bad gateway' });
    expect(await failure(keyed().v1.orders[':id'].$get({ param: { id: 'a' } }))).toMatchObject({
      ...{ status: 502, code: 'unknown', errors: [] },
    });
  });

  test('is made again as it was when it was asked to wait', async () => {
    replies.push(later(429, 0), later(503, 0));
    await keyed().v1.orders.$post(ORDER);
    expect(asked).toHaveLength(3);
    expect(new Set(asked.map(({ key, body }) => `${key} ${body}`)).size).toBe(1);
    expect(asked[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('has a key of its own each time, or the caller’s', async () => {
    const { v1 } = keyed();
    await v1.orders.$post(ORDER);
    await v1.orders.$post(ORDER);
    await v1.orders.$post({ ...ORDER, header: { 'idempotency-key': 'mine' } });
    expect(new Set(asked.map(({ key }) => key)).size).toBe(3);
    expect(asked[2]?.key).toBe('mine');
  });

  test('is not made twice when it could be done twice', async () => {
    const { v1 } = keyed();
    const assign = () =>
      v1.orders[':id'].assign.$post({ param: { id: 'a' }, header: {}, json: { driverId: 'b' } });
    replies.push(later(503, 0));
    expect((await failure(assign())).status).toBe(503);
    replies.push('hang up');
    expect(await failure(assign())).toMatchObject({ status: 0, code: 'no_answer' });
    // Nobody has looked at it: it may.
    replies.push(later(429, 0));
    await assign();
    expect(asked).toHaveLength(4);
  });

  test('whose connection was lost is made again where that does no harm', async () => {
    replies.push('hang up');
    await keyed().v1.orders.$post(ORDER);
    expect(asked).toHaveLength(2);
  });

  test('gives up after the retries it has, and at once when the wait is too long', async () => {
    replies.push(later(503, 0), later(503, 0), later(503, 0));
    const get = (more: object) => failure(keyed(more).v1.orders[':id'].$get({ param: { id: 'a' } }));
    expect(await get({ retries: 2 })).toMatchObject({ status: 503, retryAfter: 0 });
    expect(asked).toHaveLength(3);
    replies.push(later(429, 3600));
    expect(await get({})).toMatchObject({ status: 429, retryAfter: 3600 });
    expect(asked).toHaveLength(4);
  });
});

describe('a session', () => {
  const password = { email: 'a@example.com', password: 'secret' };
  const read2 = (client: ReturnType<typeof createClient>) =>
    client.v1.orders[':id'].$get({ param: { id: 'a' } });

  test('begins with the first call, once for all that wait for it', async () => {
    const onSession = vi.fn();
    const client = createClient({ url, credentials: { ...password, onSession } });
    replies.push(session(1));
    await Promise.all([read2(client), read2(client), read2(client)]);
    expect(asked.map(({ path, token }) => `${path} ${token}`)).toEqual([
      '/v1/auth/login undefined',
      ...Array(3).fill('/v1/orders/a access 1'),
    ]);
    expect(onSession).toHaveBeenCalledExactlyOnceWith(session(1).body);
  });

  test('is renewed before it expires, and when it is refused', async () => {
    const onSession = vi.fn();
    const given = { accessToken: 'old', refreshToken: 'refresh 0', expiresIn: 10 };
    const client = createClient({ url, credentials: { session: given, onSession } });
    replies.push(session(1), { status: 200, body: {} }, REFUSED, session(2));
    await read2(client);
    await read2(client);
    expect(asked.map(({ path, token }) => `${path} ${token}`)).toEqual([
      '/v1/auth/refresh undefined',
      '/v1/orders/a access 1',
      '/v1/orders/a access 1',
      '/v1/auth/refresh undefined',
      '/v1/orders/a access 2',
    ]);
    expect(asked[3]?.body).toBe('{"refreshToken":"refresh 1"}');
    expect(onSession).toHaveBeenCalledTimes(2);
  });

  test('that is over is begun anew with the password, and ends without', async () => {
    const client = createClient({ url, credentials: password });
    replies.push(session(1, 0), { status: 200, body: {} }, REFUSED, session(2));
    await read2(client);
    await read2(client);
    expect(asked.map(({ path }) => path.slice(4))).toEqual([
      'auth/login',
      'orders/a',
      'auth/refresh',
      'auth/login',
      'orders/a',
    ]);
    const given = { accessToken: 'old', refreshToken: 'r', expiresIn: 0 };
    replies.push(REFUSED);
    expect((await failure(read2(createClient({ url, credentials: { session: given } })))).status).toBe(401);
  });

  test('is not tried twice with a key that is refused', async () => {
    replies.push(REFUSED);
    expect((await failure(read2(keyed()))).status).toBe(401);
    expect(asked).toHaveLength(1);
  });
});

test('a room is joined with a new token for each connection', async () => {
  let n = 0;
  type Options = { host: string; query: () => Promise<{ token: string }> };
  class Socket {
    readonly options: Options;
    constructor(options: Options) {
      this.options = options;
    }
  }
  const address = async () =>
    ({ host: 'h', protocol: 'wss', party: 'p', room: 'r', token: `${++n}` }) as const;
  const { options } = await openRoom(Socket, address);
  expect(options.host).toBe('h');
  expect([await options.query(), await options.query(), n]).toEqual([{ token: '1' }, { token: '2' }, 2]);
});

test('exactly the POSTs that take an Idempotency-Key get one', () => {
  for (const [path, operations] of Object.entries(describeApi().paths ?? {})) {
    for (const method of METHODS) {
      const operation = operations[method];
      if (operation === undefined) continue;
      const takesKey = (operation.parameters ?? []).some(
        (parameter) => 'name' in parameter && parameter.name === 'idempotency-key',
      );
      expect(method === 'post' && CREATING.test(path), `${method} ${path}`).toBe(takesKey);
    }
  }
});
