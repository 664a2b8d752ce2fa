import { createHash } from 'node:crypto';
import {
  chmodSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
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

/** All whole backups, the newest first, and the names of those whose manifest cannot be read. */
export function listBackups(volume: Volume): { backups: Backup[]; unreadable: string[] } {
  const names = readdirSync(volume.dumps).flatMap((file) =>
    file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : [],
  );
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

/** Removes what a killed run left: what was being written, and dumps that never got their manifest. */
export function sweepLeftovers(volume: Volume): string[] {
  const files = readdirSync(volume.dumps);
  const left = files.filter(
    (file) =>
      file.endsWith('.partial') ||
      file.endsWith('.age') ||
      (file.endsWith('.dump') && !files.includes(file.replace(/\.dump$/, '.json'))),
  );
  for (const file of left) rmSync(join(volume.dumps, file), { force: true });
  return left;
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
