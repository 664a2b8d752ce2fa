import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Volume } from '../volume.ts';

const Base = z.object({
  format: z.literal(1),
  name: z.string(),
  startedAt: z.iso.datetime(),
  /** By the server's clock. Recovery can go to any time from here. */
  stoppedAt: z.iso.datetime(),
  /** The first segment of write-ahead log that it needs. */
  startWal: z.string().regex(/^[0-9A-F]{24}$/),
  major: z.number().int(),
});
export type Base = z.infer<typeof Base>;

/** The folders of the physical tier: copies of the server's files, and its write-ahead log. */
export function walFolders(volume: Volume): { base: string; wal: string } {
  const folders = { base: join(volume.folder, 'base'), wal: join(volume.folder, 'wal') };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folders;
}

/** All whole base backups, the newest first. One whose description cannot be read is not among them. */
export function listBases(volume: Volume): Base[] {
  const { base } = walFolders(volume);
  const bases = readdirSync(base).flatMap((file) => {
    if (!file.endsWith('.json')) return [];
    try {
      return [Base.parse(JSON.parse(readFileSync(join(base, file), 'utf8')))];
    } catch {
      return [];
    }
  });
  return bases.sort((a, b) => (a.stoppedAt < b.stoppedAt ? 1 : -1));
}
