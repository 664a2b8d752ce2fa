import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { BackupError } from './failure.ts';
import { mustRun } from './tools.ts';
import { type Backup, checkDump, listBackups, readBackup, type Volume } from './volume.ts';

export interface OpenedBackup {
  backup: Backup;
  /** Removes what was decrypted. */
  close(): void;
}

/**
 * The backup that `which` means: 'latest', a name in the volume, or the path of a dump with its manifest beside it;
 * `….dump.age`, as kept off-site, is decrypted with `identity`, a file with the secret age key. Its SHA-256 is checked.
 */
export async function openBackup(
  volume: Volume,
  which: string,
  identity: string | undefined,
  signal: AbortSignal,
): Promise<OpenedBackup> {
  const opened = which.endsWith('.age')
    ? await decrypt(volume, which, identity, signal)
    : { backup: find(volume, which), close: () => {} };
  try {
    await checkDump(opened.backup);
    return opened;
  } catch (error) {
    opened.close();
    throw error;
  }
}

function find(volume: Volume, which: string): Backup {
  if (which.includes('/')) return readBackup(resolve(which));
  if (which !== 'latest') return readBackup(join(volume.dumps, `${which.replace(/\.dump$/, '')}.dump`));
  const { backups, unreadable } = listBackups(volume);
  const [newest] = backups;
  const damaged = unreadable[0];
  // A damaged one is not skipped in silence for an older one.
  if (damaged && (!newest || damaged > newest.name)) {
    throw new BackupError('failed', `The manifest of the newest backup, ${damaged}, cannot be read.`);
  }
  if (!newest) throw new BackupError('refused', `There is no backup in ${volume.dumps}.`);
  return newest;
}

const PREFIX = 'decrypted-';

async function decrypt(
  volume: Volume,
  path: string,
  identity: string | undefined,
  signal: AbortSignal,
): Promise<OpenedBackup> {
  if (!identity)
    throw new BackupError('usage', 'An encrypted dump needs --identity, a file with the secret age key.');
  for (const left of readdirSync(volume.folder).filter((name) => name.startsWith(PREFIX))) {
    // A killed run's; none takes a day.
    const path = join(volume.folder, left);
    if (Date.now() - statSync(path).ctimeMs > 86_400_000) rmSync(path, { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(volume.folder, PREFIX));
  const close = () => rmSync(folder, { recursive: true, force: true });
  try {
    for (const file of [path, path.replace(/\.dump\.age$/, '.json.age')]) {
      if (!existsSync(file)) throw new BackupError('refused', `There is no ${file}.`);
      const plain = join(folder, basename(file, '.age'));
      await mustRun('age', ['--decrypt', '--identity', identity, '--output', plain, file], { signal });
    }
    return { backup: readBackup(join(folder, basename(path, '.age'))), close };
  } catch (error) {
    close();
    throw error;
  }
}
