import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { prepareDrain } from './drain.ts';

async function start(listener: RequestListener, leave = () => {}) {
  const server = createServer(listener);
  server.keepAliveTimeout = 75_000;
  const drain = prepareDrain(server, leave);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  // A server that listens on a port has an address of this shape.
  const { port } = server.address() as AddressInfo;
  return { server, drain, port };
}

function agentOfOne(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return agent;
}

function ask(port: number, agent: Agent): Promise<{ connection: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    get({ port, agent }, async (answer: IncomingMessage) => {
      const body = (await answer.toArray()).join('');
      resolve({ connection: answer.headers.connection, body });
    }).on('error', reject);
  });
}

test('what is asked before and during the delay is answered, on connections that end with the answer', async () => {
  const held = Promise.withResolvers<void>();
  const { server, drain, port } = await start(async (_, response) => {
    await held.promise;
    response.end('whole');
  });
  const early = ask(port, agentOfOne());
  await once(server, 'request');
  void drain(60_000);
  const late = ask(port, agentOfOne());
  await once(server, 'request');
  held.resolve();
  expect(await early).toEqual({ connection: 'close', body: 'whole' });
  expect(await late).toEqual({ connection: 'close', body: 'whole' });
});

test('an answer that began before is sent to its end, and its kept connection is not waited for', async () => {
  const held = Promise.withResolvers<void>();
  const { server, drain, port } = await start(async (_, response) => {
    response.write('first half, ');
    await held.promise;
    response.end('second half');
  });
  const answer = ask(port, agentOfOne());
  await once(server, 'request');
  const drained = drain(0);
  while (server.listening) await new Promise((resolve) => setTimeout(resolve, 5));
  held.resolve();
  expect(await answer).toEqual({ connection: 'keep-alive', body: 'first half, second half' });
  expect(await drained).toBe(0);
});

test('a connection on which nothing was asked is not waited for, and who is to leave is told once', async () => {
  let told = 0;
  const { server, drain, port } = await start(
    (_, response) => response.end(),
    () => told++,
  );
  const silent = connect(port, '127.0.0.1');
  onTestFinished(() => void silent.destroy());
  const ended = once(silent, 'close');
  await once(server, 'connection');
  expect(await drain(0)).toBe(0);
  await ended;
  expect(told).toBe(1);
});
