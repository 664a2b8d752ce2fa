import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { exportCash, exportCashRoute } from './cash.ts';
import { exportOrders, exportOrdersRoute } from './orders.ts';
import { exportRatings, exportRatingsRoute } from './ratings.ts';

/** To be mounted before the orders' routes: `export` is no order's id. */
export const exports = (deps: Deps) =>
  router()
    .openapi(exportOrdersRoute, async (c) => {
      const { body, headers } = await exportOrders(deps, c.var.actor, c.req.valid('query'));
      return c.body(body, 200, headers);
    })
    .openapi(exportCashRoute, async (c) => {
      const { body, headers } = await exportCash(deps, c.var.actor, c.req.valid('query'));
      return c.body(body, 200, headers);
    })
    .openapi(exportRatingsRoute, async (c) => {
      const { body, headers } = await exportRatings(deps, c.var.actor, c.req.valid('query'));
      return c.body(body, 200, headers);
    });
