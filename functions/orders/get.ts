import { createRoute, z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import type { OrderRow } from '../../db/order-record.ts';
import { orders } from '../../db/schema/orders.ts';
import { notFound } from '../../domain/errors.ts';
import { type Actor, driverScope } from '../../domain/policy.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { OrderAnswer } from './order.ts';

export const getOrderRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}',
  summary: 'Read an order',
  tags: ['Orders'],
  ...secured('orders:read'),
  request: { params: IdParam },
  responses: {
    200: { ...answer(OrderAnswer, 'The order'), headers: z.object({ ETag: z.string() }) },
    ...securedProblems('not_found'),
  },
});

/** Managers, API keys, and the driver who has it. Throws `not_found`. */
export async function getOrder(deps: Pick<Deps, 'db'>, actor: Actor, id: string): Promise<OrderRow> {
  const driverId = driverScope(actor);
  const [row] = await deps.db.withMerchant(actor.merchantId, (tx) =>
    tx
      .select()
      .from(orders)
      .where(
        and(
          eq(orders.merchantId, actor.merchantId),
          eq(orders.id, id),
          driverId === null ? undefined : eq(orders.driverId, driverId),
        ),
      ),
  );
  if (row === undefined) throw notFound('order');
  return row;
}
