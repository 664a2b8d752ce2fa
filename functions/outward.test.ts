import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import postgres from 'postgres';
import { afterEach, describe, expect, test } from 'vitest';
import { isServiceToken, serviceKey } from '../db/secrets.ts';
import { createTestDatabase } from '../tests/support/database.ts';
import { passUpgrades } from './pass-upgrades.ts';
import { createRoomsClient } from './rooms.ts';
import { createTokens, SigningKey } from './tokens.ts';
import { createWakeRelay, OUTBOX_CHANNEL } from './wake-relay.ts';

// What functions say to the rooms and the relay.

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Seen = { url: string; headers: IncomingMessage['headers']; body: string };

/** A server that answers all the same, and what it was asked. */
async function serve(status: number, body: string): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    seen.push({ url: request.url ?? '', headers: request.headers, body: text });
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
  });
  return { url: await listen(server), seen };
}

async function listen(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const GONE = 'http://127.0.0.1:9';

describe('the rooms', () => {
  const key = serviceKey(Buffer.alloc(32, 5).toString('base64url'));
  const event = { type: 'driver_removed', driverId: '01980000-0000-7000-8000-000000000001' } as const;
  const client = async (internalUrl: string, publicUrl = 'https://live.example') => {
    const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    const tokens = await createTokens([SigningKey.parse({ ...(await exportJWK(privateKey)), kid: 'k' })]);
    return createRoomsClient({ publicUrl, internalUrl, tokens, serviceKey: key });
  };

  test('get an event with a service token that is for them', async () => {
    const { url, seen } = await serve(200, '{"ok":true}');
    await (await client(url)).post('m-1', event);
    expect(seen).toMatchObject([{ url: '/parties/fleet-room/m-1', body: JSON.stringify(event) }]);
    const token = seen[0]?.headers.authorization?.replace('Bearer ', '') ?? '';
    expect(await isServiceToken(key, token, 'dropmate:realtime')).toBe(true);
    expect(await isServiceToken(key, token, 'dropmate:internal')).toBe(false);
  });

  test.each([
    ['down', async () => GONE],
    ['failing', async () => (await serve(503, '{}')).url],
  ])('that are %s are unavailable', async (_, where) => {
    const rooms = await client(await where());
    await expect(rooms.post('m-1', event)).rejects.toMatchObject({
      code: 'unavailable',
      hints: { retryAfter: 5 },
    });
  });

  test.each([
    ['https://live.example', 'wss', 'live.example', ['wss://live.example', 'https://live.example']],
    ['http://127.0.0.1:8080', 'ws', '127.0.0.1:8080', ['ws://127.0.0.1:8080', 'http://127.0.0.1:8080']],
  ])('at %s are told to a client with their protocol', async (publicUrl, protocol, host, origins) => {
    const rooms = await client(GONE, publicUrl);
    expect(rooms.origins).toEqual(origins);
    const claims = { sub: 's', merchant: 'm', party: 'fleet-room', room: 'r', audience: 'manager' } as const;
    expect(await rooms.admit(claims)).toMatchObject({ protocol, host, party: 'fleet-room', room: 'r' });
  });
});

describe('an upgrade', () => {
  /** Sends raw bytes and gives all that comes back until `enough`, or the end. */
  async function talk(url: string, text: string, enough: RegExp): Promise<string> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(text);
    let received = '';
    for await (const chunk of socket) {
      received += chunk;
      if (enough.test(received)) break;
    }
    socket.destroy();
    return received;
  }
  const upgrade = (path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: shop.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n`;

  const front = async (inner: string) => {
    const server = createServer();
    passUpgrades(server, inner);
    return listen(server);
  };

  test('to a party reaches the rooms as it came, with where it came from, and bytes go both ways', async () => {
    const inner = createServer();
    inner.on('upgrade', (request, socket, head) => {
      const { url, headers } = request;
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.write(`${url} ${headers.host} ${headers['x-forwarded-for']} ${headers.upgrade} ${head}`);
      socket.on('data', (chunk) => socket.write(chunk));
    });
    const url = await front(await listen(inner));
    const received = await talk(url, `${upgrade('/parties/fleet-room/m?token=t')}first bytes`, /first bytes/);
    expect(received).toMatch(/^HTTP\/1\.1 101 /);
    expect(received).toContain('/parties/fleet-room/m?token=t shop.example 1.2.3.4, 127.0.0.1 websocket');
  });

  test('to anything else is 404', async () => {
    const url = await front(GONE);
    expect(await talk(url, upgrade('/v1/orders'), /\r\n\r\n/)).toMatch(/^HTTP\/1\.1 404 /);
    expect(await talk(url, upgrade('/partiesx'), /\r\n\r\n/)).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('while the rooms are down is 503, with when to come again', async () => {
    const received = await talk(await front(GONE), upgrade('/parties/fleet-room/m'), /\r\n\r\n/);
    expect(received).toMatch(/^HTTP\/1\.1 503 .*Retry-After: 5\r\n/s);
  });
});

describe('the relay', () => {
  test('is woken after a write, with one notification under way at a time, and a lost database is no error', async () => {
    const database = await createTestDatabase();
    const sql = postgres(database.ownerUrl, { max: 2 });
    let notified = 0;
    await sql.listen(OUTBOX_CHANNEL, () => notified++);
    const wake = createWakeRelay({ hot: sql });
    for (let i = 0; i < 100; i++) wake();
    await expect.poll(() => notified).toBe(2);
    // One that comes later is heard as well.
    wake();
    await expect.poll(() => notified).toBe(3);
    await sql.end();
    wake();
    await database.drop();
  });
});
