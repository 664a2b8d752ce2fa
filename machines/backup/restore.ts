import { randomBytes } from 'node:crypto';
import type postgres from 'postgres';
import { connected, databaseName, serverMajor, withDatabase } from './connection.ts';
import type { Context } from './context.ts';
import { requireUrl } from './environment.ts';
import { BackupError, describe } from './failure.ts';
import { loadDump } from './load.ts';
import { openBackup } from './open-backup.ts';
import { recordAfterwards, since } from './record.ts';
import { isEmpty, swapDatabases } from './swap.ts';
import { findPostgresTools, type PostgresTools } from './tools.ts';
import type { Backup } from './volume.ts';

export interface RestoreOptions {
  which: string;
  identity: string | undefined;
  /** The database to make or to replace, on the server of DATABASE_URL. Default: the one that it names. */
  database: string | undefined;
  /** A database that holds anything is otherwise refused. */
  replace: boolean;
  /** Everything but the last step: what was restored is removed again. */
  rehearse: boolean;
}

/**
 * Restores a dump into a new database beside the one that is wanted, compares it with the manifest, and only then gives
 * it the name. What had that name is kept under another. Run `migrate` afterwards, then start the programs.
 */
export async function restore(context: Context, options: RestoreOptions): Promise<void> {
  const { log } = context;
  const given = requireUrl(context.env);
  const url = options.database ? withDatabase(given, options.database) : given;
  const started = performance.now();
  try {
    const detail = await restoreTo(context, url, options);
    log.info({ kind: 'restore', ok: true, seconds: since(started), ...detail }, 'restore done');
  } catch (error) {
    log.error(
      { kind: 'restore', ok: false, seconds: since(started), error: describe(error) },
      'restore failed',
    );
    await leaveRow(url, {
      ok: false,
      seconds: since(started),
      bytes: null,
      detail: { error: describe(error) },
    });
    throw error;
  }
}

async function restoreTo(context: Context, url: string, options: RestoreOptions) {
  const { env } = context;
  if (!env.DROPMATE_SECRET) {
    throw new BackupError(
      'usage',
      'DROPMATE_SECRET is missing: the passwords of the database roles come from it',
    );
  }
  const serverUrl = withDatabase(url, 'postgres');
  return connected(serverUrl, async (admin) => {
    const major = await serverMajor(admin);
    const state = await requirePlace(admin, url, options);
    await takeTurn(admin, databaseName(url));
    const tools = await findPostgresTools(major, ['pg_restore'], env.PG_BIN);
    const opened = await openBackup(context, options.which, options.identity);
    try {
      return await restoreBackup({
        context,
        url,
        serverUrl,
        backup: opened.backup,
        tools,
        major,
        state,
        options,
      });
    } finally {
      opened.close();
    }
  });
}

/** Throws (refused) when what has the name now is not to be touched. */
async function requirePlace(admin: postgres.Sql, url: string, options: RestoreOptions): Promise<State> {
  const state = await stateOf(admin, url);
  if (options.replace || options.rehearse || state === 'none' || state === 'empty') return state;
  throw new BackupError(
    'refused',
    state === 'full'
      ? `The database ${databaseName(url)} is not empty; --replace puts it aside, --rehearse only tries.`
      : `The database ${databaseName(url)} is half dropped; --replace drops the rest of it.`,
  );
}

interface Restoring {
  context: Context;
  url: string;
  serverUrl: string;
  backup: Backup;
  tools: PostgresTools;
  major: number;
  state: State;
  options: RestoreOptions;
}

async function restoreBackup(restoring: Restoring) {
  const { context, url, serverUrl, backup, tools, major, state } = restoring;
  const { rehearse } = restoring.options;
  const { env, log, signal } = context;
  const started = performance.now();
  const database = databaseName(url);
  const fresh = `${database}_restoring_${randomBytes(3).toString('hex')}`;
  try {
    const secret = env.DROPMATE_SECRET ?? '';
    const remarks = await loadDump({
      backup,
      serverUrl,
      database: fresh,
      secret,
      rehearse,
      tools,
      major,
      signal,
    });
    if (remarks.length > 0) log.warn({ remarks }, 'restored on another major of Postgres');
    const outcome = { name: backup.name, database, rehearsed: rehearse };
    const row = (detail: Detail) => describeRun(backup, started, detail);
    if (rehearse) {
      await dropDatabase(serverUrl, fresh);
      await leaveRow(url, row(outcome));
      return outcome;
    }
    // Planner statistics are in no dump; without them the first queries crawl.
    await connected(
      withDatabase(url, fresh),
      async (sql) => {
        await sql`analyze`;
        await recordAfterwards(sql, 'restore', row(outcome));
      },
      signal,
    );
    if (state === 'broken') await dropDatabase(serverUrl, database);
    const aside = await swapDatabases(serverUrl, { fresh, database });
    return { ...outcome, ...(aside ? { putAside: aside } : {}) };
  } catch (error) {
    await dropDatabase(serverUrl, fresh).catch((fault) =>
      log.error({ database: fresh, error: describe(fault) }, 'could not be dropped: drop it by hand'),
    );
    throw error;
  }
}

type Detail = Record<string, string | boolean>;

function describeRun(backup: Backup, started: number, detail: Detail) {
  return { ok: true, seconds: since(started), bytes: backup.manifest.dump.bytes, detail };
}

/**
 * `broken`: a drop of it was cut short, so that a part of its files is gone, and nothing but dropping it works. One that
 * takes no connections, as a restore that was killed while it renamed leaves it, is taken for full.
 */
type State = 'none' | 'empty' | 'full' | 'broken';

async function stateOf(sql: postgres.Sql, url: string): Promise<State> {
  // -2 is DATCONNLIMIT_INVALID_DB of pg_database.h.
  const [found] = await sql<[{ broken: boolean; open: boolean }?]>`
    select datconnlimit = -2 as broken, datallowconn as open from pg_database where datname = ${databaseName(url)}`;
  if (!found) return 'none';
  if (found.broken) return 'broken';
  return found.open && (await isEmpty(url)) ? 'empty' : 'full';
}

const RESTORE_LOCK = 4_170_233;

/** One restore of a database at a time; what a killed one left is dropped. Held as long as `sql` is connected. */
async function takeTurn(sql: postgres.Sql, database: string): Promise<void> {
  const [lock] = await sql<[{ taken: boolean }]>`
    select pg_try_advisory_lock(${RESTORE_LOCK}, hashtext(${database})) as taken`;
  if (!lock.taken) throw new BackupError('refused', `Another restore of ${database} is at work.`);
  const left = await sql<{ name: string }[]>`
    select datname as name from pg_database
    where starts_with(datname, ${`${database}_restoring_`}) and datname ~ '_restoring_[0-9a-f]{6}$'`;
  for (const { name } of left) await sql`drop database ${sql(name)} with (force)`;
}

async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await connected(serverUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`);
}

// Into the database that is there, if it has the table; a restore without one has only its log.
async function leaveRow(url: string, run: Parameters<typeof recordAfterwards>[2]): Promise<void> {
  await connected(url, (sql) => recordAfterwards(sql, 'restore', run)).catch(() => {});
}
