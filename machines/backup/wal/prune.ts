import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BackupError } from '../failure.ts';
import { splitByClock, type Volume } from '../volume.ts';
import { archiveOf, type Base, checkBase, listBases, walFolders } from './bases.ts';
import { isBefore } from './segments.ts';

/** How far back point-in-time recovery reaches. */
const KEPT_DAYS = 7;

/**
 * Removes base backups that no time of the 7 days before the newest one needs, and the log before the oldest kept one,
 * once the newest has been read again and is what it was; else it throws and removes nothing. Returns how many files.
 */
export async function pruneWal(volume: Volume): Promise<number> {
  const folders = walFolders(volume);
  const bases = listBases(volume);
  const [newest] = bases;
  if (!newest) return 0;
  await checkBase(volume, newest);
  const dated = bases.map((base) => ({ ...base, at: new Date(base.stoppedAt) }));
  if (splitByClock(dated).ahead.length > 0)
    throw new BackupError(
      'refused',
      `${newest.name} is dated in the future: look at the clocks, and move it aside.`,
    );
  const kept = chooseBases(dated);
  const names = new Set(kept.map(({ name }) => name));
  for (const base of bases.filter(({ name }) => !names.has(name))) removeBase(volume, base);
  const oldest = kept.at(-1) ?? newest;
  const old = readdirSync(folders.wal).filter((file) => isBefore(file, oldest.startWal));
  for (const file of old) rmSync(join(folders.wal, file));
  return old.length;
}

function removeBase(volume: Volume, base: Base): void {
  rmSync(join(walFolders(volume).base, `${base.name}.json`));
  rmSync(archiveOf(volume, base), { force: true });
}

/**
 * All of the 7 days before the newest, and the newest before those, from which the seventh day is reached. Counted from
 * the newest and not from now, so that nothing ages away while none are made, whatever the clock. Newest first, as given.
 */
export function chooseBases<T extends { at: Date }>(bases: T[]): T[] {
  const [newest] = bases;
  if (!newest) return [];
  const since = newest.at.getTime() - KEPT_DAYS * 86_400_000;
  const older = bases.findIndex(({ at }) => at.getTime() <= since);
  return older === -1 ? bases : bases.slice(0, older + 1);
}
