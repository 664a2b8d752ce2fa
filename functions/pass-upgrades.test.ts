import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { passUpgrades } from './pass-upgrades.ts';

const UPGRADE =
  'GET /parties/fleet-room/1 HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  // A server that listens on a port has an address of this shape.
  return (server.address() as AddressInfo).port;
}

/** The rooms' end of a passed connection, once the request has come. */
async function accept(rooms: Server): Promise<Socket> {
  const [socket]: Socket[] = await once(rooms, 'connection');
  if (socket === undefined) throw new Error('The event comes with its socket.');
  onTestFinished(() => void socket.destroy());
  const [head]: Buffer[] = await once(socket, 'data');
  expect(head?.toString()).toMatch(/^GET \/parties\/fleet-room\/1 HTTP\/1\.1\r\n/);
  expect(head?.toString()).toContain('X-Forwarded-For: 127.0.0.1\r\n');
  return socket;
}

test('a client that reads slowly gets all that the rooms sent before they closed', async () => {
  const backend = createTcpServer();
  const http = new EventEmitter();
  // Of a server, upgrades are all that it needs.
  passUpgrades(http as Server & ReturnType<typeof createServer>, `http://127.0.0.1:${await listen(backend)}`);
  const reads = Promise.withResolvers<void>();
  const got: string[] = [];
  const client = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _, done) => {
      got.push(chunk.toString());
      void reads.promise.then(() => done());
    },
  });
  const ended = finished(client, { readable: false });
  const accepted = accept(backend);
  http.emit('upgrade', upgradeRequest(), client, Buffer.alloc(0));
  const rooms = await accepted;
  rooms.write('a snapshot');
  while (got.length === 0) await nextTurn();
  rooms.end('and why we close');
  await once(rooms, 'close');
  for (let turn = 0; turn < 100; turn++) await nextTurn();
  reads.resolve();
  await ended;
  expect(got).toEqual(['a snapshot', 'and why we close']);
});

test('when all are ended, client and rooms see the end, and the server can close', async () => {
  const backend = createTcpServer();
  const server = createServer();
  const endAll = passUpgrades(server, `http://127.0.0.1:${await listen(backend)}`);
  const client = connect(await listen(server), '127.0.0.1');
  onTestFinished(() => void client.destroy());
  client.write(UPGRADE);
  const rooms = await accept(backend);
  const closed = once(server, 'close');
  server.close();
  client.resume();
  const ends = Promise.all([once(client, 'close'), once(rooms, 'close')]);
  endAll();
  await ends;
  await closed;
});

function upgradeRequest(): IncomingMessage {
  const request = { method: 'GET', url: '/parties/fleet-room/1', rawHeaders: [], headers: {} };
  // The members that are read of it.
  return { ...request, socket: { remoteAddress: '127.0.0.1' } } as unknown as IncomingMessage;
}
