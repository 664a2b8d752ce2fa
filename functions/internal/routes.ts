import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import { isServiceToken } from '../../db/secrets.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { NewMessage, NewRead } from '../../domain/messages.ts';
import { FleetFlush } from '../../domain/room-events.ts';
import { type ApiEnv, fieldErrors, router } from '../api.ts';
import { loadConversation } from '../conversation/list-messages.ts';
import { markRead } from '../conversation/mark-read.ts';
import { writeMessage } from '../conversation/write-message.ts';
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
    await flush(deps, merchantOf(c.req.param('merchant')), await parsed(c, FleetFlush));
    return c.json({ ok: true });
  });
  routes.post('/internal/messages/:merchant', async (c) =>
    c.json(await writeMessage(deps, merchantOf(c.req.param('merchant')), await parsed(c, NewMessage))),
  );
  routes.get('/internal/messages/:merchant/:order', async (c) =>
    c.json(
      await loadConversation(deps, merchantOf(c.req.param('merchant')), idOf(c.req.param('order'), 'order')),
    ),
  );
  routes.post('/internal/reads/:merchant', async (c) =>
    c.json(await markRead(deps, merchantOf(c.req.param('merchant')), await parsed(c, NewRead))),
  );
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

const merchantOf = (param: string): string => idOf(param, 'merchant');

function idOf(param: string, what: string): string {
  const id = z.uuid().safeParse(param);
  if (!id.success) throw notFound(what);
  return id.data;
}

async function parsed<T extends z.ZodType>(c: Context<ApiEnv>, schema: T): Promise<z.output<T>> {
  const body = schema.safeParse(await c.req.json().catch(() => undefined));
  if (body.success) return body.data;
  throw new AppError('invalid', 'The body is not valid.', { errors: fieldErrors(body.error.issues) });
}
