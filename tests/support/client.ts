import { setTimeout as delay } from 'node:timers/promises';

export type Client = ReturnType<typeof createClient>;

/** Speaks to a running DropMate as an integrator would: `fetch` and JSON. `call` throws unless the status is as expected. */
export function createClient(url: string) {
  const call = async <T>(
    method: string,
    path: string,
    options: { token?: string; body?: unknown; status?: number; headers?: Record<string, string> } = {},
  ): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    const expected = options.status ?? (method === 'POST' ? undefined : 200);
    const right = expected === undefined ? response.ok : response.status === expected;
    if (!right) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    // The caller states the contract's shape and asserts its content.
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
  return { url, call };
}

/** Repeats until the look gives something, for at most 20 s. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error('Waited 20 s in vain.');
    await delay(50);
  }
}
