import { setTimeout as delay } from 'node:timers/promises';
import type postgres from 'postgres';
import { connected } from '../connection.ts';
import { BackupError } from '../failure.ts';
import { inspect } from '../inspect.ts';
import type { Contents } from '../manifest.ts';

/** What a database held at a moment of its log. */
export interface Reference {
  contents: Contents;
  /** All that `contents` counts was committed before it, all else after. */
  at: Date;
}

/**
 * Counts and hashes the live database as of a moment that recovery can be sent to. Commits have no order that a snapshot
 * shares, so for some milliseconds nobody writes: all tables are locked against it, at the price that writers wait 2 s at most
 * while the lock itself waits for one of them. The counting is done afterwards, in that snapshot.
 */
export async function takeReference(url: string, signal: AbortSignal): Promise<Reference> {
  return connected(
    url,
    (reader) =>
      connected(
        url,
        async (locker) => {
          for (let attempt = 1; ; attempt++) {
            try {
              return await lookStill(reader, locker);
            } catch (error) {
              if (!isBusy(error)) throw error;
              if (attempt >= ATTEMPTS)
                throw new BackupError(
                  'failed',
                  'The tables were never still for a moment: somebody writes for long.',
                );
              await delay(1000, undefined, { signal });
            }
          }
        },
        signal,
      ),
    signal,
  );
}

const ATTEMPTS = 20;

async function lookStill(reader: postgres.Sql, locker: postgres.Sql): Promise<Reference> {
  let at: Date | undefined;
  let counting: Promise<Contents> | undefined;
  await locker.begin(async (tx) => {
    await tx`set local lock_timeout = '2s'`;
    const tables = await tx<{ name: string }[]>`
      select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      order by 1`;
    await tx.unsafe(`lock table ${tables.map(({ name }) => `only ${name}`).join(', ')} in share mode`);
    const [{ snapshot }] = await tx<[{ snapshot: string }]>`select pg_export_snapshot() as snapshot`;
    await new Promise<void>((begun, failed) => {
      counting = reader.begin('isolation level repeatable read read only', async (other) => {
        await other.unsafe(`set transaction snapshot '${snapshot}'`);
        begun();
        return inspect(other);
      });
      counting.catch(failed);
    });
    // On both sides of the moment, which is told in milliseconds, there are two without a commit.
    await tx`select pg_sleep(0.002)`;
    const [row] = await tx<[{ now: Date }]>`select clock_timestamp() as now`;
    await tx`select pg_sleep(0.002)`;
    at = row.now;
  });
  const contents = await counting;
  if (!at || !contents) throw new Error('A transaction ended without its work.');
  return { contents, at };
}

// Lock timeout, deadlock.
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '55P03' || error.code === '40P01');
}
