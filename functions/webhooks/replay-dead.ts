import { createRoute, z } from '@hono/zod-openapi';
import { and, asc, eq, gte, inArray } from 'drizzle-orm';
import { webhookDeliveries } from '../../db/schema/webhooks.ts';
import { Instant } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, IdParam, optionalBody, securedProblems, securedWithOptionalBody } from '../api.ts';
import type { Deps } from '../deps.ts';
import { sendSoon } from './delivery.ts';
import { anotherRound } from './replay-delivery.ts';
import { lockWebhook, refuseDisabled } from './webhook.ts';

export const DeadReplay = z
  .strictObject({ since: Instant.optional().openapi({ description: 'Only what happened from then on.' }) })
  .openapi('WebhookReplay');
export type DeadReplay = z.infer<typeof DeadReplay>;

export const DeadReplayed = z
  .object({
    replayed: z.int(),
    more: z.boolean().openapi({ description: 'Whether some are left for another request.' }),
  })
  .openapi('WebhookReplayed');

export const replayDeadRoute = createRoute({
  method: 'post',
  path: '/v1/webhooks/{id}/replay',
  summary: 'Send what was given up again',
  description: 'At most 1000 at a time, the oldest first.',
  tags: ['Webhooks'],
  ...securedWithOptionalBody('webhooks:write'),
  request: { params: IdParam, body: optionalBody(DeadReplay) },
  responses: {
    202: answer(DeadReplayed, 'How many are on their way'),
    ...securedProblems('not_found', 'conflict'),
  },
});

const MOST_AT_ONCE = 1000;

/** Managers and API keys. Throws `not_found`, and `conflict` while the webhook is disabled. */
export async function replayDead(
  deps: Deps,
  { merchantId }: Actor,
  endpointId: string,
  { since }: DeadReplay,
): Promise<z.infer<typeof DeadReplayed>> {
  const { replayed, more } = await deps.db.withMerchant(merchantId, async (tx) => {
    refuseDisabled(await lockWebhook(tx, merchantId, endpointId));
    const found = await tx
      .select({ id: webhookDeliveries.id })
      .from(webhookDeliveries)
      .where(
        and(
          eq(webhookDeliveries.merchantId, merchantId),
          eq(webhookDeliveries.endpointId, endpointId),
          eq(webhookDeliveries.status, 'dead'),
          since === undefined ? undefined : gte(webhookDeliveries.createdAt, new Date(since)),
        ),
      )
      .orderBy(asc(webhookDeliveries.createdAt))
      .limit(MOST_AT_ONCE + 1)
      .for('update');
    const ids = found.slice(0, MOST_AT_ONCE).map(({ id }) => id);
    if (ids.length === 0) return { replayed: 0, more: false };
    const rows = await tx
      .update(webhookDeliveries)
      .set(anotherRound())
      .where(and(eq(webhookDeliveries.merchantId, merchantId), inArray(webhookDeliveries.id, ids)))
      .returning({ id: webhookDeliveries.id, round: webhookDeliveries.round });
    await sendSoon(tx, merchantId, rows);
    return { replayed: rows.length, more: found.length > MOST_AT_ONCE };
  });
  if (replayed > 0) deps.wakeRelay();
  return { replayed, more };
}
