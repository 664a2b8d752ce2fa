import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Volume } from '../volume.ts';
import { type Base, listBases, walFolders } from './bases.ts';

/** How far back point-in-time recovery reaches. */
const KEPT_DAYS = 7;

/** Removes base backups that no time of the last 7 days needs, and the log before the oldest kept one. Returns how many files. */
export function pruneWal(volume: Volume, now = new Date()): number {
  const folders = walFolders(volume);
  const bases = listBases(volume);
  const kept = chooseBases(bases, now);
  for (const { name } of bases.filter((base) => !kept.includes(base))) {
    rmSync(join(folders.base, `${name}.json`));
    rmSync(join(folders.base, name), { recursive: true, force: true });
  }
  const oldest = kept.at(-1);
  if (!oldest) return 0;
  const old = readdirSync(folders.wal).filter((file) => isBefore(file, oldest.startWal));
  for (const file of old) rmSync(join(folders.wal, file));
  return old.length;
}

/** All of the last 7 days, and the newest before those, from which the seventh day is reached. Newest first, as given. */
export function chooseBases(bases: Base[], now: Date): Base[] {
  const since = new Date(now.getTime() - KEPT_DAYS * 86_400_000).toISOString();
  const older = bases.findIndex(({ stoppedAt }) => stoppedAt <= since);
  return older === -1 ? bases : bases.slice(0, older + 1);
}

// A segment's name is timeline, log, segment, each 8 hex digits; the order holds over timelines (as in pg_archivecleanup).
// Timelines' history files have another form, and stay.
function isBefore(file: string, segment: string): boolean {
  return /^[0-9A-F]{24}(\.|$)/.test(file) && file.slice(8, 24) < segment.slice(8);
}
