import { createReadStream, createWriteStream, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import type { Context } from '../context.ts';
import { requireRecipients } from '../environment.ts';
import { mustRun } from '../tools.ts';
import { hashFile, makePassing } from '../volume.ts';
import { noteSent, type Sent } from './journal.ts';
import { rclone, remotePath } from './remote.ts';

export interface Leaving {
  /** The file here. */
  file: string;
  /** Its path off-site, without the `.age` that it gets. */
  path: string;
  /** It is not compressed yet and shall be: its path ends in `.gz`. */
  compress?: boolean;
}

/**
 * Copies files off-site: encrypted with age to public keys, so that neither that place nor this machine can read them;
 * sent; then compared with what the place says it holds, size and checksum; then written into the journal. All or none
 * of them are. Throws when any is not there as it was sent. Returns the bytes sent.
 */
export async function ship(context: Context, files: Leaving[]): Promise<number> {
  const { env, volume, signal } = context;
  requireRecipients(env);
  const { folder, close } = makePassing(volume, 'leaving');
  try {
    const sent: Sent[] = [];
    for (const leaving of files) {
      const path = `${leaving.path}.age`;
      const encrypted = join(folder, path);
      mkdirSync(dirname(encrypted), { recursive: true });
      await encrypt(context, leaving, encrypted);
      sent.push({ path, bytes: statSync(encrypted).size, sha256: await hashFile(encrypted) });
    }
    const list = join(folder, '..', 'list');
    writeFileSync(list, sent.map(({ path }) => `${path}\n`).join(''));
    // By their names: a bucket may hold ten thousands of segments, which need not be listed.
    const which = ['--no-traverse', `--files-from-raw=${list}`, folder, remotePath(env, '')];
    await rclone(env, ['copy', '--ignore-times', ...which], signal);
    await rclone(env, ['check', '--one-way', ...which], signal);
    noteSent(volume, sent);
    return sent.reduce((sum, { bytes }) => sum + bytes, 0);
  } finally {
    close();
  }
}

async function encrypt({ env, signal }: Context, { file, compress }: Leaving, to: string): Promise<void> {
  const keys = (env.AGE_RECIPIENTS ?? []).flatMap((recipient) => ['--recipient', recipient]);
  let source = file;
  if (compress) {
    source = `${to}.plain`;
    const gzip = createGzip({ level: constants.Z_BEST_SPEED });
    await pipeline(createReadStream(file), gzip, createWriteStream(source, { mode: 0o600 }), { signal });
  }
  await mustRun('age', ['--encrypt', ...keys, '--output', to, source], { signal });
  if (compress) rmSync(source);
}
