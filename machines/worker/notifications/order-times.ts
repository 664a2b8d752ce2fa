import { z } from 'zod';
import type { JobContext } from '../jobs.ts';
import { ORDER_TIMES_QUEUE } from '../queues.ts';

const Noted = z.object({ late: z.int(), arriving: z.int() });

/**
 * Each minute, by one of all workers: looks for orders that have become late or are about to arrive, which no write of their
 * own says, and puts each into the outbox once.
 */
export async function startOrderTimes({ db, boss, log, metrics }: JobContext): Promise<void> {
  await boss.schedule(ORDER_TIMES_QUEUE, '* * * * *', {}, { tz: 'UTC' });
  await boss.work(ORDER_TIMES_QUEUE, { pollingIntervalSeconds: 5 }, async () => {
    try {
      const { rows } = await db.executeSql('select late, arriving from note_order_times()');
      const noted = Noted.parse(rows[0]);
      if (noted.late + noted.arriving > 0) log.info(noted, 'orders are late, or about to arrive');
      metrics.jobs.inc({ queue: ORDER_TIMES_QUEUE, outcome: 'done' });
    } catch (error) {
      metrics.jobs.inc({ queue: ORDER_TIMES_QUEUE, outcome: 'retry' });
      throw error;
    }
  });
}
