import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';
import { PARTITIONS_QUEUE, type WorkerDatabase } from './queues.ts';

/** The worker's daily round: partitions of the trail for the weeks to come. One of all workers does it. */
export async function startMaintenance(options: {
  db: WorkerDatabase;
  boss: PgBoss;
  log: Logger;
  metrics: Metrics;
}): Promise<void> {
  const { db, boss, log, metrics } = options;
  // After a day on which no worker ran, at once.
  await boss.schedule(PARTITIONS_QUEUE, '17 3 * * *', {}, { tz: 'UTC', missed: 'once' });
  await boss.work(PARTITIONS_QUEUE, { pollingIntervalSeconds: 5 }, async () => {
    try {
      const { rows } = await db.executeSql('select ensure_trail_partitions() as made');
      log.info({ made: rows[0]?.made }, 'trail partitions ensured');
      metrics.jobs.inc({ queue: PARTITIONS_QUEUE, outcome: 'done' });
    } catch (error) {
      metrics.jobs.inc({ queue: PARTITIONS_QUEUE, outcome: 'retry' });
      throw error;
    }
  });
}
