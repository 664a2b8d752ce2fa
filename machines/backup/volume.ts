import { createHash } from 'node:crypto';
import {
  chmodSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { open, rename, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Lock, lockHolder, takeLock } from '../../db/embedded/lock.ts';
import { BackupError, describe } from './failure.ts';
import { Manifest } from './manifest.ts';

/** The folder that keeps the backups: `dumps/<name>.dump` with `<name>.json` beside it, `base/`, `wal/`. */
export interface Volume {
  folder: string;
  dumps: string;
}

export interface Backup {
  name: string;
  at: Date;
  dump: string;
  manifest: Manifest;
}

/** Opens, and on the first use makes, the folders of a volume. */
export function openVolume(folder: string): Volume {
  const dumps = join(folder, 'dumps');
  try {
    // Others may pass, as Postgres' own user must to its scratch server, but see no dump.
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    const { mode, uid } = statSync(folder);
    if (uid === 0 && process.getuid?.() === 0) chmodSync(folder, (mode & 0o7777) | 0o11);
    mkdirSync(dumps, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new BackupError('refused', `BACKUP_DIR cannot be used: ${describe(error)}`);
  }
  return { folder, dumps };
}

/**
 * Throws (refused) when the folder is not on a disk of its own though it must be (BACKUP_MOUNTED, as in the image): without
 * its volume a container would write backups into itself, and lose them when it ends.
 */
export function requireMounted(volume: Volume, required: boolean): void {
  if (!required || statSync(volume.folder).dev !== statSync('/').dev) return;
  throw new BackupError('refused', `No volume is mounted at ${volume.folder}: a backup there would be lost.`);
}

/** One program at a time changes a volume. Throws (refused) when another is at it; released by the process' end too. */
export function lockVolume(volume: Volume): Lock {
  const path = join(volume.folder, 'backup.lock');
  const lock = takeLock(path);
  if (lock) return lock;
  throw new BackupError(
    'refused',
    `Another run (process ${lockHolder(path)}) is at work in ${volume.folder}.`,
  );
}

/** All whole backups, the newest first, and the names of those whose manifest is missing or cannot be read. */
export function listBackups(volume: Volume): { backups: Backup[]; unreadable: string[] } {
  const files = readdirSync(volume.dumps);
  const killed = (file: string) => files.includes(`${file.replace(/\.dump$/, '.json')}.partial`);
  const named = files.filter((file) => /\.(json|dump)$/.test(file) && !killed(file));
  const names = [...new Set(named.map((file) => file.replace(/\.(json|dump)$/, '')))];
  const backups: Backup[] = [];
  const unreadable: string[] = [];
  for (const name of names.sort().reverse()) {
    try {
      backups.push(readBackup(join(volume.dumps, `${name}.dump`)));
    } catch {
      unreadable.push(name);
    }
  }
  return { backups, unreadable };
}

/** The backup of a dump's path, whose manifest lies beside it. */
export function readBackup(dump: string): Backup {
  const path = dump.replace(/\.dump$/, '.json');
  try {
    const manifest = Manifest.parse(JSON.parse(readFileSync(path, 'utf8')));
    return { name: manifest.name, at: new Date(manifest.startedAt), dump, manifest };
  } catch (error) {
    const why = existsSync(path) ? 'is damaged' : describe(error);
    throw new BackupError('failed', `The manifest ${path} ${why}.`);
  }
}

/**
 * Removes what a killed run left: what was being written, and a dump whose manifest was. A dump without any stays: it may
 * be good, and its manifest lost.
 */
export function sweepLeftovers(volume: Volume): string[] {
  const files = readdirSync(volume.dumps);
  const left = files.filter(
    (file) => file.endsWith('.partial') || files.includes(`${file.replace(/\.dump$/, '.json')}.partial`),
  );
  for (const file of left) rmSync(join(volume.dumps, file), { force: true });
  return left;
}

const PASSING = /^(decrypted|leaving)-/;
const NOT_YET = 'making-';
const PASSING_LOCK = 'lock';

/** A folder for what is on its way, gone with `close`; when the run is killed, with the next run. */
export function makePassing(
  volume: Volume,
  kind: 'decrypted' | 'leaving',
): { folder: string; close(): void } {
  // It gets its name when it is locked, so that no other run takes it for a dead one's.
  const made = mkdtempSync(join(volume.folder, NOT_YET));
  const lock = takeLock(join(made, PASSING_LOCK));
  const home = made.replace(NOT_YET, `${kind}-`);
  renameSync(made, home);
  const folder = join(home, 'files');
  mkdirSync(folder, { mode: 0o711 });
  const close = () => {
    lock?.release();
    rmSync(home, { recursive: true, force: true });
  };
  return { folder, close };
}

/** Removes what killed runs left on its way: decrypted backups above all. Whoever lives holds the lock. */
export function sweepPassing(volume: Volume): void {
  for (const name of readdirSync(volume.folder)) {
    const home = join(volume.folder, name);
    if (!PASSING.test(name) && !(name.startsWith(NOT_YET) && isOld(home))) continue;
    const lock = takeLock(join(home, PASSING_LOCK));
    if (!lock) continue;
    lock.release();
    rmSync(home, { recursive: true, force: true });
  }
}

function isOld(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Math.abs(Date.now() - found.ctimeMs) > 60_000;
}

/** Removes a backup: its manifest first, without which the dump no longer counts. */
export function removeBackup(backup: Backup): void {
  rmSync(backup.dump.replace(/\.dump$/, '.json'), { force: true });
  rmSync(backup.dump, { force: true });
}

/** Puts a finished file in its place so that it is there whole, or not at all, whatever happens to the machine. */
export async function settle(partial: string, path: string): Promise<void> {
  await sync(partial);
  await rename(partial, path);
  await sync(dirname(path));
}

/** Writes a small file so. */
export async function writeWhole(path: string, content: string): Promise<void> {
  await writeFile(`${path}.partial`, content, { mode: 0o600 });
  await settle(`${path}.partial`, path);
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** A clock may be off by so much and no harm is done. */
export const CLOCK_SLACK_MS = 10 * 60_000;

/** Backups that a wrong clock dated in the future apart from the others: they would be the newest for ever. */
export function splitByClock<T extends { at: Date }>(backups: T[]): { past: T[]; ahead: T[] } {
  const isAhead = ({ at }: T) => at.getTime() > Date.now() + CLOCK_SLACK_MS;
  return { past: backups.filter((backup) => !isAhead(backup)), ahead: backups.filter(isAhead) };
}

/** Throws (failed) when the dump is not what its manifest says. */
export async function checkDump(backup: Backup): Promise<void> {
  const { bytes, sha256 } = backup.manifest.dump;
  const found = statSync(backup.dump, { throwIfNoEntry: false });
  if (!found) throw new BackupError('failed', `The dump ${backup.name} is gone.`);
  if (found.size !== bytes) {
    throw new BackupError(
      'failed',
      `The dump ${backup.name} has ${found.size} bytes and must have ${bytes}.`,
    );
  }
  if ((await hashFile(backup.dump)) !== sha256) {
    throw new BackupError('failed', `The dump ${backup.name} is damaged: its SHA-256 is not the manifest's.`);
  }
}

/** Throws (refused) when fewer than `needed` bytes are free where `folder` lies. */
export async function requireSpace(folder: string, needed: number, why: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new BackupError(
    'refused',
    `${folder} has ${inMb(free)} MB free, and ${why} wants ${inMb(needed)} MB.`,
  );
}

const inMb = (bytes: number): string => (bytes / 1e6).toFixed(1);
