import { totalmem } from 'node:os';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Meter } from './meter.ts';

export type Metrics = { registry: Registry; meter: Meter };

/**
 * The rooms' figures for Prometheus. What is counted for each message is counted in plain numbers and read when Prometheus
 * asks: a labelled counter of prom-client costs as much as sending the message. `rooms` tells how many of each party run.
 */
export function createMetrics(rooms: () => Record<string, number>): Metrics {
  const registry = new Registry();
  // With event-loop lag, memory and garbage collection. Watching the loop every 10 ms, the default, costs half a percent of a core.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });
  new Gauge({
    name: 'dropmate_memory_limit_bytes',
    help: 'What the process may hold: its container’s limit, else all of the machine',
    registers: [registry],
  }).set(Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()));
  const counter = (name: string, help: string, labels: string[]) =>
    tally(Counter, registry, name, help, labels);

  const fixes = counter('dropmate_fixes_total', 'Fixes by what became of them and where they came from', [
    'outcome',
    'source',
  ]);
  const sent = counter('dropmate_room_messages_sent_total', 'Messages handed to sockets', ['party']);
  const skipped = counter('dropmate_room_locations_skipped_total', 'Locations that slow readers skipped', [
    'party',
  ]);
  const refused = counter('dropmate_room_messages_refused_total', 'Messages of clients refused', [
    'party',
    'code',
  ]);
  const flushes = counter('dropmate_room_flushes_total', 'Batches written behind', ['outcome']);
  const sockets = tally(Gauge, registry, 'dropmate_room_sockets', 'Connected sockets', ['party', 'audience']);
  const fanOut = new Histogram({
    name: 'dropmate_room_fan_out_seconds',
    help: 'From the arrival of a fix to its being handed to the last socket of a room',
    buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
    registers: [registry],
  });
  new Gauge({
    name: 'dropmate_rooms',
    help: 'Running rooms',
    labelNames: ['party'],
    registers: [registry],
    collect() {
      for (const [party, count] of Object.entries(rooms())) this.set({ party }, count);
    },
  });

  return {
    registry,
    meter: {
      fix: (outcome, source) => fixes(1, outcome, source),
      sent: (party, count) => sent(count, party),
      skipped: (party) => skipped(1, party),
      fanOut: (milliseconds) => fanOut.observe(milliseconds / 1000),
      flush: (outcome) => flushes(1, outcome),
      socket: (party, audience, change) => sockets(change, party, audience),
      refused: (party, code) => refused(1, party, code),
    },
  };
}

type Tally = (by: number, first: string, second?: string) => void;

/** Sums in a map by the values of the labels, handed over at each scrape. */
function tally(
  Kind: typeof Counter | typeof Gauge,
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
): Tally {
  const sums = new Map<string, number>();
  new Kind({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const [key, sum] of sums) {
        const values = key.split('|');
        this.inc(Object.fromEntries(labelNames.map((label, i) => [label, values[i] ?? ''])), sum);
      }
    },
  });
  return (by, first, second) => {
    const key = second === undefined ? first : `${first}|${second}`;
    sums.set(key, (sums.get(key) ?? 0) + by);
  };
}
