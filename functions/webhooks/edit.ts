import { createRoute, z } from '@hono/zod-openapi';
import { webhookEndpoints } from '../../db/schema/webhooks.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { audit } from '../accounts/audit.ts';
import { answer, body, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { checkUrl } from './check-url.ts';
import { lockWebhook, ownWebhook, Webhook, WebhookEvents, WebhookUrl, webhookFromRow } from './webhook.ts';

export const WebhookEdit = z
  .strictObject({
    url: WebhookUrl.optional(),
    events: WebhookEvents.optional(),
    description: text(200).nullable().optional(),
    enabled: z.boolean().optional().openapi({
      description: 'What is on its way to a disabled webhook becomes dead at its next attempt.',
    }),
  })
  .openapi('WebhookEdit');
export type WebhookEdit = z.infer<typeof WebhookEdit>;

export const editWebhookRoute = createRoute({
  method: 'patch',
  path: '/v1/webhooks/{id}',
  summary: 'Edit a webhook',
  tags: ['Webhooks'],
  ...secured('webhooks:write'),
  request: { params: IdParam, body: body(WebhookEdit) },
  responses: { 200: answer(Webhook, 'The webhook'), ...securedProblems('not_found', 'unprocessable') },
});

/** Managers and API keys. Throws `not_found`, and `unprocessable` for a URL that nothing is sent to. */
export async function editWebhook(
  deps: Deps,
  actor: Actor,
  id: string,
  { enabled, ...change }: WebhookEdit,
): Promise<Webhook> {
  const { merchantId } = actor;
  if (change.url !== undefined) await checkUrl(deps, change.url);
  const row = await deps.db.withMerchant(merchantId, async (tx) => {
    const before = await lockWebhook(tx, merchantId, id);
    const now = new Date();
    const [edited] = await tx
      .update(webhookEndpoints)
      .set({ ...change, ...switched(enabled, before.disabledAt, now), updatedAt: now })
      .where(ownWebhook(merchantId, id))
      .returning();
    if (edited === undefined) throw notFound('webhook');
    await audit(tx, actor, { action: 'webhook.edited', entityType: 'webhook', entityId: id });
    return edited;
  });
  return webhookFromRow(row);
}

function switched(enabled: boolean | undefined, disabledAt: Date | null, now: Date) {
  if (enabled === undefined || enabled === (disabledAt === null)) return {};
  return { disabledAt: enabled ? null : now, disabledReason: null };
}
