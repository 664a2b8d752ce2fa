import { createRoute } from '@hono/zod-openapi';
import { webhookEndpoints } from '../../db/schema/webhooks.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { ownWebhook, Webhook, webhookFromRow } from './webhook.ts';

export const getWebhookRoute = createRoute({
  method: 'get',
  path: '/v1/webhooks/{id}',
  summary: 'Read a webhook',
  tags: ['Webhooks'],
  ...secured('webhooks:read'),
  request: { params: IdParam },
  responses: { 200: answer(Webhook, 'The webhook'), ...securedProblems('not_found') },
});

/** Managers and API keys. Throws `not_found`. */
export async function getWebhook(deps: Deps, { merchantId }: Actor, id: string): Promise<Webhook> {
  const [row] = await deps.db.withMerchant(merchantId, (tx) =>
    tx.select().from(webhookEndpoints).where(ownWebhook(merchantId, id)),
  );
  if (row === undefined) throw notFound('webhook');
  return webhookFromRow(row);
}
