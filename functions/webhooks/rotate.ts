import { createRoute } from '@hono/zod-openapi';
import { webhookEndpoints } from '../../db/schema/webhooks.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { audit } from '../accounts/audit.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { createOnce, IdempotencyKey, type Once } from '../idempotency.ts';
import { newSecret, rotated } from './new-secret.ts';
import { lockWebhook, ownWebhook, WebhookWithSecret, webhookFromRow } from './webhook.ts';

export const rotateWebhookRoute = createRoute({
  method: 'post',
  path: '/v1/webhooks/{id}/rotate',
  summary: "Replace a webhook's secret",
  description: 'For 24 hours, what is sent has a signature by the one before as well.',
  tags: ['Webhooks'],
  ...secured('webhooks:write'),
  request: { params: IdParam, headers: IdempotencyKey },
  responses: {
    200: answer(WebhookWithSecret, 'The webhook, with its new secret'),
    ...securedProblems('not_found', 'conflict', 'unprocessable'),
  },
});

/** Managers and API keys. Throws `not_found`. */
export async function rotateWebhook(deps: Deps, actor: Actor, id: string, once: Once | undefined) {
  const { merchantId } = actor;
  const { secret, sealed } = newSecret(deps.webhooks.seal);
  return createOnce(deps, actor, once, async (tx) => {
    const { secrets } = await lockWebhook(tx, merchantId, id);
    const [changed] = await tx
      .update(webhookEndpoints)
      .set({ secrets: rotated(secrets, sealed), updatedAt: new Date() })
      .where(ownWebhook(merchantId, id))
      .returning();
    if (changed === undefined) throw notFound('webhook');
    await audit(tx, actor, { action: 'webhook.rotated', entityType: 'webhook', entityId: id });
    return { ...webhookFromRow(changed), secret };
  });
}
