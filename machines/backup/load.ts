import { availableParallelism } from 'node:os';
import type postgres from 'postgres';
import { APP_ROLE, ensureRoles, SYSTEM_ROLE } from '../../db/roles.ts';
import { connected, libpqEnvironment, withDatabase } from './connection.ts';
import { BackupError } from './failure.ts';
import { inspect } from './inspect.ts';
import { compareContents } from './manifest.ts';
import { mustRun, type PostgresTools } from './tools.ts';
import type { Backup } from './volume.ts';

interface LoadOptions {
  backup: Backup;
  /** Any database of the server, as a user who may create roles and databases. */
  serverUrl: string;
  /** The name of the database to make; there must be none of that name. */
  database: string;
  /** What the roles' passwords derive from. */
  secret: string;
  /** Nothing of the server but the new database is changed: roles that are there keep their passwords. */
  rehearse?: boolean;
  tools: PostgresTools;
  major: number;
  signal: AbortSignal;
}

/**
 * Restores a dump into a new database and compares everything in it with the manifest. Throws when pg_restore complains
 * about anything or when anything differs; the database is for the caller to drop. Returns remarks for the operator.
 */
export async function loadDump(options: LoadOptions): Promise<string[]> {
  const { backup, database, tools, signal } = options;
  const url = withDatabase(options.serverUrl, database);
  await connected(options.serverUrl, async (sql) => {
    if (!(options.rehearse && (await hasRoles(sql)))) await ensureRoles(sql, options.secret);
    await sql`create database ${sql(database)} template template0 encoding 'UTF8'`;
  });
  await mustRun(
    tools('pg_restore'),
    [
      `--dbname=${database}`,
      `--jobs=${Math.min(4, availableParallelism())}`,
      // Whoever the owner was on the old server, here it is the user who restores.
      '--no-owner',
      '--exit-on-error',
      '--no-password',
      backup.dump,
    ],
    { env: libpqEnvironment(url), signal },
  );
  const contents = await connected(
    url,
    async (sql) => {
      await sql.unsafe(GIVE_QUEUE_TO_ITS_OWNER);
      return sql.begin('isolation level repeatable read read only', (tx) => inspect(tx));
    },
    signal,
  );
  const { manifest } = backup;
  const sameMajor = manifest.server.major === options.major;
  const { differences, remarks } = compareContents(manifest.contents, contents, sameMajor);
  if (differences.length === 0) return remarks;
  const some = differences.slice(0, 5).join('; ');
  throw new BackupError('failed', `What came back is not what was dumped: ${some}`);
}

async function hasRoles(sql: postgres.Sql): Promise<boolean> {
  const found = await sql`select from pg_roles where rolname in (${APP_ROLE}, ${SYSTEM_ROLE})`;
  return found.length === 2;
}

// The queue's schema and all in it belong to the system role (db/sql/01_grants.sql), which --no-owner forgot. What hangs
// on a table (indexes, the sequences of its columns) goes with it.
const GIVE_QUEUE_TO_ITS_OWNER = `
do $$
declare
  command text;
begin
  if to_regnamespace('pgboss') is null then
    return;
  end if;
  alter schema pgboss owner to dropmate_system;
  for command in
    select format('alter table %s owner to dropmate_system', oid::regclass) from pg_class c
      where relnamespace = 'pgboss'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S') and not exists (
        select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
          and c.relkind = 'S')
    union all
    select format('alter routine %s owner to dropmate_system', oid::regprocedure) from pg_proc
      where pronamespace = 'pgboss'::regnamespace
    union all
    select format('alter type %s owner to dropmate_system', oid::regtype) from pg_type
      where typnamespace = 'pgboss'::regnamespace and typtype in ('e', 'd')
  loop
    execute command;
  end loop;
end $$`;
