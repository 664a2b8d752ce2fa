import { createRoute } from '@hono/zod-openapi';
import { and, eq, sql } from 'drizzle-orm';
import { orders } from '../../db/schema/orders.ts';
import { hashToken, trackingToken } from '../../db/tracking-token.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { recordEdit } from './edit.ts';
import { ManagerOrder, managerOrderFromRow } from './order.ts';

export const renewTrackingRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/tracking/renew',
  summary: 'Revoke the tracking link and make a new one',
  tags: ['Orders'],
  ...secured('orders:edit'),
  request: { params: IdParam },
  responses: { 200: answer(ManagerOrder, 'The order with its new link'), ...securedProblems('not_found') },
});

/** Managers and API keys. The old link leads nowhere from now on; the dispatchers' rooms hear the new one. Throws `not_found`. */
export async function renewTracking(deps: Deps, actor: Actor, id: string) {
  const row = await deps.db.withMerchant(actor.merchantId, async (tx) => {
    const own = and(eq(orders.merchantId, actor.merchantId), eq(orders.id, id));
    const [order] = await tx.select().from(orders).where(own).for('update');
    if (order === undefined) throw notFound('order');
    const trackingRevision = order.trackingRevision + 1;
    const [renewed] = await tx
      .update(orders)
      .set({
        trackingRevision,
        trackingHash: hashToken(trackingToken(deps.links.trackingKey, id, trackingRevision)),
        version: order.version + 1,
        updatedAt: sql`clock_timestamp()`,
      })
      .where(own)
      .returning();
    if (renewed === undefined) throw notFound('order');
    await recordEdit(tx, actor, id);
    return renewed;
  });
  deps.wakeRelay();
  return managerOrderFromRow(deps, row);
}
