import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { deliveryUpdates } from '../../db/schema/orders.ts';
import { lateReports, orderPins, proofs } from '../../db/schema/proofs.ts';
import { AppError } from '../../domain/errors.ts';
import type { Deps } from '../deps.ts';
import { folderOf } from '../proofs/upload.ts';

/**
 * Of what came with these orders' steps, the money stays: photos, signatures, names, PINs and places go. Throws `unavailable`
 * when files are in an object store and none is set up: without their rows nobody would know of them.
 */
export async function eraseProofs(
  { objects }: Pick<Deps, 'objects'>,
  tx: Transaction,
  merchantId: string,
  orderIds: string[],
): Promise<void> {
  const of = (table: typeof proofs | typeof orderPins | typeof lateReports | typeof deliveryUpdates) =>
    and(eq(table.merchantId, merchantId), inArray(table.orderId, orderIds));
  const figures = sql`case when details ? 'cashCollected' then
    jsonb_build_object('cashCollected', details->'cashCollected') end`;
  const gone = await tx.delete(proofs).where(of(proofs)).returning({ storage: proofs.storage });
  if (objects === undefined && gone.some(({ storage }) => storage === 's3')) {
    throw new AppError('unavailable', 'Files cannot be reached just now; nothing is erased.', {
      cause: new Error('files are in an object store, and none is configured'),
    });
  }
  await tx.delete(orderPins).where(of(orderPins));
  await tx.update(lateReports).set({ reason: null, location: null, details: figures }).where(of(lateReports));
  await tx.update(deliveryUpdates).set({ details: figures }).where(of(deliveryUpdates));
}

const AT_ONCE = 8;

/**
 * Removes the orders' folders from the object store, after the commit: whatever was put there, known to a row or not.
 * Throws `unavailable` when some may be left; asking for the erasure again removes them.
 */
export async function eraseFiles(deps: Deps, merchantId: string, orderIds: string[]): Promise<void> {
  const { objects } = deps;
  if (objects === undefined) return;
  for (let from = 0; from < orderIds.length; from += AT_ONCE) {
    const some = orderIds.slice(from, from + AT_ONCE);
    const removed = await Promise.allSettled(
      some.map((id) => objects.removeFolder(folderOf(merchantId, id))),
    );
    const failed = removed.find((result) => result.status === 'rejected');
    if (failed === undefined) continue;
    throw new AppError('unavailable', 'All is erased but files in the object store; ask for it again.', {
      retryAfter: 30,
      cause: failed.reason,
    });
  }
}
