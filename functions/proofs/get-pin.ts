import { createRoute, z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { auditLog } from '../../db/schema/accounts.ts';
import { orderPins } from '../../db/schema/proofs.ts';
import { notFound } from '../../domain/errors.ts';
import { Instant } from '../../domain/orders.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { PIN_TRIES } from '../../domain/proof.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';

export const PinAnswer = z
  .object({
    pin: z.string(),
    triesLeft: z.int(),
    verifiedAt: Instant.nullable(),
    overridden: z.boolean(),
  })
  .openapi('Pin');

export const getPinRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/pin',
  summary: 'The PIN of an order, for a customer who cannot find it',
  description: 'Managers only, and written to the audit log.',
  tags: ['Proofs'],
  ...secured('orders:pin'),
  request: { params: IdParam },
  responses: { 200: answer(PinAnswer, 'The PIN'), ...securedProblems('not_found') },
});

/** Managers. Throws `not_found`, also for an order that demands none, and for one whose secret was lost. */
export async function getPin(deps: Deps, actor: Actor, orderId: string): Promise<z.infer<typeof PinAnswer>> {
  const { merchantId } = actor;
  const { row, pin } = await deps.db.withMerchant(merchantId, async (tx) => {
    const [row] = await tx
      .select()
      .from(orderPins)
      .where(and(eq(orderPins.merchantId, merchantId), eq(orderPins.orderId, orderId)));
    const pin = row && deps.pins.open(row.sealed);
    if (row === undefined || pin === undefined) throw notFound('PIN');
    await tx.insert(auditLog).values({
      merchantId,
      id: uuidv7(),
      actorType: actor.type,
      actorId: actorId(actor),
      action: 'order.pin_shown',
      entityType: 'order',
      entityId: orderId,
    });
    return { row, pin };
  });
  return {
    pin,
    triesLeft: Math.max(0, PIN_TRIES - row.failures),
    verifiedAt: row.verifiedAt?.toISOString() ?? null,
    overridden: row.overridden,
  };
}
