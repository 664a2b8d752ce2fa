import type { PgBoss } from 'pg-boss';
import type postgres from 'postgres';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600];

export type Metrics = ReturnType<typeof createMetrics>;

/** All that the worker counts and times, with Node's own (event loop lag, memory, garbage collection). */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    relayed: new Counter({
      name: 'dropmate_outbox_relayed_total',
      help: 'Outbox rows turned into jobs by this worker',
      registers,
    }),
    jobs: new Counter({
      name: 'dropmate_jobs_total',
      help: 'Jobs worked by this worker: done, to be tried again, or dead',
      labelNames: ['queue', 'outcome'] as const,
      registers,
    }),
    roomPost: new Histogram({
      name: 'dropmate_room_post_seconds',
      help: 'Time of one post to a room, whatever its answer',
      buckets: SECONDS,
      registers,
    }),
    roomDelay: new Histogram({
      name: 'dropmate_room_delay_seconds',
      help: "From the writing of a fact to the room's answer",
      buckets: SECONDS,
      registers,
    }),
  };
}

/** Adds what is read from the database at each scrape. While it is away, the last values stay out of the answer. */
export function observeDatabase({ registry }: Metrics, sql: postgres.Sql, boss: PgBoss): void {
  const registers = [registry];
  const rows = new Gauge({
    name: 'dropmate_outbox_rows',
    help: 'Outbox rows waiting, counted up to 100000',
    registers,
  });
  const age = new Gauge({
    name: 'dropmate_outbox_oldest_seconds',
    help: 'Age of the oldest outbox row, 0 when none waits',
    registers,
    async collect() {
      const lag = await readLag(sql).catch(() => undefined);
      if (!lag) {
        rows.remove();
        age.remove();
        return;
      }
      rows.set(lag.rows);
      age.set(lag.age);
    },
  });
  const jobs = new Gauge({
    name: 'dropmate_queue_jobs',
    help: 'Jobs by queue: waiting (for their time too), active, failed for good',
    labelNames: ['queue', 'state'] as const,
    registers,
    async collect() {
      const queues = await boss.getQueues().catch(() => []);
      jobs.reset();
      for (const queue of queues) {
        jobs.set({ queue: queue.name, state: 'waiting' }, queue.queuedCount);
        jobs.set({ queue: queue.name, state: 'active' }, queue.activeCount);
        jobs.set({ queue: queue.name, state: 'failed' }, queue.failedCount);
      }
    },
  });
}

async function readLag(sql: postgres.Sql): Promise<{ rows: number; age: number } | undefined> {
  const [lag] = await sql<{ rows: number; age: number }[]>`
    select (select count(*)::int from (select from outbox limit 100000) r) as rows,
      coalesce(greatest(extract(epoch from clock_timestamp() - (select created_at from outbox order by id limit 1)), 0), 0)::float8 as age`;
  return lag;
}
