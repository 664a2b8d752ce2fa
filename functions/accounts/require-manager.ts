import { and, eq, isNull } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { users } from '../../db/schema/accounts.ts';
import { AppError } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';

/**
 * For verbs that give access to others: an access token outlives its user's removal by up to ten minutes, in which it
 * must not make another way in. The row stays locked, so that a removal at the same time comes before or after.
 * Throws `forbidden`.
 */
export async function requireManager(tx: Transaction, actor: Actor): Promise<void> {
  if (actor.type !== 'manager') throw noLongerManager();
  const [found] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.merchantId, actor.merchantId), eq(users.id, actor.userId), isNull(users.disabledAt)))
    .for('share');
  if (found === undefined) throw noLongerManager();
}

export const noLongerManager = (): AppError =>
  new AppError('forbidden', 'You are no longer a manager of this business.');
