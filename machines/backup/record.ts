import type postgres from 'postgres';
import { uuidv7 } from 'uuidv7';
import { connect } from './connection.ts';
import type { Context } from './context.ts';
import { BackupError, describe } from './failure.ts';

export type RunKind = 'backup' | 'drill' | 'restore' | 'prune' | 'base' | 'offsite' | 'wal' | 'wal-drill';

/** What a run that came out right leaves in its row. */
export interface Result {
  bytes: number | null;
  detail: Record<string, string | number | boolean | string[] | Record<string, number>>;
}

/**
 * Does `work` and leaves a row of it in `maintenance_runs`, from which the worker's metrics are made, and a line in the
 * log. What is thrown is thrown on. A backup needs the database anyway; a drill or a pruning is done (and says so
 * loudly) also while it is away.
 */
export async function recorded(
  context: Context,
  kind: RunKind,
  work: () => Promise<Result>,
): Promise<Result> {
  const { log } = context;
  const row = await begin(context, kind);
  const started = performance.now();
  try {
    const result = await work();
    log.info(
      { kind, ok: true, seconds: since(started), bytes: result.bytes, ...result.detail },
      `${kind} done`,
    );
    await row?.end({ ok: true, ...result });
    return result;
  } catch (error) {
    log.error({ kind, ok: false, seconds: since(started), error: describe(error) }, `${kind} failed`);
    await row?.end({ ok: false, bytes: null, detail: { error: describe(error) } });
    throw error;
  }
}

/** Seconds, to the millisecond, since a reading of `performance.now()`. */
export const since = (started: number): number => Math.round(performance.now() - started) / 1000;

interface Row {
  end(outcome: Result & { ok: boolean }): Promise<void>;
}

async function begin({ env, log }: Context, kind: RunKind): Promise<Row | undefined> {
  if (!env.DATABASE_URL) {
    log.warn({ kind }, 'without DATABASE_URL this run is not recorded');
    return undefined;
  }
  const sql = connect(env.DATABASE_URL);
  try {
    const id = uuidv7();
    await closeDeadRuns(sql, kind);
    await sql`insert into public.maintenance_runs (id, kind, started_at) values (${id}, ${kind}, now())`;
    const { DATABASE_URL: url } = env;
    return {
      async end(outcome) {
        try {
          await end(sql, id, outcome);
        } catch {
          // What was a long run's connection may be gone with a restart of the server; the row must not stay open.
          await end(connect(url), id, outcome).catch(complain);
        }
      },
    };
  } catch (error) {
    await sql.end({ timeout: 5 });
    if (kind === 'backup' || kind === 'base') {
      throw new BackupError('failed', `The database cannot be used: ${describe(error)}`);
    }
    complain(error);
    return undefined;
  }

  function complain(error: unknown): void {
    log.error({ kind, error: describe(error) }, 'this run could not be recorded');
  }
}

// A run holds this lock for as long as its connection lives; so whoever has it knows that the open rows' runs are dead.
// Not having it stops nobody: a machine that vanished keeps its connection open for hours, as the server sees it.
async function closeDeadRuns(sql: postgres.Sql, kind: RunKind): Promise<void> {
  const [lock] = await sql<[{ taken: boolean }]>`
    select pg_try_advisory_lock(${RUN_LOCK}, hashtext(${kind})) as taken`;
  await sql`
    update public.maintenance_runs set ok = false, ended_at = now(),
      detail = ${sql.json({ error: 'It ended without a word: killed, or its machine was.' })}
    where kind = ${kind} and ended_at is null
      and (${lock.taken} or started_at < now() - interval '12 hours')`;
}

const RUN_LOCK = 4_170_232;

async function end(sql: postgres.Sql, id: string, outcome: Result & { ok: boolean }): Promise<void> {
  try {
    await sql`
      update public.maintenance_runs
      set ok = ${outcome.ok}, ended_at = now(), bytes = ${outcome.bytes}, detail = ${sql.json(outcome.detail)}
      where id = ${id}`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Leaves the row of a restore, which cannot have one before its database exists. */
export async function recordAfterwards(
  sql: postgres.Sql,
  kind: RunKind,
  run: Result & { ok: boolean; seconds: number },
): Promise<void> {
  await sql`
    insert into public.maintenance_runs (id, kind, started_at, ended_at, ok, bytes, detail)
    values (${uuidv7()}, ${kind}, now() - make_interval(secs => ${run.seconds}), now(), ${run.ok}, ${run.bytes},
      ${sql.json(run.detail)})`;
}
