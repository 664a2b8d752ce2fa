import type { Context } from './context.ts';
import { BackupError, describe } from './failure.ts';
import { readJournal } from './offsite/journal.ts';
import { readBack } from './offsite/verify.ts';
import { checkDump, listBackups } from './volume.ts';
import { checkBase, listBases, walFolders } from './wal/bases.ts';
import { isWholeSegment, listSegments } from './wal/segments.ts';

interface VerifyOptions {
  /** One backup's; all when undefined. */
  name: string | undefined;
  /** What this volume sent, read back whole. */
  offsite: boolean;
}

/**
 * Reads every backup again (or the named one) and compares it with what was written down of it. Throws when any is not as
 * it was.
 */
export async function verify(context: Context, { name, offsite }: VerifyOptions): Promise<void> {
  const checks = offsite ? listSent(context, name) : listHere(context, name);
  const faults: string[] = [];
  for (const { what, check } of checks) {
    try {
      await check();
      context.log.info({ name: what }, 'as it was written');
    } catch (error) {
      context.signal.throwIfAborted();
      context.log.error({ name: what }, describe(error));
      faults.push(describe(error));
    }
  }
  if (faults.length > 0) throw new BackupError('failed', faults.join(' '));
  if (checks.length === 0) throw new BackupError('refused', 'There is nothing to verify.');
}

interface Check {
  what: string;
  check(): Promise<void>;
}

function listHere({ volume }: Context, name: string | undefined): Check[] {
  const { backups, unreadable } = listBackups(volume);
  const { wal } = walFolders(volume);
  const bases = listBases(volume);
  const checks = [
    ...unreadable.map((what) => ({
      what,
      check: async () => {
        throw new BackupError('failed', `The manifest of ${what} is missing or cannot be read.`);
      },
    })),
    ...backups.map((backup) => ({ what: backup.name, check: () => checkDump(backup) })),
    ...bases.map((base) => ({ what: base.name, check: () => checkBase(volume, base) })),
  ].filter(({ what }) => name === undefined || what === name);
  const [oldest] = bases.slice(-1);
  if (oldest && name === undefined) checks.push({ what: 'the write-ahead log', check: checkLog });
  return checks;

  async function checkLog(): Promise<void> {
    for (const file of listSegments(wal, oldest?.startWal ?? '')) {
      if (!file.partial && !(await isWholeSegment(wal, file, oldest?.segmentBytes ?? 0)))
        throw new BackupError('failed', `The segment ${file.segment} is damaged.`);
    }
  }
}

function listSent(context: Context, name: string | undefined): Check[] {
  const paths = [...readJournal(context.volume).keys()].map((path) => path.slice(0, -'.age'.length));
  // A segment that was still growing is sent over and over.
  const wanted = paths.filter(
    (path) => !path.includes('.partial.') && (name === undefined || path.includes(name)),
  );
  return wanted.map((what) => ({ what, check: () => readBack(context, [what]) }));
}
