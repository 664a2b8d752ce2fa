import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import { isServiceToken } from '../../db/secrets.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { FleetFlush } from '../../domain/room-events.ts';
import { type ApiEnv, fieldErrors, router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { flush } from './flush.ts';
import { loadFleet } from './load-fleet.ts';

/** What rooms ask of functions. Not part of the public API: a service token is needed, and OpenAPI is silent. */
export const internal = (deps: Deps) => {
  const routes = router();
  routes.use('/internal/*', ours(deps));
  routes.get('/internal/fleet/:merchant', async (c) =>
    c.json(await loadFleet(deps, merchantOf(c.req.param('merchant')))),
  );
  routes.post('/internal/flush/:merchant', async (c) => {
    const merchantId = merchantOf(c.req.param('merchant'));
    const batch = FleetFlush.safeParse(await c.req.json().catch(() => undefined));
    if (!batch.success) {
      throw new AppError('invalid', 'The batch is not valid.', { errors: fieldErrors(batch.error.issues) });
    }
    await flush(deps, merchantId, batch.data);
    return c.json({ ok: true });
  });
  return routes;
};

const ours = (deps: Pick<Deps, 'serviceKey'>) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const token = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
    if (token === undefined || !(await isServiceToken(deps.serviceKey, token, 'dropmate:internal'))) {
      throw new AppError('unauthenticated', 'This needs a service token.');
    }
    await next();
  });

function merchantOf(param: string): string {
  const id = z.uuid().safeParse(param);
  if (!id.success) throw notFound('merchant');
  return id.data;
}
