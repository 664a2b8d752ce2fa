import {
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type postgres from 'postgres';
import { connected, libpqEnvironment, PATIENCE, serverMajor } from '../connection.ts';
import type { Context } from '../context.ts';
import { requireUrl } from '../environment.ts';
import { BackupError } from '../failure.ts';
import { nameOf } from '../offsite/names.ts';
import { type Result, recorded } from '../record.ts';
import { findPostgresTools, mustRun, type PostgresTools } from '../tools.ts';
import {
  hashFile,
  lockVolume,
  requireMounted,
  requireSpace,
  settle,
  type Volume,
  writeWhole,
} from '../volume.ts';
import { isArchiving } from './archive.ts';
import { type Base, listBases, walFolders } from './bases.ts';

/**
 * Copies the files of a running server, for recovery to start from: by pg_basebackup where there is one of the
 * server's major, else (the embedded server brings none) by hand, between pg_backup_start and pg_backup_stop.
 */
export async function makeBase(context: Context): Promise<void> {
  requireMounted(context.volume, context.env.BACKUP_MOUNTED);
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
  for (const left of readdirSync(folder).filter((name) => isLeftover(folder, name))) {
    rmSync(join(folder, left), { recursive: true, force: true });
  }
  return connected(
    url,
    async (sql) => {
      const about = await describeServer(sql);
      // The copy, and the copy packed.
      await requireSpace(folder, 2 * about.bytes, 'a copy of the server');
      const partial = join(folder, `${nameOf(about.now)}.partial`);
      const tools = await findTools(about.major, env.PG_BIN, about.data);
      if (tools) await copyByTool(tools, url, partial, signal);
      else await copyByHand(sql, about.data, partial, signal);
      const [{ now }] = await sql<[{ now: Date }]>`select clock_timestamp() as now`;
      const base = await pack(folder, partial, { about, stoppedAt: now, signal });
      const { name, startWal, archive } = base;
      return { bytes: archive.bytes, detail: { name, startWal, by: tools ? 'pg_basebackup' : 'copy' } };
    },
    signal,
  );
}

// What a killed run left: the copy, or its pack without a description.
const isLeftover = (folder: string, name: string): boolean =>
  name.endsWith('.partial') ||
  (name.endsWith('.tar.gz') && existsSync(join(folder, `${name.replace(/\.tar\.gz$/, '.json')}.partial`)));

interface About {
  now: Date;
  bytes: number;
  data: string;
  segmentBytes: number;
  major: number;
}

async function describeServer(sql: postgres.Sql): Promise<About> {
  const [row] = await sql<[Omit<About, 'major'>]>`
    select clock_timestamp() as now, sum(pg_database_size(oid))::float8 as bytes,
      current_setting('data_directory') as data, pg_size_bytes(current_setting('wal_segment_size'))::int as "segmentBytes"
    from pg_database`;
  return { ...row, major: await serverMajor(sql) };
}

/** Makes one file of the copy, so that one hash tells whether it is whole, and describes it: that goes last. */
async function pack(
  folder: string,
  copied: string,
  { about, stoppedAt, signal }: { about: About; stoppedAt: Date; signal: AbortSignal },
): Promise<Base> {
  const startWal = startSegment(readFileSync(join(copied, 'backup_label'), 'utf8'));
  const within = readdirSync(join(copied, 'pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name));
  const name = `${nameOf(about.now)}_${startWal}`;
  const archive = join(folder, `${name}.tar.gz`);
  await mustRun(
    'tar',
    ['--create', '--use-compress-program=gzip -1', `--file=${archive}.partial`, `--directory=${copied}`, '.'],
    {
      signal,
    },
  );
  rmSync(copied, { recursive: true });
  const base: Base = {
    format: 2,
    name,
    startedAt: about.now.toISOString(),
    stoppedAt: stoppedAt.toISOString(),
    startWal,
    within,
    segmentBytes: about.segmentBytes,
    major: about.major,
    serverBytes: about.bytes,
    archive: { bytes: statSync(`${archive}.partial`).size, sha256: await hashFile(`${archive}.partial`) },
  };
  const description = join(folder, `${name}.json`);
  await writeWhole(`${description}.partial`, `${JSON.stringify(base, null, 1)}\n`);
  await settle(`${archive}.partial`, archive);
  await settle(`${description}.partial`, description);
  return base;
}

/** How old the newest base backup may be before a new one is due: each day of log takes time to play through. */
const BASE_DAYS = 7;

/** Whether the newest base backup is a week old, or there is none yet. For a volume with the second tier. */
export function isBaseDue(volume: Volume): boolean {
  const [newest] = listBases(volume);
  return !newest || Date.now() - Date.parse(newest.stoppedAt) > BASE_DAYS * 86_400_000;
}

/** Whether write-ahead log comes into this volume, or a base backup was made. */
export function isTierUsed(volume: Volume): boolean {
  return readdirSync(walFolders(volume).wal).length > 0 || listBases(volume).length > 0;
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
    `--dbname=${PATIENCE}`,
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
  if (!(await isArchiving(sql))) {
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
  // It waits until its log is archived, and where archiving fails it would wait for ever.
  await sql`set statement_timeout = '10min'`;
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
