import { once } from 'node:events';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Attempt, type SendOptions, sendWebhook } from './send.ts';
import { answering, type Receiver, startReceiver } from './test-support.ts';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const never = new AbortController().signal;

function send(url = receiver.url, options: Partial<SendOptions> = {}): Promise<Attempt> {
  return sendWebhook(
    { url, headers: { 'content-type': 'application/json', 'webhook-id': 'w1' }, body: '{"text":"año"}' },
    { allowInsecure: true, resolve: async () => ['127.0.0.1'], timeoutMs: 10_000, signal: never, ...options },
  );
}

test('what is sent arrives as it is, with the receiver’s own name', async () => {
  const url = `http://shop.example:${receiver.port}/a/b?c=d`;
  receiver.answer = (_call, response, request) => {
    expect(request.url).toBe('/a/b?c=d');
    expect(request.method).toBe('POST');
    response.writeHead(200).end('thanks');
  };
  expect(await send(url)).toMatchObject({ status: 200, error: null });
  expect(receiver.calls[0]).toMatchObject({ id: 'w1', body: '{"text":"año"}' });
  expect(receiver.calls[0]?.headers.host).toBe(`shop.example:${receiver.port}`);
});

test.each([400, 404, 410, 429, 500, 503])('%i is a failure', async (status) => {
  receiver.answer = answering(status);
  expect(await send()).toMatchObject({ status, error: `it answered ${status}` });
});

test.each([301, 302, 303, 307, 308])('%i is a failure, and is not followed', async (status) => {
  const other = await startReceiver();
  onTestFinished(other.close);
  receiver.answer = answering(status, { location: other.url });
  expect(await send()).toMatchObject({ status, error: `it answered ${status}` });
  expect(other.connections).toBe(0);
});

test('Retry-After is understood as seconds and as a date', async () => {
  receiver.answer = answering(429, { 'retry-after': '120' });
  expect((await send()).retryAfter).toBe(120);
  receiver.answer = answering(503, { 'retry-after': new Date(Date.now() + 600_000).toUTCString() });
  const seconds = (await send()).retryAfter ?? 0;
  expect(seconds).toBeGreaterThan(300);
  expect(seconds).toBeLessThanOrEqual(600);
  for (const odd of ['soon', '-5', '1e9999', 'Sun, 06 Nov 1994 08:49:37 GMT']) {
    receiver.answer = answering(503, { 'retry-after': odd });
    expect([undefined, 0]).toContain((await send()).retryAfter);
  }
});

test('a receiver that never answers, or never ends its answer, costs the time there is and no more', async () => {
  receiver.answer = () => {};
  expect(await send(receiver.url, { timeoutMs: 300 })).toMatchObject({
    status: null,
    error: expect.stringMatching('no end within'),
  });
  receiver.answer = (_call, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('.'), 50);
    response.on('close', () => clearInterval(drip));
  };
  expect(await send(receiver.url, { timeoutMs: 300 })).toMatchObject({
    status: 200,
    error: expect.stringMatching('no end within'),
  });
});

test('so does a name server that never answers', async () => {
  const hanging = { timeoutMs: 300, resolve: () => new Promise<string[]>(() => {}) };
  expect(await send('http://shop.example/', hanging)).toMatchObject({
    status: null,
    error: expect.stringMatching('no end within'),
  });
});

test('of a huge answer little is read, and its status counts', async () => {
  let written = 0;
  receiver.answer = (_call, response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(64 * 1024);
    const pump = () => {
      while (!response.destroyed && written < 1e9) {
        written += chunk.length;
        if (!response.write(chunk)) return void response.once('drain', pump);
      }
    };
    pump();
  };
  expect(await send()).toMatchObject({ status: 200, error: null });
  expect(written).toBeLessThan(50e6);
});

test('one that refuses, breaks off or talks nonsense is a failure without a status', async () => {
  const closed = await startReceiver();
  await closed.close();
  expect(await send(closed.url)).toMatchObject({ status: null, error: 'it refused the connection' });
  receiver.answer = (_call, response) => void response.destroy();
  expect(await send()).toMatchObject({ status: null, error: 'it broke off the connection' });
  const odd = createServer((socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n')).listen(0, '127.0.0.1');
  await once(odd, 'listening');
  onTestFinished(() => void odd.close());
  const address = odd.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const attempt = await send(`http://127.0.0.1:${port}/`);
  expect(attempt.status).toBeNull();
  // Not a word of what it said.
  expect(attempt.error).toMatch(/^it failed \(HPE_\w+\)$/);
});

test('an address that is not public is not connected to', async () => {
  const refused = { status: null, error: 'it leads to an address that is not on the public internet' };
  const strict = { allowInsecure: false };
  expect(await send(`https://127.0.0.1:${receiver.port}/`, strict)).toMatchObject(refused);
  expect(await send(`https://shop.example:${receiver.port}/`, strict)).toMatchObject(refused);
  expect(await send(receiver.url, strict)).toMatchObject({ status: null, error: 'must be https' });
  expect(receiver.connections).toBe(0);
});

test('a name is looked up once, and what it was checked for is what is connected to', async () => {
  // Rebinding: the second answer would be another host.
  const answers = [['127.0.0.1'], ['10.0.0.1'], ['10.0.0.1']];
  let asked = 0;
  const resolve = async () => answers[asked++] ?? [];
  expect(await send(`http://rebind.example:${receiver.port}/`, { resolve })).toMatchObject({ status: 204 });
  expect(asked).toBe(1);
  expect(receiver.calls).toHaveLength(1);
});

test('over TLS the name is asked for and checked, while the address is connected to', async () => {
  let named: string | undefined;
  const server = createTlsServer({
    SNICallback(name, done) {
      named = name;
      done(new Error('no certificate here'));
    },
  }).listen(0, '127.0.0.1');
  server.on('tlsClientError', () => {});
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const attempt = await send(`https://shop.example:${port}/`);
  expect(attempt.status).toBeNull();
  expect(attempt.error).not.toBeNull();
  expect(named).toBe('shop.example');
});

test('when it is ended from outside it says so, and nothing of the receiver', async () => {
  const ending = new AbortController();
  receiver.answer = () => ending.abort(new Error('the worker stops'));
  await expect(send(receiver.url, { signal: ending.signal })).rejects.toThrow('the worker stops');
});
