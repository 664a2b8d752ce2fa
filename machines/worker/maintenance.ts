import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Retention } from '../../domain/retention.ts';
import type { Metrics } from './metrics.ts';
import { ANALYTICS_QUEUE, PARTITIONS_QUEUE, RETENTION_QUEUE, type WorkerDatabase } from './queues.ts';

type DailyJob = { queue: string; cron: string; query: string; values?: unknown[]; done: string };

/** Each is one SQL function, which acts with the owner's rights. */
const dailyJobs = (retention: Partial<Retention>): DailyJob[] => [
  {
    queue: PARTITIONS_QUEUE,
    cron: '17 3 * * *',
    query: 'select ensure_trail_partitions() as made',
    done: 'trail partitions ensured',
  },
  {
    queue: ANALYTICS_QUEUE,
    cron: '57 3 * * *',
    query: 'select keep_analytics() as merchants',
    done: 'figures of past days kept',
  },
  {
    queue: RETENTION_QUEUE,
    cron: '37 3 * * *',
    query: 'select remove_expired($1::jsonb) as removed',
    values: [JSON.stringify(retention)],
    done: 'what had served its time is removed',
  },
];

/** The worker's daily round: partitions for the weeks to come, and what has served its time. One of all workers does it. */
export async function startMaintenance(options: {
  db: WorkerDatabase;
  boss: PgBoss;
  log: Logger;
  metrics: Metrics;
  retention: Partial<Retention>;
}): Promise<void> {
  const { db, boss, log, metrics, retention } = options;
  for (const { queue, cron, query, values, done } of dailyJobs(retention)) {
    // After a day on which no worker ran, at once.
    await boss.schedule(queue, cron, {}, { tz: 'UTC', missed: 'once' });
    await boss.work(queue, { pollingIntervalSeconds: 5 }, async () => {
      try {
        const { rows } = await db.executeSql(query, values);
        log.info({ ...rows[0] }, done);
        metrics.jobs.inc({ queue, outcome: 'done' });
      } catch (error) {
        metrics.jobs.inc({ queue, outcome: 'retry' });
        throw error;
      }
    });
  }
}
