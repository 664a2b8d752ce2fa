import { totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PoolUse } from '../db/pool-use.ts';

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
  new Gauge({
    name: 'dropmate_memory_limit_bytes',
    help: 'What the process may hold: its container’s limit, else all of the machine.',
    registers: [registry],
  }).set(Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()));

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

/** Adds how the connections to the database are used, asked at each scrape. `waiting` is what is under way beyond `max`. */
export function observePools({ registry }: Metrics, pools: () => PoolUse[]): void {
  const gauge = (name: string, help: string, value: (use: PoolUse) => number) => {
    new Gauge({
      name: `dropmate_database_pool_${name}`,
      help,
      labelNames: ['pool'],
      registers: [registry],
      collect() {
        for (const use of pools()) this.set({ pool: use.pool }, value(use));
      },
    });
  };
  gauge('in_use', 'Connections with a query or transaction under way.', ({ inUse }) => inUse);
  gauge('max', 'Connections that there may be.', ({ max }) => max);
  gauge('waiting', 'Queries and transactions under way beyond those.', ({ waiting }) => waiting);
}

/**
 * Adds the age of the keys that sign tokens, from the day that their ids begin with (scripts/signing-keys/rotate.ts). A
 * key with another id has none. `keys` are those of SIGNING_KEYS: the first signs.
 */
export function observeSigningKeys({ registry }: Metrics, keys: readonly { kid: string }[]): void {
  new Gauge({
    name: 'dropmate_signing_key_age_seconds',
    help: 'Since the day on which a key of SIGNING_KEYS was made.',
    labelNames: ['kid', 'use'],
    registers: [registry],
    collect() {
      for (const [i, { kid }] of keys.entries()) {
        const made = Date.parse(/^\d{4}-\d{2}-\d{2}(?=-)/.exec(kid)?.[0] ?? '');
        if (Number.isNaN(made)) continue;
        this.set({ kid, use: i === 0 ? 'signs' : 'verifies' }, Math.max(0, (Date.now() - made) / 1000));
      }
    },
  });
}
