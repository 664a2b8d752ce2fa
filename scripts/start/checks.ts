import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import type { Child } from './child.ts';
import { StartError } from './error.ts';

/** Throws StartError when one cannot listen on `host:port`. */
export async function checkPort(port: number, host: string): Promise<void> {
  const code = await new Promise<string | undefined>((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
  if (code === undefined) return;
  const why =
    code === 'EADDRINUSE'
      ? 'is taken by another program: set PORT to a free one'
      : code === 'EACCES'
        ? 'may not be used by this user: set PORT to one above 1023'
        : `on ${host} cannot be used (${code}): set HOST and PORT`;
  throw new StartError(`Port ${port} ${why}.`);
}

/** Throws StartError when no database answers at `url`. Its message never holds the password. */
export async function checkDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    const [row] = await sql`SELECT current_setting('server_version_num')::int AS version`;
    if (row?.version < 150_000)
      throw new Error(`it is Postgres ${(row?.version / 10_000) | 0}, 15 is needed`);
  } catch (error) {
    const { host, pathname } = new URL(url);
    const why = error instanceof Error ? error.message || ('code' in error && error.code) : error;
    throw new StartError(`The database ${host}${pathname} cannot be used: ${why}`);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Crashes in a row after which a program that has never been ready is given up. */
const HOPELESS = 5;

/** Waits until `url` answers 2xx. Throws StartError when its program keeps ending, and what `signal` was aborted with. */
export async function waitUntilReady(
  name: string,
  url: string,
  child: Child,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    if (child.failures() >= HOPELESS) throw new StartError(`${name} does not start; it says why above.`);
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
      await response.arrayBuffer();
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    await delay(50);
  }
}
