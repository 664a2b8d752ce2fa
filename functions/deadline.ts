import type { MiddlewareHandler } from 'hono';
import { AppError } from '../domain/errors.ts';
import type { ApiEnv } from './api.ts';
import type { Deps } from './deps.ts';

/** Longer than a statement may take (db/client.ts), so that only silence comes to it. */
const DEADLINE_MS = 20_000;

/**
 * Answers 503 when nothing else does: a database that is frozen, or behind a network that drops everything, is not heard
 * of by its sockets for a quarter of an hour. Its connections are given up then, and the next requests open new ones.
 * `uploadMs` is what the client may need besides, to send its body.
 */
export function deadline(deps: Pick<Deps, 'db' | 'deadlineMs'>, uploadMs = 0): MiddlewareHandler<ApiEnv> {
  const ms = (deps.deadlineMs ?? DEADLINE_MS) + uploadMs;
  return async (_, next) => {
    const started = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        deps.db.renew(started);
        reject(new AppError('unavailable', 'This takes too long just now; try again.', { retryAfter: 5 }));
      }, ms);
    });
    try {
      await Promise.race([next(), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  };
}
