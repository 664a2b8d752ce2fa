import type { Logger } from 'pino';

const EVERY_MS = 10_000;

/**
 * Logs what fails again and again, once in ten seconds, and when it works again: an hour's outage is not a log of
 * a million lines. The error's message is logged, so it must hold nothing personal.
 */
export function complaint(log: Logger, what: string): { failed(error: unknown): void; worked(): void } {
  let failures = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  let told = false;
  return {
    failed(error) {
      failures++;
      if (performance.now() - toldAt < EVERY_MS) return;
      toldAt = performance.now();
      told = true;
      log.warn({ error: describe(error), failures }, `${what} fails`);
    },
    worked() {
      failures = 0;
      if (!told) return;
      told = false;
      log.info(`${what} works again`);
    },
  };
}

/** One line about an error. Node's connection errors may have an empty message and only a code. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(messageOf(error)).split('\n')[0] ?? '';
  const code = 'code' in error ? String(error.code) : error.name;
  const cause = error.cause instanceof Error ? `: ${describe(error.cause)}` : '';
  return `${error.message.split('\n')[0] || code}${cause}`;
}

/** pg-boss's events carry plain objects that are like errors. */
function messageOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
}
