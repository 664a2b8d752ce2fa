import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../db/client.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../db/embedded/start.ts';
import { migrate } from '../db/migrate.ts';
import { createTestApp, type TestApp, type TestMerchant } from '../tests/support/app.ts';
import { addOrder, DROPOFF, type Order, type Problem } from '../tests/support/orders.ts';

/** A server of this file's own, to be stopped and started again. */
let server: EmbeddedPostgres;
let folder: string;
let app: TestApp;
let merchant: TestMerchant;
const secret = Buffer.alloc(32, 3).toString('base64url');
const lines: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dropmate-test-'));
  server = await startEmbeddedPostgres({ dataFolder: folder, durable: false });
  const databaseUrl = await ownedByNoSuperuser(server.url);
  await migrate({ databaseUrl, secret });
  const log = pino(
    { level: 'info' },
    new Writable({
      write(chunk: Buffer, _, done) {
        lines.push(chunk.toString());
        done();
      },
    }),
  );
  app = await createTestApp({ log, db: openDatabase({ databaseUrl, secret, connections: 4 }) });
  merchant = await app.addMerchant();
}, 120_000);

afterAll(async () => {
  await app.end();
  await server.stop('immediate');
  rmSync(folder, { recursive: true, force: true });
});

/** As a managed Postgres gives it: the owner of one database, who may make roles and no more. */
async function ownedByNoSuperuser(adminUrl: string): Promise<string> {
  const admin = postgres(adminUrl, { max: 1 });
  await admin`create role shop login createrole password 'shop'`;
  await admin`create database shop owner shop`;
  await admin.end();
  const url = new URL(adminUrl);
  url.username = 'shop';
  url.password = 'shop';
  url.pathname = '/shop';
  return url.href;
}

test('an owner who is no superuser can migrate, twice, and all works', async () => {
  const url = new URL(server.url);
  url.username = 'shop';
  url.password = 'shop';
  url.pathname = '/shop';
  await migrate({ databaseUrl: url.href, secret });
  expect((await addOrder(app, merchant)).number).toBe(1);
});

describe('while the database is away', () => {
  test('every request is told to come again, and all is well once it is back', async () => {
    const { token: key } = await app.addApiKey(merchant.id, ['orders:read']);
    const { token: unused } = await app.addApiKey(merchant.id, ['orders:read']);
    const order = await addOrder(app, merchant);
    const tracking = order.trackingUrl?.split('/t/')[1] ?? '';
    expect((await app.request('GET', '/v1/orders', { token: key })).status).toBe(200);
    lines.length = 0;

    process.kill(server.pid, 'SIGINT');
    await expect.poll(() => server.isAlive(), { timeout: 20_000 }).toBe(false);

    const asked: [string, string, { token?: string; body?: unknown }][] = [
      ['GET', '/v1/orders', { token: merchant.token }],
      ['GET', '/v1/orders', { token: key }],
      ['GET', '/v1/orders', { token: unused }],
      ['GET', `/v1/orders/${order.id}`, { token: merchant.token }],
      ['PATCH', `/v1/orders/${order.id}`, { token: merchant.token, body: { notes: 'Bulevar' } }],
      ['POST', '/v1/orders', { token: merchant.token, body: { dropoff: DROPOFF } }],
      ['POST', `/v1/orders/${order.id}/cancel`, { token: merchant.token, body: { reason: 'Bulevar' } }],
      ['GET', `/v1/tracking/${tracking}`, {}],
      ['GET', `/t/${tracking}`, {}],
      ['GET', `/internal/fleet/${merchant.id}`, { token: await app.serviceToken() }],
    ];
    // More than once each: no connection waits longer and longer for its next attempt.
    for (const [method, path, options] of [...asked, ...asked, ...asked]) {
      const { status, headers, body } = await app.request<Problem>(method, path, options);
      expect({ path, status, code: body.code, retry: headers.get('Retry-After') }).toEqual({
        path,
        status: 503,
        code: 'unavailable',
        retry: '2',
      });
      expect(JSON.stringify(body)).not.toMatch(/ECONN|select|postgres|127\.0\.0\.1/i);
    }
    expect((await app.request('GET', '/readyz')).status).toBe(503);
    expect((await app.request('GET', '/healthz')).status).toBe(200);
    expect((await app.request('GET', '/metrics')).status).toBe(200);
    // Wrong input is wrong all the same, and nobody needs a database to be told so.
    expect((await app.request('POST', '/v1/orders', { token: merchant.token, body: {} })).status).toBe(400);
    expect((await app.request('GET', '/v1/orders')).status).toBe(401);
    for (const told of [tracking, key, '99 123 456', 'Bulevar']) expect(lines.join('')).not.toContain(told);

    await server.restart();
    await expect
      .poll(async () => (await app.request('GET', '/readyz')).status, { timeout: 20_000 })
      .toBe(200);
    const again = () => app.request<Order>('GET', `/v1/orders/${order.id}`, { token: merchant.token });
    await expect.poll(async () => (await again()).status, { timeout: 20_000 }).toBe(200);
    expect((await again()).body).toEqual(order);
    await expect
      .poll(async () => (await app.request('GET', `/v1/tracking/${tracking}`)).status, { timeout: 20_000 })
      .toBe(200);
    await expect
      .poll(
        async () =>
          (await app.request('POST', '/v1/orders', { token: merchant.token, body: { dropoff: DROPOFF } }))
            .status,
        {
          timeout: 20_000,
        },
      )
      .toBe(201);
  });
});

describe('while the database is silent', () => {
  test('every request is answered in time, and new connections are made, though the old ones stay open', async () => {
    const path = await createPath(Number(new URL(server.url).port));
    const url = new URL(server.url);
    url.pathname = '/shop';
    url.port = String(path.port);
    const db = openDatabase({ databaseUrl: url.href, secret, connections: 1 });
    const behind = await createTestApp({ db, deadlineMs: 400 });
    try {
      const shop = await behind.addMerchant();
      const { token: key } = await behind.addApiKey(shop.id, ['orders:read']);
      const order = await addOrder(behind, shop);
      const tracking = order.trackingUrl?.split('/t/')[1] ?? '';
      const service = await behind.serviceToken();
      path.swallow();
      const asked: [string, string, { token?: string; body?: unknown }][] = [
        ['GET', '/v1/orders', { token: shop.token }],
        ['GET', '/v1/orders', { token: key }],
        ['POST', '/v1/orders', { token: shop.token, body: { dropoff: DROPOFF } }],
        ['GET', `/v1/tracking/${tracking}`, {}],
        ['GET', `/t/${tracking}`, {}],
        ['GET', `/internal/fleet/${shop.id}`, { token: service }],
        ['GET', '/readyz', {}],
      ];
      for (const [method, to, options] of asked) {
        const answer = await behind.request<Problem>(method, to, options);
        expect(answer, to).toMatchObject({ status: 503, body: { code: 'unavailable' } });
        expect(answer.headers.get('Retry-After')).toBe('5');
      }
      expect((await behind.request('GET', '/healthz')).status).toBe(200);

      const stuck = path.sockets();
      path.passNew();
      const again = () => behind.request<Order>('GET', `/v1/orders/${order.id}`, { token: shop.token });
      await expect.poll(async () => (await again()).status, { timeout: 20_000 }).toBe(200);
      expect((await again()).body).toEqual(order);
      expect((await behind.request('GET', '/readyz')).status).toBe(200);
      // Those that were asked say nothing to this moment.
      expect(stuck.filter((socket) => !socket.destroyed).length).toBeGreaterThan(0);
    } finally {
      path.close();
      await behind.end();
    }
  });

  /** A way to the database that can swallow everything, as a frozen server or a network that drops packets. */
  async function createPath(to: number) {
    let mute = false;
    const sockets = new Set<Socket>();
    const way = createServer((client) => {
      sockets.add(client);
      client.on('error', () => {});
      if (mute) return void client.resume();
      const beyond = connect(to, '127.0.0.1');
      beyond.on('error', () => {});
      sockets.add(beyond);
      client.pipe(beyond).pipe(client);
    });
    way.listen(0, '127.0.0.1');
    await once(way, 'listening');
    return {
      // A server that listens on TCP has one.
      port: (way.address() as AddressInfo).port,
      sockets: () => [...sockets],
      swallow: () => {
        mute = true;
        for (const socket of sockets) socket.unpipe();
        for (const socket of sockets) socket.resume();
      },
      passNew: () => {
        mute = false;
      },
      close: () => {
        for (const socket of sockets) socket.destroy();
        way.close();
      },
    };
  }
});
