import { setTimeout as delay } from 'node:timers/promises';
import type postgres from 'postgres';
import { connected } from '../connection.ts';
import type { Context } from '../context.ts';
import { requireUrl } from '../environment.ts';
import { BackupError } from '../failure.ts';
import { recorded } from '../record.ts';
import { archiveNow, isArchiving } from './archive.ts';

/** The slot by which the server keeps what has not arrived. */
export const SLOT = 'dropmate_backup';

const PATIENCE_MS = 30_000;

/** Leaves a row of kind `wal`: whether the server's log still comes. */
export async function checkArrival(context: Context): Promise<void> {
  await recorded(context, 'wal', async () => {
    await requireArrival(requireUrl(context.env), context.signal);
    return { bytes: null, detail: {} };
  });
}

/** Throws (failed) when what is committed by now does not come. */
export async function requireArrival(url: string, signal: AbortSignal): Promise<void> {
  if (await connected(url, logArrives, signal)) return;
  throw new BackupError(
    'failed',
    'The log of the server does not come here: it is neither archived nor streamed.',
  );
}

/**
 * Waits until all that is committed by now lies in the volume's log, archived by the server or streamed. False when it
 * does not come within 30 s: then whoever relies on this tier loses more than seconds.
 */
async function logArrives(sql: postgres.Sql): Promise<boolean> {
  if (await isArchiving(sql)) return archiveNow(sql);
  // A commit that waits for the disk takes all before it along.
  await sql`set synchronous_commit = on`;
  await sql`select pg_logical_emit_message(true, 'dropmate', 'so that there is something to stream')`;
  const [{ lsn }] = await sql<[{ lsn: string }]>`select pg_current_wal_flush_lsn()::text as lsn`;
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const there = await sql`
      select from pg_replication_slots s join pg_stat_replication r on r.pid = s.active_pid
      where s.slot_name = ${SLOT} and r.flush_lsn >= ${lsn}::pg_lsn`;
    if (there.length > 0) return true;
    if (performance.now() > deadline) return false;
    await delay(50);
  }
}
