import { createRoute } from '@hono/zod-openapi';
import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { users } from '../../db/schema/accounts.ts';
import { outbox } from '../../db/schema/orders.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { audit } from './audit.ts';
import { noLongerManager } from './require-manager.ts';
import { revokeSessions } from './revoke-sessions.ts';

export const removeUserRoute = createRoute({
  method: 'delete',
  path: '/v1/users/{id}',
  summary: 'Remove a colleague: their sessions and sockets end',
  tags: ['Accounts'],
  ...secured('users:write'),
  request: { params: IdParam },
  responses: { 204: { description: 'Removed' }, ...securedProblems('not_found', 'conflict') },
});

/**
 * Managers, and nobody themselves: so the last one stays. The row stays for the audit, its email is free for another
 * account. Throws `not_found`, `conflict`.
 */
export async function removeUser(deps: Deps, actor: Actor, id: string): Promise<void> {
  const { merchantId } = actor;
  await deps.db.withMerchant(merchantId, async (tx) => {
    const managers = await lockManagers(tx, merchantId);
    if (!managers.includes(actorId(actor))) throw noLongerManager();
    if (!managers.includes(id)) throw notFound('user');
    if (id === actorId(actor)) throw new AppError('conflict', 'You cannot remove yourself.');
    await tx
      .update(users)
      .set({ disabledAt: new Date(), email: null, passwordHash: null })
      .where(and(eq(users.merchantId, merchantId), eq(users.id, id)));
    await revokeSessions(tx, { merchantId, userId: id });
    await audit(tx, actor, { action: 'user.removed', entityType: 'user', entityId: id });
    await tellRooms(tx, merchantId, id);
  });
  deps.wakeRelay();
}

/** They close the sockets, which a room token keeps open for up to an hour. A user has no version: this happens once. */
async function tellRooms(tx: Transaction, merchantId: string, userId: string): Promise<void> {
  await tx
    .insert(outbox)
    .values({ topic: 'user_removed', merchantId, entityId: userId, version: 1, payload: { userId } });
}

/** All of them, in one order: of two managers who remove each other at once, the second is one no longer. */
async function lockManagers(tx: Transaction, merchantId: string): Promise<string[]> {
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.merchantId, merchantId), eq(users.role, 'manager'), isNull(users.disabledAt)))
    .orderBy(asc(users.id))
    .for('no key update');
  return rows.map(({ id }) => id);
}
