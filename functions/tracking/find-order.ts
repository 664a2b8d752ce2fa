import { eq } from 'drizzle-orm';
import { orders } from '../../db/schema/orders.ts';
import { hashToken } from '../../db/tracking-token.ts';
import { isActive } from '../../domain/order-status.ts';
import type { Deps } from '../deps.ts';

/** A link is good until so long after the order ended. */
export const LINK_MS_AFTER_END = 72 * 3_600_000;

export type FoundLink =
  | { kind: 'good'; merchantId: string; orderId: string }
  | { kind: 'unknown' | 'expired' };

/** What a tracking token leads to. The only look-up that knows no merchant: the token's hash is the key. */
export async function findByToken(
  deps: Pick<Deps, 'db'>,
  token: string,
  now = Date.now(),
): Promise<FoundLink> {
  const { id, merchantId, status, statusAt } = orders;
  const [order] = await deps.db.system
    .select({ id, merchantId, status, statusAt })
    .from(orders)
    .where(eq(orders.trackingHash, hashToken(token)));
  if (order === undefined) return { kind: 'unknown' };
  const ended = !isActive(order.status);
  if (ended && order.statusAt.getTime() + LINK_MS_AFTER_END < now) return { kind: 'expired' };
  return { kind: 'good', merchantId: order.merchantId, orderId: order.id };
}
