import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BackupError } from '../failure.ts';
import { hashFile, type Volume } from '../volume.ts';

const Base = z.object({
  format: z.literal(2),
  /** When it began, and `startWal`. */
  name: z.string(),
  startedAt: z.iso.datetime(),
  /** By the server's clock. Recovery can go to any time from here. */
  stoppedAt: z.iso.datetime(),
  /** The first segment of write-ahead log that it needs. */
  startWal: z.string().regex(/^[0-9A-F]{24}$/),
  /** Segments that it brings itself. */
  within: z.array(z.string()),
  segmentBytes: z.number().int(),
  major: z.number().int(),
  /** What the server took on its disk, in bytes. */
  serverBytes: z.number(),
  archive: z.object({ bytes: z.number().int(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
});
export type Base = z.infer<typeof Base>;

/** The folders of the physical tier: copies of the server's files, and its write-ahead log. */
export function walFolders(volume: Pick<Volume, 'folder'>): { base: string; wal: string } {
  const folders = { base: join(volume.folder, 'base'), wal: join(volume.folder, 'wal') };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folders;
}

/** All whole base backups, the newest first. One whose description cannot be read is not among them. */
export function listBases(volume: Pick<Volume, 'folder'>): Base[] {
  const { base } = walFolders(volume);
  const bases = readdirSync(base).flatMap((file) => {
    if (!file.endsWith('.json')) return [];
    try {
      return [readBase(join(base, file))];
    } catch {
      return [];
    }
  });
  return bases.sort((a, b) => (a.stoppedAt < b.stoppedAt ? 1 : -1));
}

/** Reads the description of a base backup. Throws when it is none. */
export function readBase(path: string): Base {
  return Base.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** Where a base backup's files are, packed. */
export function archiveOf(volume: Pick<Volume, 'folder'>, { name }: Pick<Base, 'name'>): string {
  return join(walFolders(volume).base, `${name}.tar.gz`);
}

/** Throws (failed) when the base backup is not what its description says. */
export async function checkBase(volume: Pick<Volume, 'folder'>, base: Base): Promise<void> {
  const path = archiveOf(volume, base);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new BackupError('failed', `The base backup ${base.name} is gone.`);
  if (found.size !== base.archive.bytes || (await hashFile(path)) !== base.archive.sha256)
    throw new BackupError(
      'failed',
      `The base backup ${base.name} is damaged: its SHA-256 is not as written.`,
    );
}
