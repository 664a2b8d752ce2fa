import { chownSync } from 'node:fs';
import { chooseAccount } from '../../../db/embedded/account.ts';
import { connected, libpqEnvironment, serverMajor } from '../connection.ts';
import type { Context } from '../context.ts';
import { requireUrl } from '../environment.ts';
import { BackupError } from '../failure.ts';
import { findPostgresTools, mustRun, run } from '../tools.ts';
import { walFolders } from './bases.ts';

const SLOT = 'dropmate_backup';

/**
 * Receives a server's write-ahead log as it is written, until the process is stopped: what was committed a moment ago
 * is on this machine's disk too. A slot makes the server keep what has not arrived. For a Machine of its own.
 */
export async function streamWal({ env, volume, log, signal }: Context): Promise<void> {
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
  const options = { env: libpqEnvironment(url), account, signal, cwd: wal };
  const slot = `--slot=${SLOT}`;
  await mustRun(tools('pg_receivewal'), [slot, '--create-slot', '--if-not-exists', '--no-password'], options);
  log.info({ slot: SLOT, wal }, 'receiving the write-ahead log');
  const args = [slot, '--synchronous', `--directory=${wal}`, '--no-password'];
  const { code, stderr } = await run(tools('pg_receivewal'), args, options);
  if (!signal.aborted) {
    throw new BackupError('failed', `pg_receivewal ended with ${code}: ${stderr.trim().split('\n').at(-1)}`);
  }
}
