import { existsSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Context } from './context.ts';
import { BackupError } from './failure.ts';
import { decrypt, type Fetched, fetchDump, requireIdentity } from './offsite/fetch.ts';
import {
  type Backup,
  checkDump,
  listBackups,
  makePassing,
  readBackup,
  splitByClock,
  type Volume,
} from './volume.ts';

/**
 * The backup that `which` means: 'latest', a name in the volume, or the path of a dump with its manifest beside it;
 * `offsite:latest` and `offsite:<name>` are fetched; what is encrypted (`….dump.age` too) is decrypted with `identity`, a
 * file with the secret age key. Its SHA-256 is checked. `close` removes what was fetched and decrypted.
 */
export async function openBackup(
  context: Context,
  which: string,
  identity: string | undefined,
): Promise<Fetched> {
  const opened = await find(context, which, identity);
  try {
    await checkDump(opened.backup);
    return opened;
  } catch (error) {
    opened.close();
    throw error;
  }
}

const OFFSITE = 'offsite:';

async function find(context: Context, which: string, identity: string | undefined): Promise<Fetched> {
  if (which.startsWith(OFFSITE)) return fetchDump(context, which.slice(OFFSITE.length), identity);
  if (which.endsWith('.age')) return decryptFile(context, which, requireIdentity(identity));
  return { backup: findHere(context.volume, which), close: () => {} };
}

function findHere(volume: Volume, which: string): Backup {
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
  if (splitByClock([newest]).ahead.length > 0) {
    throw new BackupError(
      'refused',
      `The newest backup, ${newest.name}, is dated in the future, so a clock is or was wrong: name the one that you mean.`,
    );
  }
  return newest;
}

async function decryptFile({ volume, signal }: Context, path: string, identity: string): Promise<Fetched> {
  const { folder, close } = makePassing(volume, 'decrypted');
  try {
    for (const file of [path, path.replace(/\.dump\.age$/, '.json.age')]) {
      if (!existsSync(file)) throw new BackupError('refused', `There is no ${file}.`);
      symlinkSync(resolve(file), join(folder, basename(file)));
      await decrypt(join(folder, basename(file, '.age')), identity, signal);
    }
    return { backup: readBackup(join(folder, basename(path, '.age'))), close };
  } catch (error) {
    close();
    throw error;
  }
}
