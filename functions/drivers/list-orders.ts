import { createRoute, z } from '@hono/zod-openapi';
import { orders } from '../../db/schema/orders.ts';
import { inStopOrder } from '../../domain/next-stop.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { OrderAnswer, orderFromRow } from '../orders/order.ts';
import { DriverParam, reachableDriver, requireDriver } from './driver.ts';
import { ordersOfDriver } from './orders-of-driver.ts';

export const listDriverOrdersRoute = createRoute({
  method: 'get',
  path: '/v1/drivers/{id}/orders',
  summary: 'The orders a driver has, in stop order',
  tags: ['Drivers'],
  // Whoever may see drivers only must not learn of orders here.
  ...secured('orders:read'),
  request: { params: DriverParam },
  responses: {
    200: answer(
      z.object({ data: z.array(OrderAnswer), nextCursor: z.null() }),
      'All of them, the next one first',
    ),
    ...securedProblems('not_found'),
  },
});

/** The driver, managers and API keys that may read orders. Throws `not_found`. */
export async function listDriverOrders(deps: Deps, actor: Actor, id: string) {
  const { merchantId } = actor;
  const driverId = reachableDriver(actor, id);
  const rows = await deps.db.withMerchant(merchantId, async (tx) => {
    await requireDriver(tx, merchantId, driverId);
    return tx.select().from(orders).where(ordersOfDriver(merchantId, driverId));
  });
  const stops = rows.map((row) => orderFromRow(deps, actor, row));
  return { data: inStopOrder(stops), nextCursor: null };
}
