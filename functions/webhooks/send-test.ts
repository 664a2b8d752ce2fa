import { createRoute } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import { webhookDeliveries } from '../../db/schema/webhooks.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { deliveryFromRow, sendSoon, WebhookDelivery } from './delivery.ts';
import { lockWebhook, refuseDisabled } from './webhook.ts';

export const testWebhookRoute = createRoute({
  method: 'post',
  path: '/v1/webhooks/{id}/test',
  summary: 'Send a test',
  description: '`webhook.test` is sent at once, and once. Read the delivery to see what came of it.',
  tags: ['Webhooks'],
  ...secured('webhooks:write'),
  request: { params: IdParam },
  responses: {
    202: answer(WebhookDelivery, 'The delivery that is on its way'),
    ...securedProblems('not_found', 'conflict'),
  },
});

/** Managers and API keys. Throws `not_found`, and `conflict` while the webhook is disabled. */
export async function testWebhook(
  deps: Deps,
  { merchantId }: Actor,
  endpointId: string,
): Promise<WebhookDelivery> {
  const now = new Date();
  const delivery = await deps.db.withMerchant(merchantId, async (tx) => {
    refuseDisabled(await lockWebhook(tx, merchantId, endpointId));
    const [created] = await tx
      .insert(webhookDeliveries)
      .values({
        merchantId,
        id: uuidv7(),
        endpointId,
        event: 'webhook.test',
        payload: { type: 'webhook.test', timestamp: now.toISOString(), data: { webhookId: endpointId } },
        nextAttemptAt: now,
      })
      .returning();
    if (created === undefined) throw new Error('A row was not there after its insert.');
    await sendSoon(tx, merchantId, [created]);
    return created;
  });
  deps.wakeRelay();
  return deliveryFromRow(delivery);
}
