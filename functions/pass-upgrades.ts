import type { IncomingMessage, Server } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** A client that does not take what it is still sent, or does not answer our goodbye, is cut off after this. */
const GOODBYE_MS = 5000;

/**
 * Passes websocket upgrades below `/parties/` on to the rooms, byte by byte, so that one public port serves all. What
 * the client may not say about itself is replaced. Other upgrades are refused. Returns what ends all that are passed.
 */
export function passUpgrades(server: Server, internalUrl: string): () => void {
  const { hostname, port } = new URL(internalUrl);
  const clients = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on('error', () => client.destroy());
    if (!request.url?.startsWith('/parties/')) {
      client.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const rooms = connect({ host: hostname, port: Number(port || 80) });
    rooms.once('connect', () => {
      rooms.setNoDelay(true);
      rooms.write(requestHead(request));
      rooms.write(head);
      rooms.pipe(client).pipe(rooms);
    });
    rooms.once('error', () => {
      if (rooms.bytesRead === 0) {
        client.end(
          'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
        );
      } else client.destroy();
    });
    clients.add(client);
    client.once('close', () => {
      clients.delete(client);
      rooms.destroy();
    });
    rooms.once('close', () => leave(client));
  });
  return () => {
    for (const client of clients) leave(client);
  };
}

/** After what is still on its way to it: the last of that says why the rooms have closed. */
function leave(client: Duplex): void {
  client.end();
  const late = setTimeout(() => client.destroy(), GOODBYE_MS).unref();
  client.once('close', () => clearTimeout(late));
}

/** The request as it came, but for where it came from. */
function requestHead(request: IncomingMessage): string {
  const lines = [`${request.method} ${request.url} HTTP/1.1`];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] ?? '';
    if (name.toLowerCase() !== 'x-forwarded-for') lines.push(`${name}: ${request.rawHeaders[i + 1]}`);
  }
  const from = [request.headers['x-forwarded-for'], request.socket.remoteAddress]
    .flat()
    .filter(Boolean)
    .join(', ');
  lines.push(`X-Forwarded-For: ${from}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
