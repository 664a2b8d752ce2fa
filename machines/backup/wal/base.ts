import {
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type postgres from 'postgres';
import { connected, libpqEnvironment, serverMajor } from '../connection.ts';
import type { Context } from '../context.ts';
import { requireUrl } from '../environment.ts';
import { BackupError } from '../failure.ts';
import { type Result, recorded } from '../record.ts';
import { findPostgresTools, mustRun, type PostgresTools } from '../tools.ts';
import { lockVolume, requireSpace, writeWhole } from '../volume.ts';
import { type Base, walFolders } from './bases.ts';

/**
 * Copies the files of a running server, for recovery to start from: by pg_basebackup where there is one of the
 * server's major, else (the embedded server brings none) by hand, between pg_backup_start and pg_backup_stop.
 */
export async function makeBase(context: Context): Promise<void> {
  const lock = lockVolume(context.volume);
  try {
    await recorded(context, 'base', () => copyServer(context));
  } finally {
    lock.release();
  }
}

async function copyServer(context: Context): Promise<Result> {
  const { env, volume, signal } = context;
  const url = requireUrl(env);
  const folder = walFolders(volume).base;
  for (const left of readdirSync(folder).filter((name) => name.endsWith('.partial'))) {
    rmSync(join(folder, left), { recursive: true, force: true });
  }
  return connected(url, async (sql) => {
    const [about] = await sql<[{ bytes: number; data: string }]>`
      select sum(pg_database_size(oid))::float8 as bytes, current_setting('data_directory') as data from pg_database`;
    await requireSpace(folder, 1.2 * about.bytes, 'a copy of the server');
    const startedAt = new Date().toISOString();
    const name = startedAt.replaceAll(':', '-');
    const partial = join(folder, `${name}.partial`);
    const major = await serverMajor(sql);
    const tools = await findTools(major, env.PG_BIN, about.data);
    if (tools) await copyByTool(tools, url, partial, signal);
    else await copyByHand(sql, about.data, partial, signal);
    await mustRun('sync', ['-f', partial], { signal });

    const [{ now }] = await sql<[{ now: Date }]>`select clock_timestamp() as now`;
    const startWal = startSegment(readFileSync(join(partial, 'backup_label'), 'utf8'));
    const base: Base = { format: 1, name, startedAt, stoppedAt: now.toISOString(), startWal, major };
    renameSync(partial, join(folder, name));
    await writeWhole(join(folder, `${name}.json`), `${JSON.stringify(base, null, 1)}\n`);
    return { bytes: about.bytes, detail: { name, startWal, by: tools ? 'pg_basebackup' : 'copy' } };
  });
}

// Without tools of the right major, a server on this machine can still be copied by hand.
async function findTools(
  major: number,
  folder: string | undefined,
  data: string,
): Promise<PostgresTools | undefined> {
  try {
    return await findPostgresTools(major, ['pg_basebackup', 'pg_verifybackup'], folder);
  } catch (error) {
    if (existsSync(data)) return undefined;
    throw error;
  }
}

async function copyByTool(
  tools: PostgresTools,
  url: string,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  // With the log of the copying itself, so that it can be started even without any other.
  const args = [
    `--pgdata=${target}`,
    '--wal-method=stream',
    '--checkpoint=fast',
    '--no-password',
    '--label=dropmate',
  ];
  await mustRun(tools('pg_basebackup'), args, { env: libpqEnvironment(url), signal });
  await mustRun(tools('pg_verifybackup'), [target], { signal });
}

// The session must stay the same from start to stop, which a client of one connection's is.
// Source: postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
async function copyByHand(
  sql: postgres.Sql,
  data: string,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const [mode] = await sql<[{ on: boolean }]>`select current_setting('archive_mode') = 'on' as on`;
  if (!mode.on) {
    throw new BackupError(
      'refused',
      'This server does not archive its log, without which a copy is of no use: run wal-archive on, then start the server again.',
    );
  }
  if (readdirSync(join(data, 'pg_tblspc')).length > 0) {
    throw new BackupError('refused', 'The server has tablespaces, which are copied by pg_basebackup only.');
  }
  await sql`select pg_backup_start('dropmate', true)`;
  await copyFolder(data, target, signal);
  const [stop] = await sql<[{ label: string }]>`select labelfile as label from pg_backup_stop(true)`;
  writeFileSync(join(target, 'backup_label'), stop.label, { mode: 0o600 });
}

const EMPTIED = /^(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)$/;
const LEFT_OUT =
  /^(postmaster\.(pid|opts)|pgsql_tmp.*|pg_internal\.init.*|backup_label|tablespace_map|recovery\.log)$/;

async function copyFolder(from: string, to: string, signal: AbortSignal, top = true): Promise<void> {
  signal.throwIfAborted();
  mkdirSync(to, { mode: 0o700 });
  for (const entry of await readdir(from, { withFileTypes: true }).catch(unlessGone([]))) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (LEFT_OUT.test(entry.name)) continue;
    // pg_wal may be a link.
    if (top && EMPTIED.test(entry.name)) mkdirSync(target, { mode: 0o700 });
    else if (entry.isDirectory()) await copyFolder(source, target, signal, false);
    else if (entry.isFile())
      await copyFile(source, target, constants.COPYFILE_FICLONE).catch(unlessGone(undefined));
  }
}

// Tables are dropped while we copy; the log says so to whoever starts from the copy.
function unlessGone<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}

function startSegment(label: string): string {
  const segment = /^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)/m.exec(label)?.[1];
  if (!segment)
    throw new BackupError('failed', 'The label of the base backup names no segment to start from.');
  return segment;
}
