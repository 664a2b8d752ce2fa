import type { Context } from './context.ts';
import { BackupError } from './failure.ts';
import { pruneOffsite } from './offsite/prune.ts';
import { type Result, recorded } from './record.ts';
import { chooseKept } from './retention.ts';
import { checkDump, listBackups, lockVolume, removeBackup, splitByClock } from './volume.ts';
import { listBases } from './wal/bases.ts';
import { pruneWal } from './wal/prune.ts';

/**
 * Removes the backups that the retention rules no longer keep, and write-ahead log that no base backup needs. Only
 * once the newest backup has been read again and is what its manifest says; else it throws and removes nothing.
 */
export async function prune(context: Context, { dryRun }: { dryRun: boolean }): Promise<void> {
  const lock = lockVolume(context.volume);
  try {
    // A rehearsal is none of the runs whose age is watched.
    if (dryRun) await removeOld(context, true);
    else await recorded(context, 'prune', () => removeOld(context, false));
  } finally {
    lock.release();
  }
}

async function removeOld(context: Context, dryRun: boolean): Promise<Result> {
  const { volume, log, env } = context;
  const { backups, unreadable } = listBackups(volume);
  const { past, ahead } = splitByClock(backups);
  const [newest] = past;
  if (!newest || (unreadable[0] && unreadable[0] > newest.name)) {
    throw new BackupError('refused', 'Nothing is removed: there is no newest backup that could be verified.');
  }
  for (const { name } of ahead) log.error({ name }, 'is dated in the future: a clock was or is wrong');
  await checkDump(newest);
  const kept = chooseKept(past);
  const removed = past.filter((backup) => !kept.has(backup));
  for (const backup of removed) {
    log.info({ name: backup.name, dryRun }, dryRun ? 'would be removed' : 'removed');
    if (!dryRun) removeBackup(backup);
  }
  const wal = dryRun ? 0 : await pruneWal(volume);
  const base = listBases(volume)[0]?.name;
  const offsite =
    !dryRun && env.BACKUP_OFFSITE && env.BACKUP_OFFSITE_PRUNE
      ? await pruneOffsite(context, { dump: newest.name, base })
      : [];
  const bytes = removed.reduce((sum, { manifest }) => sum + manifest.dump.bytes, 0);
  const names = removed.map(({ name }) => name);
  return { bytes, detail: { removed: names, kept: kept.size, wal, offsite: offsite.length, unreadable } };
}
