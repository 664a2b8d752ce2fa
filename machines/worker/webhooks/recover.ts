import { z } from 'zod';
import type { JobContext } from '../jobs.ts';
import { scheduleDeliveries } from './schedule.ts';

const PAGE = 500;

const Row = z.object({
  merchantId: z.uuid(),
  id: z.uuid(),
  endpointId: z.uuid(),
  round: z.int(),
  step: z.int(),
  nextAttemptAt: z.date().nullable(),
});

/**
 * Gives each delivery that is on its way a job, those that have one keep it. After a restore the queue may know less than the
 * deliveries do, so each worker does this once when it starts.
 */
export async function recoverDeliveries({ db, boss }: Pick<JobContext, 'db' | 'boss'>): Promise<void> {
  let after: { merchantId: string; id: string } | undefined;
  for (;;) {
    const { rows } = await db.executeSql(
      `select merchant_id as "merchantId", id, endpoint_id as "endpointId", round, step,
        next_attempt_at as "nextAttemptAt"
      from webhook_deliveries
      where status = 'pending' and ($1::uuid is null or (merchant_id, id) > ($1::uuid, $2::uuid))
      order by merchant_id, id limit ${PAGE}`,
      [after?.merchantId ?? null, after?.id ?? null],
    );
    const due = z.array(Row).parse(rows);
    await scheduleDeliveries(boss, due);
    after = due.at(-1);
    if (due.length < PAGE) return;
  }
}
