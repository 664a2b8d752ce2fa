import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** As long as a request may take (deadline.ts). */
const MOST_MS = 20_000;
const LOOK_MS = 100;
/** A connection on which nothing was ever asked, as a browser opens ahead, is not waited for. */
const SILENT_MS = 1000;

/**
 * Prepares a server for being left without a failed request. The function it returns, to be called once, after readiness
 * is gone: the server serves on for `delayMs`, asking each client to come back on another connection; then it accepts no
 * more, calls `leave` for what is no request, and resolves when all that was begun is answered, with the number of
 * requests that were not within 20 s.
 */
export function prepareDrain(server: Server, leave: () => void): (delayMs: number) => Promise<number> {
  const open = new Set<ServerResponse>();
  let draining = false;
  server.prependListener('request', (_: IncomingMessage, response: ServerResponse) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    if (draining) closeAfter(response);
  });
  return async (delayMs) => {
    draining = true;
    for (const response of open) closeAfter(response);
    await delay(delayMs);
    const closed = once(server, 'close');
    server.close();
    leave();
    const looking = closeSilent(server, open);
    await Promise.race([closed, delay(MOST_MS, undefined, { ref: false })]);
    clearInterval(looking);
    return open.size;
  };
}

/** Node itself goes on with a kept connection that was busy when the server was closed. */
function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

function closeSilent(server: Server, open: ReadonlySet<ServerResponse>): NodeJS.Timeout {
  let silentMs = 0;
  return setInterval(() => {
    server.closeIdleConnections();
    silentMs = open.size === 0 ? silentMs + LOOK_MS : 0;
    if (silentMs >= SILENT_MS) server.closeAllConnections();
  }, LOOK_MS);
}
