import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type postgres from 'postgres';
import { connected, libpqEnvironment, PATIENCE } from './connection.ts';
import { BackupError } from './failure.ts';
import { inspect } from './inspect.ts';
import type { Contents, Manifest } from './manifest.ts';
import { since } from './record.ts';
import { mustRun, type PostgresTools } from './tools.ts';
import { hashFile, settle, type Volume, writeWhole } from './volume.ts';

interface DumpOptions {
  databaseUrl: string;
  tools: PostgresTools;
  volume: Volume;
  signal: AbortSignal;
  /** By the server's clock: names sort by it, and this machine's may have been set wrongly. */
  startedAt: Date;
}

/**
 * Dumps a database into the volume: written beside, read to its end, hashed, synced, renamed, and last its manifest.
 * Counts and hashes in there are of the very snapshot that was dumped. Throws when anything is not right, and leaves
 * nothing of it.
 */
export async function dumpDatabase(options: DumpOptions): Promise<Manifest> {
  const { volume, tools, signal, startedAt } = options;
  const started = performance.now();
  const name = startedAt.toISOString().replaceAll(':', '-');
  const path = join(volume.dumps, `${name}.dump`);
  const manifestPath = join(volume.dumps, `${name}.json`);

  try {
    const { contents, server, databaseBytes } = await dumpSnapshot(options, `${path}.partial`);
    await verifyDump(tools, `${path}.partial`, contents, signal);
    const dump = { bytes: statSync(`${path}.partial`).size, sha256: await hashFile(`${path}.partial`) };
    const manifest: Manifest = {
      format: 1,
      name,
      startedAt: startedAt.toISOString(),
      seconds: since(started),
      server,
      databaseBytes,
      dump,
      contents,
    };
    // Beside first: a dump is a killed run's, to be swept, when its manifest is there under that name.
    await writeWhole(`${manifestPath}.partial`, `${JSON.stringify(manifest, null, 1)}\n`);
    await settle(`${path}.partial`, path);
    await settle(`${manifestPath}.partial`, manifestPath);
    return manifest;
  } catch (error) {
    for (const file of [`${path}.partial`, path, manifestPath, `${manifestPath}.partial`])
      rmSync(file, { force: true });
    throw error;
  }
}

async function dumpSnapshot({ databaseUrl, tools, signal }: DumpOptions, partial: string) {
  return connected(
    databaseUrl,
    (sql) =>
      sql.begin('isolation level repeatable read read only', async (tx) => {
        const [about] = await tx<[About]>`
        select pg_export_snapshot() as snapshot, current_setting('server_version') as version,
          current_setting('server_version_num')::int / 10000 as major,
          pg_database_size(current_database())::float8 as "databaseBytes"`;
        // If one of the two fails, the other is of no use.
        const failure = new AbortController();
        const giveUp = (error: unknown) => {
          failure.abort();
          throw error;
        };
        const [contents] = await Promise.all([
          inspect(tx).catch(giveUp),
          mustRun(tools('pg_dump'), argumentsFor(partial, about.snapshot), {
            env: libpqEnvironment(databaseUrl),
            signal: AbortSignal.any([signal, failure.signal]),
          }).catch(giveUp),
        ]);
        const { version, major, databaseBytes } = about;
        return { contents, server: { version, major }, databaseBytes };
      }),
    signal,
  );
}

type About = { snapshot: string; version: string; major: number; databaseBytes: number };

function argumentsFor(file: string, snapshot: string): string[] {
  return [
    `--dbname=${PATIENCE}`,
    '--format=custom',
    `--snapshot=${snapshot}`,
    `--file=${file}`,
    '--lock-wait-timeout=60s',
    '--no-password',
  ];
}

/** Reads the whole dump: its list names the data of every table, and every block can be unpacked. */
async function verifyDump(
  tools: PostgresTools,
  path: string,
  contents: Contents,
  signal: AbortSignal,
): Promise<void> {
  const listed = countTables(await mustRun(tools('pg_restore'), ['--list', path], { signal }));
  const tables = Object.keys(contents.tables).length;
  if (listed !== tables) {
    throw new BackupError('failed', `The dump has the rows of ${listed} tables; the database has ${tables}.`);
  }
  await mustRun(tools('pg_restore'), ['--file=/dev/null', path], { signal });
}

function countTables(list: string): number {
  return list.split('\n').filter((line) => /^\d+; \d+ \d+ TABLE DATA /.test(line)).length;
}

/** The session's user must see all: with anything less, pg_dump fails half-way instead of at once. */
export async function requireOwner(sql: postgres.Sql): Promise<void> {
  const [row] = await sql<[{ able: boolean }]>`
    select pg_catalog.pg_has_role(c.relowner, 'USAGE') as able
    from pg_catalog.pg_class c where c.oid = pg_catalog.to_regclass('public.orders')`;
  if (!row)
    throw new BackupError('refused', 'This database has no orders table: it is not a migrated DropMate.');
  if (!row.able) throw new BackupError('refused', 'DATABASE_URL must log in as the owner of the tables.');
}
