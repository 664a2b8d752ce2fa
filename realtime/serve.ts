import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { backendOf } from './backend.ts';
import type { Config } from './config.ts';
import { DeliveryRoom } from './delivery-room.ts';
import type { RoomsEnv } from './environment.ts';
import { FleetRoom } from './fleet-room.ts';
import { enter } from './front-door.ts';
import { createHost, type Host } from './host/host.ts';
import { createMetrics, type Metrics } from './metrics.ts';

export type Realtime = {
  /** Where it listens, which PORT 0 leaves open. */
  port: number;
  host: Host<RoomsEnv>;
  /** Closes all sockets with 1012, writes behind what waits, and stops listening. */
  drain(): Promise<void>;
};

export type ServeOptions = Config & {
  log: Pick<Logger, 'debug' | 'error'>;
  flushMs?: number;
  evictAfterMs?: number;
};

/** Starts the rooms on Node behind one port, with `/healthz`, `/readyz` and `/metrics` beside them. */
export async function serve(options: ServeOptions): Promise<Realtime> {
  const { log } = options;
  const report = (error: unknown, where: string): void => {
    // A timeout is one: its stack tells nothing, and a logger would write out all the constants of its class.
    if (error instanceof DOMException) log.error({ error: String(error), where }, 'room failed');
    else log.error({ err: error, where }, 'room failed');
  };
  const metrics = createMetrics(() => countRooms(host));
  const host = createHost<RoomsEnv>({
    fetch: enter,
    rooms: { FleetRoom, DeliveryRoom },
    env: {
      FUNCTIONS_URL: options.FUNCTIONS_URL,
      PUBLIC_URL: options.PUBLIC_URL,
      DROPMATE_SECRET: options.DROPMATE_SECRET,
      FLUSH_MS: options.flushMs === undefined ? undefined : String(options.flushMs),
      meter: metrics.meter,
      report,
    },
    onError: report,
    evictAfterMs: options.evictAfterMs,
  });
  // A restart brings everybody back at once: better to have the keys before the first of them.
  await backendOf(host.env).keys.refresh();

  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (await operate(request, response, host, options.METRICS_PORT === undefined ? metrics : null)) return;
    if (host.draining) return refuse(response);
    const startedAt = performance.now();
    await host.request(request, response);
    // Each event of an order is one. Rooms are named in the path, tokens are in the query: neither is logged.
    const ms = Math.round(performance.now() - startedAt);
    log.debug(
      { method: request.method, route: '/parties/:party/:room', status: response.statusCode, ms },
      'request',
    );
  };
  server.on('upgrade', (request, socket, head) => void host.upgrade(request, socket, head));
  // The proxy before us keeps connections for a minute; ours must not end first.
  server.keepAliveTimeout = 75_000;
  await once(server.listen(options.PORT, options.HOST), 'listening');
  const metricsServer =
    options.METRICS_PORT === undefined
      ? null
      : await serveMetrics(metrics, options.METRICS_PORT, options.HOST);

  return {
    // A server that listens on a port has an address of this shape.
    port: (server.address() as AddressInfo).port,
    host,
    drain: async () => {
      await host.drain();
      await Promise.all([server, metricsServer].map((open) => open && close(open)));
    },
  };
}

/** A room that has said goodbye would take an event with it: who posts it must post it again, to the next process. */
function refuse(response: ServerResponse): void {
  response.writeHead(503, { 'retry-after': '1', connection: 'close' }).end();
}

/** What is under way is answered first, for a second at most. */
async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await Promise.race([closed, delay(1000, undefined, { ref: false })]);
  server.closeAllConnections();
}

/** Health, readiness and (unless they have a port of their own) metrics. False when it is none of these. */
async function operate(
  request: IncomingMessage,
  response: ServerResponse,
  host: Host<RoomsEnv>,
  metrics: Metrics | null,
): Promise<boolean> {
  const path = request.url?.split('?')[0];
  if (path === '/healthz') response.end('ok');
  else if (path === '/readyz')
    response.writeHead(host.draining ? 503 : 200).end(host.draining ? 'draining' : 'ready');
  else if (path === '/metrics' && metrics !== null) await writeMetrics(metrics, response);
  else return false;
  return true;
}

async function serveMetrics(metrics: Metrics, port: number, host: string): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/metrics') void writeMetrics(metrics, response);
    else response.writeHead(404).end();
  });
  await once(server.listen(port, host), 'listening');
  return server;
}

async function writeMetrics({ registry }: Metrics, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
}

const PARTY_OF_BINDING: Record<string, string> = { FleetRoom: 'fleet-room', DeliveryRoom: 'delivery-room' };

function countRooms(host: Host<RoomsEnv>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(host.namespaces).map(([name, { actors }]) => [
      PARTY_OF_BINDING[name] ?? name,
      actors.size,
    ]),
  );
}
