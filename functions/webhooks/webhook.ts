import { z } from '@hono/zod-openapi';
import { and, eq, type InferSelectModel } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { webhookEndpoints } from '../../db/schema/webhooks.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { Instant } from '../../domain/orders.ts';
import { SubscribableEvent, WebhookEvent } from '../../domain/webhooks.ts';

export const Webhook = z
  .object({
    id: z.uuid(),
    url: z.string(),
    description: z.string().nullable(),
    events: z.array(WebhookEvent),
    enabled: z.boolean(),
    disabledAt: Instant.nullable(),
    disabledReason: z.string().nullable().openapi({ description: 'When it was not you who disabled it.' }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .openapi('Webhook');
export type Webhook = z.infer<typeof Webhook>;

export const WebhookWithSecret = Webhook.extend({
  secret: z.string().openapi({ description: 'Signs what is sent, as `whsec_…`. Shown this once.' }),
}).openapi('WebhookWithSecret');

/** Fields of a request. */
export const WebhookUrl = z.string().trim().min(1).max(2000);
export const WebhookEvents = z
  .array(SubscribableEvent)
  .min(1)
  .max(SubscribableEvent.options.length)
  .transform((events) => [...new Set(events)]);

export type WebhookRow = InferSelectModel<typeof webhookEndpoints>;

/** Never with its secrets. */
export function webhookFromRow(row: WebhookRow): Webhook {
  const { id, url, description, events, disabledAt, disabledReason, createdAt, updatedAt } = row;
  return {
    ...{ id, url, description, events, disabledReason },
    enabled: disabledAt === null,
    disabledAt: disabledAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

export const ownWebhook = (merchantId: string, id: string) =>
  and(eq(webhookEndpoints.merchantId, merchantId), eq(webhookEndpoints.id, id));

/** Locked until the end of the transaction. Throws `not_found`. */
export async function lockWebhook(tx: Transaction, merchantId: string, id: string): Promise<WebhookRow> {
  const [row] = await tx
    .select()
    .from(webhookEndpoints)
    .where(ownWebhook(merchantId, id))
    .for('no key update');
  if (row === undefined) throw notFound('webhook');
  return row;
}

export function refuseDisabled({ disabledAt }: WebhookRow): void {
  if (disabledAt !== null) {
    throw new AppError('conflict', 'The webhook is disabled: nothing is sent to it. Enable it first.');
  }
}
