import { setTimeout as delay } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** A scrape has 10 s. */
const MOST_COUNTING_MS = 2000;

export type Metrics = ReturnType<typeof createMetrics>;

/** The metrics of one functions process. `ordersByStatus` is asked at each scrape. */
export function createMetrics(options: {
  ordersByStatus: () => Promise<{ status: string; count: number }[]>;
}) {
  const registry = new Registry();
  // Includes the event loop's lag and the process's memory and CPU.
  collectDefaultMetrics({ register: registry });

  const requests = new Counter({
    name: 'dropmate_http_requests_total',
    help: 'Requests answered, by route and status.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const latency = new Histogram({
    name: 'dropmate_http_request_duration_seconds',
    help: 'Time to answer, by route.',
    labelNames: ['method', 'route'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    registers: [registry],
  });
  const fixes = new Counter({
    name: 'dropmate_ingest_fixes_total',
    help: 'Fixes received from phone trackers, by source and whether they could be read.',
    labelNames: ['source', 'outcome'],
    registers: [registry],
  });
  const geocodes = new Counter({
    name: 'dropmate_geocodes_total',
    help: 'Addresses looked up, by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  new Gauge({
    name: 'dropmate_orders',
    help: 'Orders that have not ended, by status.',
    labelNames: ['status'],
    registers: [registry],
    async collect() {
      // Without the database the other metrics are wanted all the more; this one has no values then.
      this.reset();
      const tooLong = delay(MOST_COUNTING_MS, [], { ref: false });
      const counts = await Promise.race([options.ordersByStatus(), tooLong]).catch(() => []);
      for (const { status, count } of counts) this.set({ status }, count);
    },
  });
  return { registry, requests, latency, fixes, geocodes };
}
