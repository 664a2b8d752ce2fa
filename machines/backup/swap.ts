import { setTimeout as delay } from 'node:timers/promises';
import type postgres from 'postgres';
import { connected, withDatabase } from './connection.ts';
import { BackupError, describe } from './failure.ts';

/**
 * Gives the restored database `fresh` the name `database`. What has that name now is renamed, and its connections ended;
 * if it is empty even now, it is dropped then. Returns the old one's new name, if it is kept.
 */
export async function swapDatabases(
  serverUrl: string,
  { fresh, database }: { fresh: string; database: string },
): Promise<string | undefined> {
  return connected(serverUrl, async (sql) => {
    const [old] = await sql`select from pg_database where datname = ${database}`;
    const stamp = new Date().toISOString().slice(0, 19).replace(/\D/g, '');
    const aside = `${database}_before_${stamp}`;
    if (old) await rename(sql, database, aside);
    try {
      await rename(sql, fresh, database);
    } catch (error) {
      if (old) await rename(sql, aside, database);
      throw error;
    }
    if (!old) return undefined;
    // Somebody may have filled it since it was looked at.
    if (!(await isEmpty(withDatabase(serverUrl, aside)))) return aside;
    await sql`drop database ${sql(aside)} with (force)`;
    return undefined;
  });
}

/** Whether a database has no table or view of anybody's. */
export async function isEmpty(url: string): Promise<boolean> {
  const [row] = await connected(
    url,
    (sql) => sql<[{ empty: boolean }]>`
      select not exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema') as empty`,
  );
  return row.empty;
}

// A database in use cannot be renamed, and programs connect again at once: so it takes no connections meanwhile.
async function rename(sql: postgres.Sql, from: string, to: string): Promise<void> {
  await sql`alter database ${sql(from)} with allow_connections false`;
  try {
    for (let attempt = 0; ; attempt++) {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${from}`;
      try {
        await sql`alter database ${sql(from)} rename to ${sql(to)}`;
        break;
      } catch (error) {
        if (attempt >= 50) {
          throw new BackupError('failed', `The database ${from} could not be renamed: ${describe(error)}`);
        }
        await delay(100);
      }
    }
  } catch (error) {
    await sql`alter database ${sql(from)} with allow_connections true`;
    throw error;
  }
  await sql`alter database ${sql(to)} with allow_connections true`;
}
