import { Hono } from 'hono';
import { isMigrated } from '../db/is-migrated.ts';
import { AppError } from '../domain/errors.ts';
import type { ApiEnv } from './api.ts';
import type { Deps } from './deps.ts';

/** `/healthz`: the process lives. `/readyz`: it may get requests: the database is as it needs it and it is not draining. */
export function health(deps: Deps): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/healthz', (c) => c.json({ status: 'ok' }))
    .get('/readyz', async (c) => {
      if (deps.draining()) return c.json({ status: 'draining' }, 503);
      try {
        const ready = await isMigrated(deps.db.system);
        return ready ? c.json({ status: 'ready' }) : c.json({ status: 'migrations have not run' }, 503);
      } catch {
        return c.json({ status: 'database unavailable' }, 503);
      }
    })
    .get('/metrics', async (c) => {
      if (deps.privateMetrics) throw new AppError('not_found', 'Metrics are on a port of their own.');
      const { registry } = deps.metrics;
      return c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType });
    });
}
