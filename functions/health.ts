import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import { AppError } from '../domain/errors.ts';
import type { ApiEnv } from './api.ts';
import type { Deps } from './deps.ts';

/** `/healthz`: the process lives. `/readyz`: it may get requests: the database answers and it is not draining. */
export function health(deps: Deps): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/healthz', (c) => c.json({ status: 'ok' }))
    .get('/readyz', async (c) => {
      if (deps.draining()) return c.json({ status: 'draining' }, 503);
      try {
        await deps.db.system.execute(sql`select id from merchants limit 1`);
        return c.json({ status: 'ready' });
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
