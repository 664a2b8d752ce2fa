import { statfs } from 'node:fs/promises';
import { roleUrl, SYSTEM_ROLE } from '../../db/roles.ts';
import { connect } from './database.ts';
import { attempt, type Finding, fail, ok, reason, warn } from './finding.ts';

const HOUR = 3600;
/** Runs of the backup Machine, in `maintenance_runs.kind`, and how old the last good one may be, in seconds. */
const RUNS: { kind: string; limit: number; todo: string; optional?: boolean }[] = [
  { kind: 'backup', limit: 3 * HOUR, todo: 'Look at scripts/fly/logs backup, then run scripts/fly/backup.' },
  {
    kind: 'drill',
    limit: 30 * HOUR,
    todo: 'Run scripts/fly/backup --drill: a backup that was never restored is a hope.',
  },
  { kind: 'offsite', limit: 6 * HOUR, todo: 'See docs/runbooks/offsite-old.md.', optional: true },
  { kind: 'wal', limit: 3 * HOUR, todo: 'See docs/runbooks/wal-old.md.', optional: true },
  { kind: 'wal-drill', limit: 48 * HOUR, todo: 'See docs/runbooks/wal-drill-old.md.', optional: true },
];
const OUTBOX_SECONDS = 60;

/** Whether the relay keeps up and backups and their drills are young enough. */
export async function checkUpkeep(options: { databaseUrl: string; secret: string }): Promise<Finding[]> {
  const sql = connect(roleUrl(options.databaseUrl, SYSTEM_ROLE, options.secret));
  try {
    const relay = await attempt('worker', 'See that the database is migrated.', async () => {
      const [row] = await sql<{ age: number }[]>`
        select extract(epoch from clock_timestamp() - created_at)::float8 as age from outbox order by id limit 1`;
      const age = Math.round(row?.age ?? 0);
      if (age > OUTBOX_SECONDS) {
        const todo = 'The worker does not run or cannot reach the database: scripts/fly/logs worker.';
        return fail('worker', `the oldest row of the outbox has waited ${age} s`, todo);
      }
      return ok('worker', 'the outbox is empty or young');
    });
    const runs = RUNS.map(({ kind, limit, todo, optional = false }) =>
      attempt(kind, todo, async () => {
        const [row] = await sql<{ age: number }[]>`
          select extract(epoch from clock_timestamp() - ended_at)::float8 as age from maintenance_runs
          where kind = ${kind} and ok order by ended_at desc limit 1`;
        if (row === undefined && optional) return ok(kind, 'is not set up');
        if (row === undefined) return fail(kind, 'there has never been a good one', todo);
        const hours = (row.age / HOUR).toFixed(1);
        return row.age > limit
          ? fail(kind, `the last good one is ${hours} h old`, todo)
          : ok(kind, `${hours} h old`);
      }),
    );
    return [relay, ...(await Promise.all(runs))];
  } finally {
    await sql.end({ timeout: 2 });
  }
}

/** Space on the file systems of `folders`. Postgres's own disk is another machine's: scripts/fly/doctor looks there. */
export async function checkDisk(folders: string[]): Promise<Finding[]> {
  return Promise.all(
    folders.map((folder) =>
      attempt('disk', `See that ${folder} is mounted.`, async () => {
        const { bavail, blocks, bsize } = await statfs(folder);
        const free = Math.round((bavail / blocks) * 100);
        const says = `${folder}: ${free} % free, ${((bavail * bsize) / 2 ** 30).toFixed(1)} GiB`;
        const todo = 'Make it larger (scripts/fly/scale postgres --disk GB) before it is full.';
        return free < 5 ? fail('disk', says, todo) : free < 15 ? warn('disk', says, todo) : ok('disk', says);
      }),
    ),
  );
}

/** Whether a process answers at `url`; `severe`: without it the shop does not work. */
export async function checkAnswers(
  name: string,
  url: string,
  todo: string,
  severe: boolean,
): Promise<Finding> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    await response.arrayBuffer();
    if (response.ok) return ok(name, 'answers');
    return (severe ? fail : warn)(name, `answers ${response.status}`, todo);
  } catch (error) {
    return (severe ? fail : warn)(name, reason(error), todo);
  }
}
