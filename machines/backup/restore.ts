import { randomBytes } from 'node:crypto';
import type postgres from 'postgres';
import { connected, databaseName, serverMajor, withDatabase } from './connection.ts';
import type { Context } from './context.ts';
import { requireUrl } from './environment.ts';
import { BackupError, describe } from './failure.ts';
import { loadDump } from './load.ts';
import { openBackup } from './open-backup.ts';
import { recordAfterwards, since } from './record.ts';
import { swapDatabases } from './swap.ts';
import { findPostgresTools } from './tools.ts';
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
  const { env, volume, signal, log } = context;
  const started = performance.now();
  if (!env.DROPMATE_SECRET) {
    throw new BackupError(
      'usage',
      'DROPMATE_SECRET is missing: the passwords of the database roles come from it',
    );
  }
  const serverUrl = withDatabase(url, 'postgres');
  const database = databaseName(url);
  const { state, major } = await connected(serverUrl, async (sql) => ({
    state: await stateOf(sql, url),
    major: await serverMajor(sql),
  }));
  if (state === 'full' && !options.replace && !options.rehearse) {
    throw new BackupError(
      'refused',
      `The database ${database} is not empty; --replace puts it aside, --rehearse only tries.`,
    );
  }
  const opened = await openBackup(volume, options.which, options.identity, signal);
  const fresh = `${database}_restoring_${randomBytes(3).toString('hex')}`;
  const { backup } = opened;
  try {
    const tools = await findPostgresTools(major, ['pg_restore'], env.PG_BIN);
    const secret = env.DROPMATE_SECRET;
    const remarks = await loadDump({ backup, serverUrl, database: fresh, secret, tools, major, signal });
    if (remarks.length > 0) log.warn({ remarks }, 'restored on another major of Postgres');
    const outcome = { name: backup.name, database, rehearsed: options.rehearse };
    const row = (detail: Detail) => describeRun(backup, started, detail);
    if (options.rehearse) {
      await dropDatabase(serverUrl, fresh);
      await leaveRow(url, row(outcome));
      return outcome;
    }
    // Planner statistics are in no dump; without them the first queries crawl.
    await connected(withDatabase(url, fresh), async (sql) => {
      await sql`analyze`;
      await recordAfterwards(sql, 'restore', row(outcome));
    });
    const aside = await swapDatabases(serverUrl, { fresh, database, keepOld: state === 'full' });
    return { ...outcome, ...(aside ? { putAside: aside } : {}) };
  } catch (error) {
    await dropDatabase(serverUrl, fresh);
    throw error;
  } finally {
    opened.close();
  }
}

type Detail = Record<string, string | boolean>;

function describeRun(backup: Backup, started: number, detail: Detail) {
  return { ok: true, seconds: since(started), bytes: backup.manifest.dump.bytes, detail };
}

async function stateOf(sql: postgres.Sql, url: string): Promise<'none' | 'empty' | 'full'> {
  const [found] = await sql`select from pg_database where datname = ${databaseName(url)}`;
  if (!found) return 'none';
  const [row] = await connected(
    url,
    (inside) => inside<[{ full: boolean }]>`
      select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema') as full`,
  );
  return row.full ? 'full' : 'empty';
}

async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await connected(serverUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`);
}

// Into the database that is there, if it has the table; a restore without one has only its log.
async function leaveRow(url: string, run: Parameters<typeof recordAfterwards>[2]): Promise<void> {
  await connected(url, (sql) => recordAfterwards(sql, 'restore', run)).catch(() => {});
}
