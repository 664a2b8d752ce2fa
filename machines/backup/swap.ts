import { setTimeout as delay } from 'node:timers/promises';
import type postgres from 'postgres';
import { connected } from './connection.ts';
import { BackupError, describe } from './failure.ts';

/**
 * Gives the restored database `fresh` the name `database`. What has that name now is renamed (and its connections
 * ended) when `keepOld`, else dropped: it was empty. Returns the old one's new name, if it is kept.
 */
export async function swapDatabases(
  serverUrl: string,
  { fresh, database, keepOld }: { fresh: string; database: string; keepOld: boolean },
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
    if (keepOld) return aside;
    await sql`drop database ${sql(aside)} with (force)`;
    return undefined;
  });
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
