import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A port of 127.0.0.1 that nobody listens on now: `wanted` if it is free, else one between 15000 and 31999, below the
 * range (32768 up) from which systems take the ports of outgoing connections, so that none of those collides with it later.
 */
export async function findFreePort(wanted?: number): Promise<number> {
  if (wanted !== undefined && (await isPortFree(wanted))) return wanted;
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(15000, 32000);
    if (await isPortFree(port)) return port;
  }
  throw new Error('No free port between 15000 and 31999 on 127.0.0.1.');
}

/** Whether one could listen on this port of `host` right now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
