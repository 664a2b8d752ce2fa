import { setTimeout as delay } from 'node:timers/promises';

/** A scrape has 10 s, and asks several of these at once. */
const PATIENCE_MS = 2000;

/**
 * A figure that is read from the database when Prometheus asks. All who ask meanwhile share one query, so that a table
 * that is locked holds up one connection and not one more with each scrape; who has waited for 2 s gets undefined, as
 * when it fails. What is younger than `freshMs` is told again.
 */
export function createReading<T>(read: () => Promise<T>, freshMs = 0): () => Promise<T | undefined> {
  let known: { value: T; at: number } | undefined;
  let reading: Promise<T | undefined> | undefined;
  const readNow = async (): Promise<T | undefined> => {
    try {
      const value = await read();
      known = { value, at: performance.now() };
      return value;
    } catch {
      return undefined;
    }
  };
  return async () => {
    if (known !== undefined && performance.now() - known.at < freshMs) return known.value;
    reading ??= readNow().finally(() => {
      reading = undefined;
    });
    return Promise.race([reading, delay(PATIENCE_MS, undefined, { ref: false })]);
  };
}
