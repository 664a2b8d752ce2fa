import { createRoute } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import { webhookDeliveries } from '../../db/schema/webhooks.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { deliveryFromRow, ownDelivery, sendSoon, WebhookDelivery } from './delivery.ts';
import { lockWebhook, refuseDisabled } from './webhook.ts';

export const replayDeliveryRoute = createRoute({
  method: 'post',
  path: '/v1/webhooks/deliveries/{id}/replay',
  summary: 'Send a delivery again',
  description:
    'Whatever came of it before, and now if it waits for its next attempt. The `webhook-id` stays, the schedule starts anew.',
  tags: ['Webhooks'],
  ...secured('webhooks:write'),
  request: { params: IdParam },
  responses: {
    202: answer(WebhookDelivery, 'The delivery that is on its way'),
    ...securedProblems('not_found', 'conflict'),
  },
});

/** Managers and API keys. Throws `not_found`, and `conflict` while the webhook is disabled. */
export async function replayDelivery(
  deps: Deps,
  { merchantId }: Actor,
  id: string,
): Promise<WebhookDelivery> {
  const delivery = await deps.db.withMerchant(merchantId, async (tx) => {
    const own = ownDelivery(merchantId, id);
    const [found] = await tx
      .select({ endpointId: webhookDeliveries.endpointId })
      .from(webhookDeliveries)
      .where(own);
    if (found === undefined) throw notFound('delivery');
    // Before the delivery, as a replay of all does: two locks in two orders would wait for each other.
    refuseDisabled(await lockWebhook(tx, merchantId, found.endpointId));
    const [replayed] = await tx.update(webhookDeliveries).set(anotherRound()).where(own).returning();
    if (replayed === undefined) throw notFound('delivery');
    await sendSoon(tx, merchantId, [replayed]);
    return replayed;
  });
  deps.wakeRelay();
  return deliveryFromRow(delivery);
}

/** What a replay changes: a job of an earlier round finds that it is over. */
export const anotherRound = () => ({
  status: 'pending' as const,
  round: sql`${webhookDeliveries.round} + 1`,
  step: 0,
  nextAttemptAt: new Date(),
  deliveredAt: null,
});
