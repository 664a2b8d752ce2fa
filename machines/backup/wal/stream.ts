import { chownSync } from 'node:fs';
import { chooseAccount } from '../../../db/embedded/account.ts';
import { connected, libpqEnvironment, PATIENCE, serverMajor } from '../connection.ts';
import type { Context } from '../context.ts';
import { requireRecipients, requireUrl } from '../environment.ts';
import { BackupError } from '../failure.ts';
import { findPostgresTools, mustRun, run } from '../tools.ts';
import { requireMounted } from '../volume.ts';
import { SLOT } from './arrival.ts';
import { walFolders } from './bases.ts';
import { keepTier } from './upkeep.ts';

/**
 * Receives a server's write-ahead log as it is written, until the process is stopped: what was committed a moment ago
 * is on this machine's disk too. A slot makes the server keep what has not arrived. Meanwhile it keeps the tier: sends
 * the log off-site every minute, and makes base backups and drills when they are due. For a Machine of its own.
 */
export async function streamWal(context: Context): Promise<void> {
  const { env, volume, log, signal } = context;
  requireRecipients(env);
  requireMounted(volume, env.BACKUP_MOUNTED);
  const url = requireUrl(env);
  const { major, unlimited } = await connected(url, async (sql) => {
    const [row] = await sql<[{ limit: string }]>`select current_setting('max_slot_wal_keep_size') as limit`;
    return { major: await serverMajor(sql), unlimited: row.limit === '-1' };
  });
  if (unlimited) {
    log.warn(
      'max_slot_wal_keep_size is not set: while this stream is down, the log grows until the disk is full',
    );
  }
  const tools = await findPostgresTools(major, ['pg_receivewal'], env.PG_BIN);
  const { wal } = walFolders(volume);
  // By the user that will read the log when it is recovered from.
  const account = await chooseAccount(wal);
  if (account) chownSync(wal, account.uid, account.gid);
  // When one ends, so does the other.
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const options = { env: libpqEnvironment(url), account, signal: both, cwd: wal };
  const common = [`--dbname=${PATIENCE}`, `--slot=${SLOT}`, '--no-password'];
  await mustRun(tools('pg_receivewal'), [...common, '--create-slot', '--if-not-exists'], options);
  log.info({ slot: SLOT, wal }, 'receiving the write-ahead log');
  const upkeep = keepTier({ ...context, signal: both });
  const { code, stderr } = await run(
    tools('pg_receivewal'),
    [...common, '--synchronous', `--directory=${wal}`],
    options,
  );
  over.abort(new BackupError('failed', 'The stream has ended.'));
  await upkeep;
  if (!signal.aborted) {
    throw new BackupError('failed', `pg_receivewal ended with ${code}: ${stderr.trim().split('\n').at(-1)}`);
  }
}
