import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** What a look at `/readyz` gave: its status, or that nobody accepted the connection. */
export type Look = number | 'refused';

export type Balancer = {
  url: string;
  /** The looks at a backend so far, in order, without repetitions. */
  looks: (backend: string) => readonly Look[];
  end: () => Promise<void>;
};

type Backend = { url: URL; looks: Look[]; agent: Agent };

/**
 * A load balancer as Fly's or an Ingress: takes turns among the backends whose last `/readyz` was 200, keeps connections
 * to them, passes upgrades on, and never repeats a request: one that a backend drops is a 502. It looks every `everyMs`.
 */
export async function startBalancer(
  urls: readonly string[],
  { everyMs }: { everyMs: number },
): Promise<Balancer> {
  const backends = urls.map((url): Backend => {
    return { url: new URL(url), looks: [], agent: new Agent({ keepAlive: true }) };
  });
  let turn = 0;
  const choose = (): Backend | undefined => {
    const ready = backends.filter(({ looks }) => looks.at(-1) === 200);
    return ready[turn++ % ready.length];
  };

  const server = createServer((incoming, outgoing) => passRequest(choose(), incoming, outgoing));
  server.on('upgrade', (incoming: IncomingMessage, client: Duplex, head: Buffer) =>
    passUpgrade(choose(), incoming, client, head),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const ended = new AbortController();
  for (const backend of backends) void keepLooking(backend, everyMs, ended.signal);
  return {
    // A server that listens on a port has an address of this shape.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    looks: (url) => backends.find((backend) => backend.url.href === new URL(url).href)?.looks ?? [],
    end: async () => {
      ended.abort();
      for (const { agent } of backends) agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

function passRequest(
  backend: Backend | undefined,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  if (backend === undefined) {
    outgoing.writeHead(503).end('No backend is ready.');
    return;
  }
  const { url, agent } = backend;
  const { method, url: path, headers } = incoming;
  const onward = request(
    {
      host: url.hostname,
      port: url.port,
      path,
      method,
      headers: { ...headers, connection: 'keep-alive' },
      agent,
    },
    (answer) => {
      const { connection: _hop, 'keep-alive': _too, ...kept } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, kept);
      answer.pipe(outgoing);
      // An answer that ends in its middle must not look whole.
      answer.on('error', () => outgoing.destroy());
    },
  );
  onward.on('error', ({ message }) => {
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502).end(`The backend dropped the request: ${message}`);
  });
  outgoing.on('close', () => outgoing.writableFinished || onward.destroy());
  incoming.pipe(onward);
}

function passUpgrade(
  backend: Backend | undefined,
  incoming: IncomingMessage,
  client: Duplex,
  head: Buffer,
): void {
  client.on('error', () => client.destroy());
  if (backend === undefined) {
    client.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const { rawHeaders, method, url: path } = incoming;
  const lines = [`${method} ${path} HTTP/1.1`];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  const onward = connect(Number(backend.url.port), backend.url.hostname);
  onward.on('error', () => client.destroy());
  onward.write(`${lines.join('\r\n')}\r\n\r\n`);
  onward.write(head);
  onward.pipe(client).pipe(onward);
  client.on('close', () => onward.destroy());
}

async function keepLooking({ url, looks }: Backend, everyMs: number, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    const look = await lookAt(new URL('/readyz', url));
    if (looks.at(-1) !== look) looks.push(look);
    await delay(everyMs, undefined, { ref: false });
  }
}

/** On a connection of its own, or it would not tell whether new ones are accepted. */
function lookAt(url: URL): Promise<Look> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 'refused');
    }).on('error', () => resolve('refused'));
  });
}
