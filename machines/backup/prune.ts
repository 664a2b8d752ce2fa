import type { Context } from './context.ts';
import { BackupError } from './failure.ts';
import { recorded } from './record.ts';
import { chooseKept } from './retention.ts';
import { checkDump, listBackups, lockVolume, removeBackup } from './volume.ts';
import { pruneWal } from './wal/prune.ts';

/**
 * Removes the backups that the retention rules no longer keep, and write-ahead log that no base backup needs. Only
 * once the newest backup has been read again and is what its manifest says; else it throws and removes nothing.
 */
export async function prune(context: Context, { dryRun }: { dryRun: boolean }): Promise<void> {
  const { volume, log } = context;
  const lock = lockVolume(volume);
  try {
    await recorded(context, 'prune', async () => {
      const { backups, unreadable } = listBackups(volume);
      const [newest] = backups;
      if (!newest || (unreadable[0] && unreadable[0] > newest.name)) {
        throw new BackupError(
          'refused',
          'Nothing is removed: there is no newest backup that could be verified.',
        );
      }
      await checkDump(newest);
      const kept = chooseKept(backups);
      const removed = backups.filter((backup) => !kept.has(backup));
      for (const backup of removed) {
        log.info({ name: backup.name, dryRun }, dryRun ? 'would be removed' : 'removed');
        if (!dryRun) removeBackup(backup);
      }
      const wal = dryRun ? 0 : pruneWal(volume);
      const bytes = removed.reduce((sum, { manifest }) => sum + manifest.dump.bytes, 0);
      return {
        bytes,
        detail: { removed: removed.map(({ name }) => name), kept: kept.size, wal, unreadable, dryRun },
      };
    });
  } finally {
    lock.release();
  }
}
