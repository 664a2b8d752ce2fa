import { Gauge, type Registry } from 'prom-client';
import { z } from 'zod';
import { createReading } from './metrics-reading.ts';
import type { WorkerDatabase } from './queues.ts';

const Standing = z.object({ due: z.int(), late: z.int(), unassigned: z.number() });
type Standing = z.infer<typeof Standing>;

/** It looks at every active order, so not more often than this. */
const FRESH_MS = 15_000;

/**
 * Adds how the deliveries of all merchants stand (db/sql/04_late_orders.sql says what is due, late and unassigned). While
 * the database is away, these have no value.
 */
export function observeOrders(
  registry: Registry,
  db: Pick<WorkerDatabase, 'executeSql'>,
  freshMs: number = FRESH_MS,
): void {
  const read = createReading(async (): Promise<Standing> => {
    const { rows } = await db.executeSql(
      'select due, late, unassigned_seconds as unassigned from late_orders()',
    );
    return Standing.parse(rows[0]);
  }, freshMs);
  const gauge = (name: string, help: string, value: (standing: Standing) => number) => {
    const made: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const standing = await read();
        if (standing === undefined) made.remove();
        else made.set(value(standing));
      },
    });
  };
  gauge('dropmate_orders_due', 'Active orders with a promise whose time has begun', ({ due }) => due);
  gauge('dropmate_orders_late', 'Those that are past it, or cannot keep it by their ETA', ({ late }) => late);
  gauge(
    'dropmate_orders_unassigned_seconds',
    'For how long the oldest order has waited for a driver, 0 when none waits',
    ({ unassigned }) => unassigned,
  );
}
