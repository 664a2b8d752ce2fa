import type { Context } from './context.ts';
import { BackupError, describe } from './failure.ts';
import { checkDump, listBackups } from './volume.ts';

/** Reads every dump again (or the named one) and compares it with its manifest. Throws when any is not as it was written. */
export async function verify({ volume, log }: Context, name: string | undefined): Promise<void> {
  const { backups, unreadable } = listBackups(volume);
  const wanted = backups.filter((backup) => name === undefined || backup.name === name);
  const faults = unreadable
    .filter((other) => name === undefined || other === name)
    .map((other) => `The manifest of ${other} cannot be read.`);
  for (const fault of faults) log.error(fault);
  for (const backup of wanted) {
    try {
      await checkDump(backup);
      log.info({ name: backup.name, bytes: backup.manifest.dump.bytes }, 'as it was written');
    } catch (error) {
      log.error({ name: backup.name }, describe(error));
      faults.push(describe(error));
    }
  }
  if (faults.length > 0) throw new BackupError('failed', faults.join(' '));
  if (wanted.length === 0) throw new BackupError('refused', 'There is nothing to verify.');
}
