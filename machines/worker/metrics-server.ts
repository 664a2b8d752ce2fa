import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';

export type MetricsServer = { port: number; close: () => Promise<void> };

/** Serves `/metrics`, `/healthz` (alive) and `/readyz` (at work). Not for the public: give it a port of its own. */
export async function serveMetrics(options: {
  host: string;
  port: number;
  registry: Registry;
  isReady: () => Promise<boolean>;
}): Promise<MetricsServer> {
  const respond = async (path: string | undefined, response: ServerResponse): Promise<void> => {
    if (path === '/healthz') answer(response, 200, 'ok\n');
    else if (path === '/readyz') {
      const ready = await options.isReady();
      answer(response, ready ? 200 : 503, ready ? 'ready\n' : 'not ready\n');
    } else if (path === '/metrics') {
      answer(response, 200, await options.registry.metrics(), options.registry.contentType);
    } else answer(response, 404, 'not found\n');
  };
  const server = createServer(({ url }, response) => {
    // A figure that cannot be had must not end the worker.
    respond(url?.split('?')[0], response).catch(() => answer(response, 500, 'failed\n'));
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
