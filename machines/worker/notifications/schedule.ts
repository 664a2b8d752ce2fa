import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import { derivedId } from '../../../db/derived-id.ts';
import type { Channel, NotificationEvent } from '../../../domain/notifications.ts';
import { READ_WAIT_MS } from '../../../domain/notifications.ts';
import { NOTIFICATION_QUEUE } from '../queues.ts';

/** A message's next attempt; `at` is when, or at once. */
export type Due = {
  merchantId: string;
  id: string;
  channel: Channel;
  round: number;
  step: number;
  at: Date | null;
};

/** Which attempt a job is for. Nothing that names anybody. */
export const SendJob = z.object({
  merchantId: z.uuid(),
  notificationId: z.uuid(),
  round: z.int(),
  step: z.int(),
});
export type SendJob = z.infer<typeof SendJob>;

/**
 * Makes the job of each attempt, for its time. Its id derives from the attempt, so that made twice it is one. Mail and text
 * messages are few at a time, as their one server likes it; browsers a few of each merchant's, whose servers may hang.
 */
export async function scheduleMessages(boss: Pick<PgBoss, 'insert'>, due: readonly Due[]): Promise<void> {
  if (due.length === 0) return;
  await boss.insert(
    NOTIFICATION_QUEUE,
    due.map(({ merchantId, id, channel, round, step, at }) => ({
      id: derivedId('notification attempt', id, round, step),
      data: { merchantId, notificationId: id, round, step } satisfies SendJob,
      group: { id: channel === 'push' ? `push ${merchantId}` : channel },
      ...(at === null ? {} : { startAfter: at.toISOString() }),
    })),
  );
}

/** When the first attempt is: who looks at a chat reads it before. */
export const firstAttemptAt = (event: NotificationEvent, queuedAt: Date): Date | null =>
  event.endsWith('.message') ? new Date(queuedAt.getTime() + READ_WAIT_MS) : null;
