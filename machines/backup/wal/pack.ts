import { chownSync, createReadStream, createWriteStream, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import type { Context } from '../context.ts';
import { settle } from '../volume.ts';
import { walFolders } from './bases.ts';
import { listSegments } from './segments.ts';

/** Packs the segments that have been received whole: of one that was cut short, most is zeros. */
export async function packSegments({ volume, signal }: Pick<Context, 'volume' | 'signal'>): Promise<void> {
  const { wal } = walFolders(volume);
  for (const { file, segment, compressed, partial } of listSegments(wal, '')) {
    if (compressed || partial || segment.length !== 24) continue;
    const path = join(wal, file);
    const { uid, gid } = statSync(path);
    const packed = `${path}.gz.partial`;
    const gzip = createGzip({ level: constants.Z_BEST_SPEED });
    await pipeline(createReadStream(path), gzip, createWriteStream(packed, { mode: 0o600 }), { signal });
    if (process.getuid?.() === 0) chownSync(packed, uid, gid);
    await settle(packed, `${path}.gz`);
    unlinkSync(path);
  }
}
