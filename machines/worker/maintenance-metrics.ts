import { Gauge, type Registry } from 'prom-client';
import { z } from 'zod';
import { createReading } from './metrics-reading.ts';
import type { WorkerDatabase } from './queues.ts';

/**
 * Adds what is known of backups, drills, restores and prunings to a registry, read from `maintenance_runs` at each
 * scrape: the Machines that do them have ended by then and cannot be scraped. A kind that never ran has no series, so an
 * alert on its age needs `absent()` too; while the database is away, all are left out.
 */
export function observeMaintenance(registry: Registry, db: Pick<WorkerDatabase, 'executeSql'>): void {
  // One scrape asks each gauge at the same time; they share one query.
  const read = createReading(() => readRuns(db));
  const gauge = (name: string, help: string, value: (run: Run) => number | null) => {
    const made: Gauge = new Gauge({
      name: `dropmate_maintenance_${name}`,
      help,
      labelNames: ['kind'] as const,
      registers: [registry],
      async collect() {
        const runs = (await read()) ?? [];
        made.reset();
        for (const run of runs) {
          const found = value(run);
          if (found !== null) made.set({ kind: run.kind }, found);
        }
      },
    });
  };
  gauge('last_good_age_seconds', 'Since the last run that came out right', (run) => run.goodAge);
  gauge('last_good_duration_seconds', 'How long that one took', (run) => run.goodSeconds);
  gauge('last_good_bytes', 'Size of the dump of that one', (run) => run.goodBytes);
  gauge('last_ok', 'Whether the last run that ended came out right', (run) => run.lastOk);
  gauge('broken_rows', 'Rows that broke a rule of ours in the last good backup', (run) => run.broken);
}

const Run = z.object({
  kind: z.string(),
  goodAge: z.number().nullable(),
  goodSeconds: z.number().nullable(),
  goodBytes: z.number().nullable(),
  lastOk: z.number().nullable(),
  broken: z.number().nullable(),
});
type Run = z.infer<typeof Run>;

// Ids are in the order of time; of each kind, both rows are found from the end of the table.
async function readRuns(db: Pick<WorkerDatabase, 'executeSql'>): Promise<Run[]> {
  const { rows } = await db.executeSql(`
    select k.kind, last.ok::int as "lastOk", good.bytes::float8 as "goodBytes",
      extract(epoch from clock_timestamp() - good.ended_at)::float8 as "goodAge",
      extract(epoch from good.ended_at - good.started_at)::float8 as "goodSeconds",
      (select sum(value::float8) from jsonb_each_text(good.detail->'broken')) as broken
    from unnest(array['backup', 'drill', 'restore', 'prune', 'base', 'offsite', 'wal', 'wal-drill']) as k (kind)
    cross join lateral (
      select ok from maintenance_runs r where r.kind = k.kind and ended_at is not null order by id desc limit 1) last
    left join lateral (
      select * from maintenance_runs r where r.kind = k.kind and ok order by id desc limit 1) good on true`);
  return z.array(Run).parse(rows);
}
