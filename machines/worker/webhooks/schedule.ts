import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import { derivedId } from '../../../db/derived-id.ts';
import { WEBHOOK_DELIVERY_QUEUE } from '../queues.ts';

/** A delivery's next attempt. */
export type Due = {
  merchantId: string;
  id: string;
  endpointId: string;
  round: number;
  step: number;
  nextAttemptAt: Date | null;
};

/** Which attempt a job is for. Nothing that names anybody. */
export const AttemptJob = z.object({
  merchantId: z.uuid(),
  deliveryId: z.uuid(),
  round: z.int(),
  step: z.int(),
});
export type AttemptJob = z.infer<typeof AttemptJob>;

/**
 * Makes the job of each attempt, for its time. Its id derives from the attempt, so that made twice it is one; the group lets
 * an endpoint have only so many at a time.
 */
export async function scheduleDeliveries(boss: Pick<PgBoss, 'insert'>, due: readonly Due[]): Promise<void> {
  if (due.length === 0) return;
  await boss.insert(
    WEBHOOK_DELIVERY_QUEUE,
    due.map(({ merchantId, id, endpointId, round, step, nextAttemptAt }) => ({
      id: derivedId('webhook attempt', id, round, step),
      data: { merchantId, deliveryId: id, round, step } satisfies AttemptJob,
      group: { id: endpointId },
      ...(nextAttemptAt === null ? {} : { startAfter: nextAttemptAt.toISOString() }),
    })),
  );
}
