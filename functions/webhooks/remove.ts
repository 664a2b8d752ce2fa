import { createRoute } from '@hono/zod-openapi';
import { webhookEndpoints } from '../../db/schema/webhooks.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { audit } from '../accounts/audit.ts';
import { IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { ownWebhook } from './webhook.ts';

export const removeWebhookRoute = createRoute({
  method: 'delete',
  path: '/v1/webhooks/{id}',
  summary: 'Remove a webhook',
  description: 'With its deliveries: what is on its way is not sent any more.',
  tags: ['Webhooks'],
  ...secured('webhooks:write'),
  request: { params: IdParam },
  responses: { 204: { description: 'Removed' }, ...securedProblems('not_found') },
});

/** Managers and API keys. Throws `not_found`. */
export async function removeWebhook(deps: Deps, actor: Actor, id: string): Promise<void> {
  const { merchantId } = actor;
  await deps.db.withMerchant(merchantId, async (tx) => {
    const removed = await tx
      .delete(webhookEndpoints)
      .where(ownWebhook(merchantId, id))
      .returning({ id: webhookEndpoints.id });
    if (removed.length === 0) throw notFound('webhook');
    await audit(tx, actor, { action: 'webhook.removed', entityType: 'webhook', entityId: id });
  });
}
