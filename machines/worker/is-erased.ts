import { and, eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { customers, orders } from '../../db/schema/orders.ts';
import type { Fact } from './consequences.ts';

/**
 * Whether the order's customer was erased after the fact, which then must not be written down again. Asked in the transaction
 * that writes: the eraser locks the customer before it deletes what was written, so it either waits for ours and deletes it,
 * or we wait for it and see. The erased order itself, a version of its own, is told.
 */
export async function isErased(
  tx: Transaction,
  { merchantId, topic, version, at }: Fact,
  orderId: string,
): Promise<boolean> {
  const own = and(eq(orders.merchantId, merchantId), eq(orders.id, orderId));
  const [customer] = await tx
    .select({ erasedAt: customers.erasedAt })
    .from(customers)
    .where(
      and(
        eq(customers.merchantId, merchantId),
        eq(customers.id, tx.select({ id: orders.customerId }).from(orders).where(own)),
      ),
    )
    .for('key share');
  if (customer === undefined || customer.erasedAt === null) return false;
  if (!OF_VERSION.includes(topic)) return customer.erasedAt.getTime() > Date.parse(at);
  // Asked after the lock was had, or it could be the version of before.
  const [order] = await tx.select({ version: orders.version }).from(orders).where(own);
  return order !== undefined && order.version > version;
}

/** Topics whose payload is the order, as it was at that version. */
const OF_VERSION = ['order', 'order_late'];
