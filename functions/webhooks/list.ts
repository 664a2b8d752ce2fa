import { createRoute, type z } from '@hono/zod-openapi';
import { and, desc, eq, lt } from 'drizzle-orm';
import { webhookEndpoints } from '../../db/schema/webhooks.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { afterId, PageQuery, pageOf, toPage } from '../paging.ts';
import { Webhook, webhookFromRow } from './webhook.ts';

export const listWebhooksRoute = createRoute({
  method: 'get',
  path: '/v1/webhooks',
  summary: 'List webhooks, newest first',
  tags: ['Webhooks'],
  ...secured('webhooks:read'),
  request: { query: PageQuery },
  responses: { 200: answer(pageOf(Webhook), 'A page of webhooks'), ...securedProblems() },
});

/** Managers and API keys. */
export async function listWebhooks(deps: Deps, actor: Actor, { limit, cursor }: z.infer<typeof PageQuery>) {
  const after = afterId(cursor);
  const found = await deps.db.withMerchant(actor.merchantId, (tx) =>
    tx
      .select()
      .from(webhookEndpoints)
      .where(
        and(
          eq(webhookEndpoints.merchantId, actor.merchantId),
          after ? lt(webhookEndpoints.id, after) : undefined,
        ),
      )
      .orderBy(desc(webhookEndpoints.id))
      .limit(limit + 1),
  );
  const { rows, nextCursor } = toPage(found, limit);
  return { data: rows.map(webhookFromRow), nextCursor };
}
