import { createRoute } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { notificationLog } from '../../db/schema/notifications.ts';
import { outbox } from '../../db/schema/orders.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { LISTED, Notification, notificationFromRow, ownNotification } from './notification.ts';

export const resendNotificationRoute = createRoute({
  method: 'post',
  path: '/v1/notifications/{id}/resend',
  summary: 'Send a message again',
  description: 'To the same address, as it was written. One that is on its way already stays so.',
  tags: ['Notifications'],
  ...secured('notifications:write'),
  request: { params: IdParam },
  responses: {
    202: answer(Notification, 'The message that is on its way'),
    ...securedProblems('not_found', 'conflict'),
  },
});

/**
 * Managers. Throws `not_found`, and `conflict` for what cannot be sent: it has no recipient (any more), or is the link to a
 * new password, which has ended.
 */
export async function resendNotification(
  deps: Deps,
  { merchantId }: Actor,
  id: string,
): Promise<Notification> {
  const row = await deps.db.withMerchant(merchantId, async (tx) => {
    const own = ownNotification(merchantId, id);
    const [found] = await tx.select(LISTED).from(notificationLog).where(own).for('update');
    if (found === undefined) throw notFound('notification');
    if (found.status === 'queued') return found;
    if (found.recipient === null) throw new AppError('conflict', 'There is nowhere to send it to.');
    if (found.event === 'manager.password_reset') {
      throw new AppError('conflict', 'Its link has ended: ask for a new one.');
    }
    const [queued] = await tx
      .update(notificationLog)
      .set({
        ...{ status: 'queued', detail: null, round: found.round + 1, step: 0 },
        queuedAt: sql`clock_timestamp()`,
        updatedAt: sql`clock_timestamp()`,
      })
      .where(own)
      .returning(LISTED);
    if (queued === undefined) throw notFound('notification');
    await sendSoon(tx, queued);
    return queued;
  });
  deps.wakeRelay();
  return notificationFromRow(row);
}

/** What the worker must hear of a message that is queued, in the same transaction. It finds the message by its id. */
export async function sendSoon(
  tx: Transaction,
  { merchantId, id, round }: { merchantId: string; id: string; round: number },
): Promise<void> {
  await tx
    .insert(outbox)
    .values({ topic: 'notification', merchantId, entityId: id, version: round, payload: {} });
}
