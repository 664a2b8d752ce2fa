import { z } from '@hono/zod-openapi';
import { and, eq, type InferSelectModel } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { outbox } from '../../db/schema/orders.ts';
import { webhookDeliveries } from '../../db/schema/webhooks.ts';
import { Instant } from '../../domain/orders.ts';
import { WebhookDeliveryState, WebhookEvent } from '../../domain/webhooks.ts';

export const WebhookDelivery = z
  .object({
    id: z.uuid().openapi({ description: 'The `webhook-id` of each attempt.' }),
    webhookId: z.uuid(),
    event: WebhookEvent,
    orderId: z.uuid().nullable(),
    status: WebhookDeliveryState,
    attempts: z.int(),
    nextAttemptAt: Instant.nullable(),
    deliveredAt: Instant.nullable(),
    createdAt: Instant,
  })
  .openapi('WebhookDelivery');
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

type DeliveryRow = Omit<InferSelectModel<typeof webhookDeliveries>, 'payload'>;

export function deliveryFromRow(row: DeliveryRow): WebhookDelivery {
  const { id, endpointId, event, orderId, status, attempts, nextAttemptAt, deliveredAt, createdAt } = row;
  return {
    ...{ id, webhookId: endpointId, event, orderId, status, attempts },
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    deliveredAt: deliveredAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

export const ownDelivery = (merchantId: string, id: string) =>
  and(eq(webhookDeliveries.merchantId, merchantId), eq(webhookDeliveries.id, id));

/** Has the worker make the next attempt of these deliveries. In the transaction that wrote them. */
export async function sendSoon(
  tx: Transaction,
  merchantId: string,
  deliveries: readonly { id: string; round: number }[],
): Promise<void> {
  if (deliveries.length === 0) return;
  await tx.insert(outbox).values(
    deliveries.map(({ id, round }) => ({
      topic: 'webhook' as const,
      merchantId,
      entityId: id,
      version: round,
      payload: {},
    })),
  );
}
