import { and, eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { orders } from '../../db/schema/orders.ts';
import { notFound } from '../../domain/errors.ts';
import type { Speaker } from '../../domain/messages.ts';
import { type Actor, actorId } from '../../domain/policy.ts';

/** Who an actor is in an order's chat. */
export function speakerOf(actor: Actor): Speaker {
  return actor.type === 'driver'
    ? { from: 'driver', senderId: actor.userId, driverId: actor.driverId }
    : { from: 'manager', senderId: actorId(actor) };
}

/**
 * The order whose chat it is, locked against changes until the transaction's end, so that nobody writes to an order that is
 * being taken from them or erased. Throws `not_found`, also for an order that is not that driver's.
 */
export async function lockChat(tx: Transaction, merchantId: string, orderId: string, speaker: Speaker) {
  const { status, statusAt } = orders;
  const [order] = await tx
    .select({ status, statusAt })
    .from(orders)
    .where(
      and(
        eq(orders.merchantId, merchantId),
        eq(orders.id, orderId),
        speaker.from === 'driver' ? eq(orders.driverId, speaker.driverId) : undefined,
      ),
    )
    .for('share');
  if (order === undefined) throw notFound('order');
  return order;
}
