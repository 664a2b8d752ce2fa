import { createRoute, type z } from '@hono/zod-openapi';
import { and, desc, eq, getTableColumns, sql } from 'drizzle-orm';
import { webhookDeliveries, webhookEndpoints } from '../../db/schema/webhooks.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { WebhookDeliveryState } from '../../domain/webhooks.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { PageQuery, pageOf } from '../paging.ts';
import { deliveryFromRow, WebhookDelivery } from './delivery.ts';
import { afterMoment, toPageByMoment } from './moment-cursor.ts';
import { ownWebhook } from './webhook.ts';

export const ListDeliveriesQuery = PageQuery.extend({ status: WebhookDeliveryState.optional() });

export const listDeliveriesRoute = createRoute({
  method: 'get',
  path: '/v1/webhooks/{id}/deliveries',
  summary: "List a webhook's deliveries of the last 30 days, newest first",
  tags: ['Webhooks'],
  ...secured('webhooks:read'),
  request: { params: IdParam, query: ListDeliveriesQuery },
  responses: {
    200: answer(pageOf(WebhookDelivery), 'A page of deliveries'),
    ...securedProblems('not_found'),
  },
});

/** Managers and API keys. Throws `not_found`. */
export async function listDeliveries(
  deps: Deps,
  { merchantId }: Actor,
  id: string,
  { status, limit, cursor }: z.infer<typeof ListDeliveriesQuery>,
) {
  const after = afterMoment(cursor);
  const { payload: _, ...columns } = getTableColumns(webhookDeliveries);
  const found = await deps.db.withMerchant(merchantId, async (tx) => {
    const endpoint = await tx
      .select({ id: webhookEndpoints.id })
      .from(webhookEndpoints)
      .where(ownWebhook(merchantId, id));
    if (endpoint.length === 0) throw notFound('webhook');
    return tx
      .select(columns)
      .from(webhookDeliveries)
      .where(
        and(
          eq(webhookDeliveries.merchantId, merchantId),
          eq(webhookDeliveries.endpointId, id),
          status && eq(webhookDeliveries.status, status),
          after &&
            sql`(${webhookDeliveries.createdAt}, ${webhookDeliveries.id}) < (${after.at}::timestamptz, ${after.id}::uuid)`,
        ),
      )
      .orderBy(desc(webhookDeliveries.createdAt), desc(webhookDeliveries.id))
      .limit(limit + 1);
  });
  const { rows, nextCursor } = toPageByMoment(found, limit);
  return { data: rows.map(deliveryFromRow), nextCursor };
}
