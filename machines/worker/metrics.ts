import { totalmem } from 'node:os';
import type { PgBoss } from 'pg-boss';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { observeOrders } from './metrics-orders.ts';
import { createReading } from './metrics-reading.ts';
import type { WorkerDatabase } from './queues.ts';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600];

export type Metrics = ReturnType<typeof createMetrics>;

/** All that the worker counts and times, with Node's own (event loop lag, memory, garbage collection). */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'dropmate_memory_limit_bytes',
    help: 'What the process may hold: its container’s limit, else all of the machine',
    registers,
  }).set(Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()));
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

/** Adds what is read from the database at each scrape; while it is away, that is left out. */
export function observeDatabase({ registry }: Metrics, db: WorkerDatabase, boss: PgBoss): void {
  const gauge = (name: string, help: string, ask: () => Promise<number>) => {
    const read = createReading(ask);
    const made: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const value = await read();
        if (value === undefined) made.remove();
        else made.set(value);
      },
    });
  };
  gauge('dropmate_outbox_rows', 'Outbox rows waiting, counted up to 100000', async () => {
    const { rows } = await db.executeSql(
      'select count(*)::int as waiting from (select from outbox limit 100000) as counted',
    );
    return rows[0].waiting;
  });
  gauge('dropmate_outbox_oldest_seconds', 'Age of the oldest outbox row, 0 when none waits', async () => {
    const { rows } = await db.executeSql(
      'select extract(epoch from clock_timestamp() - created_at)::float8 as age from outbox order by id limit 1',
    );
    return Math.max(0, rows[0]?.age ?? 0);
  });
  const readQueues = createReading(() => boss.getQueues());
  const jobs = new Gauge({
    name: 'dropmate_queue_jobs',
    help: 'Jobs by queue: waiting (for their time too), active, failed for good',
    labelNames: ['queue', 'state'] as const,
    registers: [registry],
    async collect() {
      const queues = (await readQueues()) ?? [];
      jobs.reset();
      for (const queue of queues) {
        jobs.set({ queue: queue.name, state: 'waiting' }, queue.queuedCount);
        jobs.set({ queue: queue.name, state: 'active' }, queue.activeCount);
        jobs.set({ queue: queue.name, state: 'failed' }, queue.failedCount);
      }
    },
  });
  observeOrders(registry, db);
}
