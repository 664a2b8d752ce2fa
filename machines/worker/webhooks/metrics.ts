import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { z } from 'zod';
import { createReading } from '../metrics-reading.ts';
import type { WorkerDatabase } from '../queues.ts';

export type WebhookMetrics = ReturnType<typeof createWebhookMetrics>;

/** Adds what is known of webhooks to a registry: what this worker did, and, read at a scrape, how they stand. */
export function createWebhookMetrics(registry: Registry, db: Pick<WorkerDatabase, 'executeSql'>) {
  const registers = [registry];
  const read = createReading(() => readStanding(db), FRESH_MS);
  const gauge = (name: string, help: string, value: (standing: Standing) => number) => {
    const made: Gauge = new Gauge({
      name,
      help,
      registers,
      async collect() {
        const standing = await read();
        if (standing === undefined) made.remove();
        else made.set(value(standing));
      },
    });
  };
  gauge('dropmate_webhooks_pending', 'Webhooks on their way, of all merchants', (now) => now.pending);
  gauge(
    'dropmate_webhooks_overdue_seconds',
    'By how much the most overdue attempt is late, 0 when none is',
    (now) => now.overdue,
  );
  gauge(
    'dropmate_webhooks_dead',
    'Webhooks given up and not replayed, of the last 30 days',
    (now) => now.dead,
  );
  return {
    deliveries: new Counter({
      name: 'dropmate_webhook_deliveries_total',
      help: 'Attempts of this worker to deliver a webhook: delivered, to be tried again, or given up',
      labelNames: ['outcome'] as const,
      registers,
    }),
    attempt: new Histogram({
      name: 'dropmate_webhook_attempt_seconds',
      help: 'Time of one attempt, whatever its outcome',
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
      registers,
    }),
  };
}

const FRESH_MS = 15_000;
const Standing = z.object({ pending: z.int(), overdue: z.number(), dead: z.int() });
type Standing = z.infer<typeof Standing>;

// Both by their partial indexes. A test that failed tells nobody anything new.
async function readStanding(db: Pick<WorkerDatabase, 'executeSql'>): Promise<Standing> {
  const { rows } = await db.executeSql(`
    select pending, dead,
      greatest(0, coalesce(extract(epoch from clock_timestamp() - oldest), 0))::float8 as overdue
    from (select count(*)::int as pending, min(next_attempt_at) as oldest
        from webhook_deliveries where status = 'pending') as waiting,
      (select count(*)::int as dead
        from webhook_deliveries where status = 'dead' and event <> 'webhook.test') as given_up`);
  return Standing.parse(rows[0]);
}
