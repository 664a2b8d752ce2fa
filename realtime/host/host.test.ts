import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Connection, type ConnectionContext, Server, type WSMessage } from 'partyserver';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createHost, type Host } from './host.ts';

type Env = { Echo: DurableObjectNamespace<Echo>; started: string[] };

class Echo extends Server {
  static override options = { hibernate: false };
  trace: string[] = [];

  declare protected env: never;

  override async onStart(): Promise<void> {
    this.trace.push('start');
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    this.trace.push('started');
  }

  override onConnect(connection: Connection, { request }: ConnectionContext): void {
    if (request.url.includes('fail=connect')) throw new Error('secret of onConnect');
    this.trace.push('connect');
    connection.send(`hello ${connection.id}`);
  }

  override onMessage(connection: Connection, message: WSMessage): void {
    if (message === 'throw') throw new Error('secret of onMessage');
    if (message === 'all') this.broadcast('to all');
    else if (!ArrayBuffer.isView(message)) connection.send(message);
  }

  override onError(): void {}

  override async onRequest(request: Request): Promise<Response> {
    if (request.url.includes('fail')) throw new Error('secret of onRequest');
    if (request.url.includes('block')) return Response.json(await this.blockTwice());
    return Response.json({ name: this.name, method: request.method, body: await request.text() });
  }

  async add(a: number, b: number): Promise<number> {
    return a + b;
  }

  async blockTwice(): Promise<string[]> {
    const block = (name: string) =>
      this.ctx.blockConcurrencyWhile(async () => {
        this.trace.push(`${name} in`);
        await new Promise((resolve) => setImmediate(resolve));
        this.trace.push(`${name} out`);
      });
    await Promise.all([block('a'), block('b')]);
    return this.trace;
  }

  async alarmSoon(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now());
  }

  override onAlarm(): void {
    this.trace.push('alarm');
  }
}

type Running = { host: Host<Env>; http: HttpServer; origin: string; errors: unknown[] };
const running: Running[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  for (const { host, http } of running.splice(0)) {
    await host.drain(100);
    http.close();
    http.closeAllConnections();
  }
});

async function start(options: { evictAfterMs?: number } = {}): Promise<Running> {
  const errors: unknown[] = [];
  const host = createHost<Env>({
    fetch: async (request, env) => {
      const [, , room = ''] = new URL(request.url).pathname.split('/');
      return env.Echo.getByName(room).fetch(request);
    },
    rooms: { Echo },
    env: {},
    onError: (error) => errors.push(error),
    ...options,
  });
  const http = createServer((request, response) => void host.request(request, response));
  http.on('upgrade', (request, socket, head) => void host.upgrade(request, socket, head));
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const started = { host, http, origin, errors };
  running.push(started);
  return started;
}

class Client {
  readonly received: (string | Buffer)[] = [];
  readonly socket: WebSocket;
  closeCode = 0;

  constructor(url: string) {
    this.socket = new WebSocket(url.replace('http', 'ws'));
    this.socket.on('message', (data: Buffer, binary) => this.received.push(binary ? data : data.toString()));
    this.socket.on('close', (code) => {
      this.closeCode = code;
    });
    this.socket.on('error', () => {});
  }

  async next(count: number): Promise<(string | Buffer)[]> {
    await vi.waitFor(() => expect(this.received.length).toBeGreaterThanOrEqual(count));
    return this.received;
  }
}

test('a room greets, echoes text and bytes of any length, and broadcasts', async () => {
  const { origin } = await start();
  const one = new Client(`${origin}/parties/a`);
  const two = new Client(`${origin}/parties/a`);
  await one.next(1);
  await two.next(1);
  const long = 'ñ'.repeat(40_000);
  for (const message of ['', 'short', 'x'.repeat(126), long]) one.socket.send(message);
  one.socket.send(Buffer.from([1, 2, 3]));
  one.socket.send('all');
  expect((await one.next(7)).slice(1)).toEqual([
    '',
    'short',
    'x'.repeat(126),
    long,
    Buffer.from([1, 2, 3]),
    'to all',
  ]);
  expect((await two.next(2))[1]).toBe('to all');
});

test('a room that is still starting starts once, and nobody is served before it has', async () => {
  const { host, origin } = await start();
  const clients = [1, 2, 3].map(() => new Client(`${origin}/parties/slow`));
  const sum = await host.env.Echo.getByName('slow').add(2, 3);
  for (const client of clients) await client.next(1);
  expect(sum).toBe(5);
  const trace = await host.env.Echo.getByName('slow').blockTwice();
  expect(trace.slice(0, 2)).toEqual(['start', 'started']);
  expect(trace.filter((step) => step === 'start')).toHaveLength(1);
});

test('blockConcurrencyWhile lets one in at a time', async () => {
  const { host } = await start();
  const trace = await host.env.Echo.getByName('b').blockTwice();
  expect(trace.slice(2)).toEqual(['a in', 'a out', 'b in', 'b out']);
});

test('an alarm rings', async () => {
  const { host } = await start();
  await host.env.Echo.getByName('alarm').alarmSoon();
  const trace = await host.env.Echo.getByName('alarm').blockTwice();
  await vi.waitFor(() => expect(trace).toContain('alarm'));
});

test('a throw in onMessage is caught, told, and the socket stays', async () => {
  const { origin, errors } = await start();
  const client = new Client(`${origin}/parties/a`);
  await client.next(1);
  client.socket.send('throw');
  client.socket.send('still here');
  expect((await client.next(2))[1]).toBe('still here');
  expect(errors.map(String)).toEqual(['Error: secret of onMessage']);
});

test('an error of a room never shows its stack: 500 is problem+json, a socket is closed with 1011', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const { origin } = await start();
  const response = await fetch(`${origin}/parties/a?fail=1`);
  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.text()).not.toContain('secret');
  const client = new Client(`${origin}/parties/a?fail=connect`);
  await vi.waitFor(() => expect(client.closeCode).toBe(1011));
  expect(client.received).toEqual([]);
});

test('requests reach the room with their body; one over a megabyte is refused', async () => {
  const { origin } = await start();
  const small = await fetch(`${origin}/parties/here`, { method: 'POST', body: 'a body' });
  expect(await small.json()).toEqual({ name: 'here', method: 'POST', body: 'a body' });
  const large = await fetch(`${origin}/parties/here`, { method: 'POST', body: 'x'.repeat(2_000_000) });
  expect(large.status).toBe(413);
});

test('a message over the hard limit closes that socket only', async () => {
  const { origin } = await start();
  const client = new Client(`${origin}/parties/a`);
  const other = new Client(`${origin}/parties/a`);
  await client.next(1);
  client.socket.send('x'.repeat(300_000));
  await vi.waitFor(() => expect(client.closeCode).toBe(1009));
  await other.next(1);
  other.socket.send('fine');
  expect((await other.next(2))[1]).toBe('fine');
});

test('an empty room is forgotten, one with a socket is kept', async () => {
  const { host, origin } = await start({ evictAfterMs: -1 });
  const client = new Client(`${origin}/parties/kept`);
  await client.next(1);
  await host.env.Echo.getByName('gone').add(1, 1);
  host.sweep();
  expect([...(host.namespaces.Echo?.actors.keys() ?? [])]).toEqual(['kept']);
  client.socket.close();
  await vi.waitFor(() => {
    host.sweep();
    expect(host.namespaces.Echo?.actors.size).toBe(0);
  });
});

test('a socket that answers pings stays', async () => {
  const { host, origin } = await start();
  const client = new Client(`${origin}/parties/a`);
  await client.next(1);
  for (let round = 0; round < 3; round++) {
    host.sweep();
    host.sweep();
    const actor = host.namespaces.Echo?.actors.get('a');
    await vi.waitFor(() => expect([...(actor?.sockets ?? [])].map((socket) => socket.quiet)).toEqual([0]));
  }
  client.socket.send('still here');
  expect((await client.next(2))[1]).toBe('still here');
});

test('a socket that does not answer pings is ended', async () => {
  const { host, origin } = await start();
  const client = new Client(`${origin}/parties/a`);
  await client.next(1);
  client.socket.pause();
  for (let i = 0; i < 3; i++) host.sweep();
  client.socket.resume();
  await vi.waitFor(() => expect(client.closeCode).toBe(1006));
});

test('draining closes every socket with 1012 and refuses new ones', async () => {
  const { host, origin } = await start();
  const clients = [1, 2, 3].map((n) => new Client(`${origin}/parties/${n}`));
  for (const client of clients) await client.next(1);
  await host.drain();
  await vi.waitFor(() => expect(clients.map((c) => c.closeCode)).toEqual([1012, 1012, 1012]));
  const late = new Client(`${origin}/parties/late`);
  await vi.waitFor(() => expect(late.closeCode).toBe(1006));
});
