import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { getAnalytics, getAnalyticsRoute } from './get.ts';

export const analytics = (deps: Deps) =>
  router().openapi(getAnalyticsRoute, async (c) =>
    c.json(await getAnalytics(deps, c.var.actor, c.req.valid('query')), 200),
  );
