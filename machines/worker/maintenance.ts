import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';
import { PARTITIONS_QUEUE, RETENTION_QUEUE, type WorkerDatabase } from './queues.ts';

type DailyJob = { queue: string; cron: string; query: string; done: string };

/** Each is one SQL function, which acts with the owner's rights. */
const DAILY_JOBS: readonly DailyJob[] = [
  {
    queue: PARTITIONS_QUEUE,
    cron: '17 3 * * *',
    query: 'select ensure_trail_partitions() as made',
    done: 'trail partitions ensured',
  },
  {
    queue: RETENTION_QUEUE,
    cron: '37 3 * * *',
    query: 'select idempotency_keys, sessions from delete_expired()',
    done: 'expired rows deleted',
  },
];

/** The worker's daily round: partitions for the weeks to come, and what has served its time. One of all workers does it. */
export async function startMaintenance(options: {
  db: WorkerDatabase;
  boss: PgBoss;
  log: Logger;
  metrics: Metrics;
}): Promise<void> {
  const { db, boss, log, metrics } = options;
  for (const { queue, cron, query, done } of DAILY_JOBS) {
    // After a day on which no worker ran, at once.
    await boss.schedule(queue, cron, {}, { tz: 'UTC', missed: 'once' });
    await boss.work(queue, { pollingIntervalSeconds: 5 }, async () => {
      try {
        const { rows } = await db.executeSql(query);
        log.info({ ...rows[0] }, done);
        metrics.jobs.inc({ queue, outcome: 'done' });
      } catch (error) {
        metrics.jobs.inc({ queue, outcome: 'retry' });
        throw error;
      }
    });
  }
}
