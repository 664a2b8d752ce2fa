import { join } from 'node:path';
import type { Context } from '../context.ts';
import { requireOffsite, requireRecipients } from '../environment.ts';
import { BackupError, describe } from '../failure.ts';
import { type Result, recorded } from '../record.ts';
import { chooseKept } from '../retention.ts';
import { checkDump, listBackups, lockVolume, splitByClock } from '../volume.ts';
import { checkBase, listBases, walFolders } from '../wal/bases.ts';
import { listSegments } from '../wal/segments.ts';
import { isSent, readJournal } from './journal.ts';
import { listRemote } from './remote.ts';
import { type Leaving, ship } from './ship.ts';

/**
 * Brings off-site what is not there as it was sent: dumps, base backups, write-ahead log. So a copy that failed is made
 * up for by the next run. What is damaged here is not sent; all else is, and then it throws.
 */
export async function copyOffsite(context: Context): Promise<void> {
  requireOffsite(context.env);
  requireRecipients(context.env);
  const lock = lockVolume(context.volume);
  try {
    await copyMissing(context);
  } finally {
    lock.release();
  }
}

/** As copyOffsite, for whoever has locked the volume. */
export async function copyMissing(context: Context): Promise<Result> {
  return recorded(context, 'offsite', async () => {
    const { volume } = context;
    const listing = await listRemote(context.env, '', context.signal);
    const journal = readJournal(volume);
    const isThere = ({ path }: Leaving) => isSent(journal, listing, path);
    const attempt = new Attempts(context);
    for (const { check, parts } of listWhole(context)) {
      if (parts.every(isThere)) continue;
      // The manifest goes last, so that a copy with one is whole.
      await attempt.ship(
        parts.map((part) => [part]),
        check,
      );
    }
    const waiting = listLog(context).filter((segment) => segment.growing || !isThere(segment));
    await attempt.ship(inBatches(waiting));
    const newest = splitByClock(listBackups(volume).backups).past[0]?.name ?? 'none';
    return { bytes: attempt.bytes, detail: { files: attempt.files, newest, ...attempt.end() } };
  });
}

/** Ships, and goes on with the rest when something fails; `end` throws what failed. */
class Attempts {
  bytes = 0;
  files = 0;
  private readonly faults = new Set<string>();
  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
  }

  async ship(batches: Leaving[][], check: () => Promise<void> = async () => {}): Promise<void> {
    try {
      await check();
      for (const batch of batches) {
        this.bytes += await ship(this.context, batch);
        this.files += batch.length;
      }
    } catch (error) {
      this.context.signal.throwIfAborted();
      this.faults.add(describe(error));
    }
  }

  end(): Record<string, never> {
    if (this.faults.size > 0) throw new BackupError('failed', [...this.faults].slice(0, 3).join(' '));
    return {};
  }
}

/** Sends the log that is not there by what the journal says, without a listing or a row: for a stream, every minute. */
export async function shipLog(context: Context): Promise<number> {
  const journal = readJournal(context.volume);
  const waiting = listLog(context).filter(({ path, growing }) => growing || !journal.has(`${path}.age`));
  for (const batch of inBatches(waiting)) await ship(context, batch);
  return waiting.length;
}

function inBatches<T>(files: T[]): T[][] {
  return Array.from({ length: Math.ceil(files.length / BATCH) }, (_, n) =>
    files.slice(n * BATCH, (n + 1) * BATCH),
  );
}

const BATCH = 200;

interface Whole {
  check(): Promise<void>;
  parts: Leaving[];
}

function listWhole({ volume }: Context): Whole[] {
  const { backups } = listBackups(volume);
  const kept = chooseKept(backups);
  const dumps = backups
    .filter((backup) => kept.has(backup))
    .map((backup) => ({
      check: () => checkDump(backup),
      parts: ['dump', 'json'].map((extension) => ({
        file: join(volume.dumps, `${backup.name}.${extension}`),
        path: `${backup.name}.${extension}`,
      })),
    }));
  const folder = walFolders(volume).base;
  const bases = listBases(volume).map((base) => ({
    check: () => checkBase(volume, base),
    parts: ['tar.gz', 'json'].map((extension) => ({
      file: join(folder, `${base.name}.${extension}`),
      path: `base/${base.name}.${extension}`,
    })),
  }));
  return [...dumps, ...bases];
}

/** The log that a base backup needs, as it leaves: a segment that is still being written too, which is sent again each time. */
export function listLog({ volume }: Context): (Leaving & { growing: boolean })[] {
  const oldest = listBases(volume).at(-1);
  // Without one to start from, log is of no use.
  if (!oldest) return [];
  const { wal } = walFolders(volume);
  return listSegments(wal, oldest.startWal).map(({ file, segment, compressed, partial }) => ({
    file: join(wal, file),
    path: `wal/${segment}${partial ? '.partial' : ''}.gz`,
    compress: !compressed,
    growing: partial,
  }));
}
