import { createRoute, z } from '@hono/zod-openapi';
import { and, desc, eq } from 'drizzle-orm';
import { webhookAttempts, webhookDeliveries } from '../../db/schema/webhooks.ts';
import { notFound } from '../../domain/errors.ts';
import { Instant } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { deliveryFromRow, ownDelivery, WebhookDelivery } from './delivery.ts';

export const WebhookAttempt = z
  .object({
    attempt: z.int(),
    at: Instant,
    status: z.int().nullable().openapi({ description: "The answer's; null when none came." }),
    error: z.string().nullable(),
    ms: z.int(),
  })
  .openapi('WebhookAttempt');

export const WebhookDeliveryDetails = WebhookDelivery.extend({
  payload: z.record(z.string(), z.unknown()).openapi({ description: 'What is sent.' }),
  log: z.array(WebhookAttempt),
}).openapi('WebhookDeliveryDetails');
export type WebhookDeliveryDetails = z.infer<typeof WebhookDeliveryDetails>;

export const getDeliveryRoute = createRoute({
  method: 'get',
  path: '/v1/webhooks/deliveries/{id}',
  summary: 'Read a delivery, with each of its attempts',
  tags: ['Webhooks'],
  ...secured('webhooks:read'),
  request: { params: IdParam },
  responses: { 200: answer(WebhookDeliveryDetails, 'The delivery'), ...securedProblems('not_found') },
});

/** The newest of them; a delivery that is replayed again and again has more. */
const MOST_ATTEMPTS = 100;

/** Managers and API keys. Throws `not_found`. */
export async function getDelivery(
  deps: Deps,
  { merchantId }: Actor,
  id: string,
): Promise<WebhookDeliveryDetails> {
  return deps.db.withMerchant(merchantId, async (tx) => {
    const [delivery] = await tx.select().from(webhookDeliveries).where(ownDelivery(merchantId, id));
    if (delivery === undefined) throw notFound('delivery');
    const attempts = await tx
      .select()
      .from(webhookAttempts)
      .where(and(eq(webhookAttempts.merchantId, merchantId), eq(webhookAttempts.deliveryId, id)))
      .orderBy(desc(webhookAttempts.attempt))
      .limit(MOST_ATTEMPTS);
    return {
      ...deliveryFromRow(delivery),
      payload: delivery.payload,
      log: attempts.reverse().map(({ attempt, createdAt, status, error, ms }) => ({
        ...{ attempt, at: createdAt.toISOString(), status, error, ms },
      })),
    };
  });
}
