import { chownSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type postgres from 'postgres';
import { chooseAccount } from '../../../db/embedded/account.ts';
import { canEnter } from '../../../db/embedded/reach.ts';
import { connected } from '../connection.ts';
import type { Context } from '../context.ts';
import { requireUrl } from '../environment.ts';
import { BackupError } from '../failure.ts';
import { walFolders } from './bases.ts';

/** How long a commit may wait for its copy: a segment is archived when it is full, or after this. */
const ARCHIVE_TIMEOUT = '10s';

/**
 * Makes a server on this machine (the embedded one) copy its write-ahead log into the volume, or stop doing so. The
 * server must be started again afterwards, which the log says.
 */
export async function switchArchive({ env, volume, log }: Context, on: boolean): Promise<void> {
  await connected(requireUrl(env), async (sql) => {
    if (on) {
      const wal = await giveToServer(sql, walFolders(volume).wal);
      await set(sql, 'archive_command', archiveCommand(wal));
      await set(sql, 'archive_timeout', ARCHIVE_TIMEOUT);
      await set(sql, 'archive_mode', 'on');
    } else {
      for (const name of ['archive_mode', 'archive_timeout', 'archive_command']) {
        await sql.unsafe(`alter system reset ${name}`);
      }
    }
    await sql`select pg_reload_conf()`;
    log.info(
      { archive: on, restartNeeded: (await isArchiving(sql)) !== on },
      'archiving set; it changes with the next start of the server',
    );
  });
}

async function set(sql: postgres.Sql, name: string, value: string): Promise<void> {
  // No parameters here. The value holds no backslash and its quotes are doubled.
  await sql.unsafe(`alter system set ${name} = '${value.replaceAll("'", "''")}'`);
}

async function giveToServer(sql: postgres.Sql, folder: string): Promise<string> {
  const [{ data }] = await sql<[{ data: string }]>`select current_setting('data_directory') as data`;
  if (!existsSync(data)) {
    throw new BackupError(
      'refused',
      'The server is not on this machine: use wal-stream, which works from anywhere.',
    );
  }
  const wal = resolve(folder);
  if (/['%\\\s]/.test(wal))
    throw new BackupError('refused', `BACKUP_DIR may hold no quote, space, % or \\ for archiving.`);
  const account = await chooseAccount(data);
  if (account) {
    chownSync(wal, account.uid, account.gid);
    if (!canEnter(wal, account)) {
      throw new BackupError('refused', `Postgres' own user cannot reach ${wal}: choose another BACKUP_DIR.`);
    }
  }
  return wal;
}

// Written beside, synced, renamed. A segment that is there already is archived again after a crash: right if it is the
// same. Most of a segment that was cut short is zeros, which gzip makes 16 kB of.
// Source: postgresql.org/docs/18/continuous-archiving.html#BACKUP-ARCHIVING-WAL
export function archiveCommand(wal: string): string {
  return (
    `f='${wal}/%f.gz'; if [ -f "$f" ]; then gzip -dc "$f" | cmp -s - '%p'; ` +
    `else gzip -1 -c '%p' > "$f.partial" && sync "$f.partial" && mv "$f.partial" "$f"; fi`
  );
}

/** Finds a segment however it came: archived, streamed, or the last one, still being streamed (padded with zeros). */
export function restoreCommand(wal: string): string {
  return (
    `if [ -f '${wal}/%f.gz' ]; then gzip -dc '${wal}/%f.gz' > '%p'; ` +
    `elif [ -f '${wal}/%f' ]; then cp '${wal}/%f' '%p'; else cp '${wal}/%f.partial' '%p'; fi`
  );
}

/** Whether the server archives its log. */
export async function isArchiving(sql: postgres.Sql): Promise<boolean> {
  const [mode] = await sql<[{ on: boolean }]>`select current_setting('archive_mode') = 'on' as on`;
  return mode.on;
}

/**
 * Has all that is committed by now archived, and waits for it. False when the server does not archive, or does not
 * manage to within 30 s.
 */
export async function archiveNow(sql: postgres.Sql): Promise<boolean> {
  if (!(await isArchiving(sql))) return false;
  // Where nothing was written since the last switch, there is none, and the name is of a segment yet to come.
  await sql`select pg_logical_emit_message(true, 'dropmate', 'so that there is something to archive')`;
  const [{ segment }] = await sql<[{ segment: string }]>`select pg_walfile_name(pg_switch_wal()) as segment`;
  const deadline = performance.now() + 30_000;
  for (;;) {
    const [row] = await sql<
      [{ last: string | null }]
    >`select last_archived_wal as last from pg_stat_archiver`;
    // A backup's label and a timeline's history are archived too; their names begin as those of segments do.
    if (row.last && row.last.slice(0, 24) >= segment) return true;
    if (performance.now() > deadline) return false;
    await delay(50);
  }
}
