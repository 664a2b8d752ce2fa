import { and, eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { customers, deliveryUpdates, orders } from '../../db/schema/orders.ts';
import { proofs } from '../../db/schema/proofs.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { type Actor, actorId, driverScope } from '../../domain/policy.ts';
import { MAX_PROOFS } from '../../domain/proof.ts';
import type { ProofRow } from './proof.ts';

export type NewProof = Omit<ProofRow, 'createdAt'>;
export type Inserted = { row: ProofRow; created: boolean };

/** The row of a file; the one that was there, when it is of the very same. Throws `not_found` and `conflict`. */
export async function insertProof(tx: Transaction, actor: Actor, proof: NewProof): Promise<Inserted> {
  const { merchantId, id, orderId } = proof;
  await requireProvable(tx, actor, orderId);
  const [row] = await tx.insert(proofs).values(proof).onConflictDoNothing().returning();
  if (row !== undefined) {
    const ofActor = and(
      eq(proofs.merchantId, merchantId),
      eq(proofs.orderId, orderId),
      eq(proofs.actorId, actorId(actor)),
    );
    if ((await tx.$count(proofs, ofActor)) <= MAX_PROOFS) return { row, created: true };
    throw new AppError('conflict', `An order has at most ${MAX_PROOFS} files of one person.`);
  }
  const [before] = await tx
    .select()
    .from(proofs)
    .where(and(eq(proofs.merchantId, merchantId), eq(proofs.id, id)));
  const same =
    before?.orderId === orderId &&
    before.kind === proof.kind &&
    before.sha256 === proof.sha256 &&
    before.actorId === proof.actorId;
  if (same) return { row: before, created: false };
  throw new AppError('conflict', 'Another file has this id.', {
    errors: [{ path: 'id', message: 'is that of another file' }],
  });
}

/** Keeps the order from being erased meanwhile. Throws `not_found`, and `conflict` when its customer was erased. */
export async function requireProvable(tx: Transaction, actor: Actor, orderId: string): Promise<void> {
  const { merchantId } = actor;
  const [order] = await tx
    .select({ driverId: orders.driverId, customerId: orders.customerId })
    .from(orders)
    .where(and(eq(orders.merchantId, merchantId), eq(orders.id, orderId)))
    .for('key share');
  const driverId = driverScope(actor);
  if (order === undefined) throw notFound('order');
  if (
    driverId !== null &&
    order.driverId !== driverId &&
    !(await hadOrder(tx, merchantId, orderId, driverId))
  ) {
    throw notFound('order');
  }
  if (order.customerId === null) return;
  const [customer] = await tx
    .select({ erasedAt: customers.erasedAt })
    .from(customers)
    .where(and(eq(customers.merchantId, merchantId), eq(customers.id, order.customerId)));
  if (customer?.erasedAt) throw new AppError('conflict', "The customer's data were erased.");
}

/** Whether that driver had the order once. */
async function hadOrder(tx: Transaction, merchantId: string, orderId: string, driverId: string) {
  const [line] = await tx
    .select({ id: deliveryUpdates.id })
    .from(deliveryUpdates)
    .where(
      and(
        eq(deliveryUpdates.merchantId, merchantId),
        eq(deliveryUpdates.orderId, orderId),
        eq(deliveryUpdates.driverId, driverId),
      ),
    )
    .limit(1);
  return line !== undefined;
}
