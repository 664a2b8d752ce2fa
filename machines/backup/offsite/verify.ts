import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { BackupError } from '../failure.ts';
import { hashFile, makePassing } from '../volume.ts';
import { readJournal, type Sent } from './journal.ts';
import { fetchFiles } from './remote.ts';

/**
 * Reads files back from off-site, all of them, and compares each with what was sent, without the key. Throws (failed) at
 * the first that is not there, was never sent, or differs.
 */
export async function readBack(context: Context, paths: string[]): Promise<void> {
  const { env, volume, signal } = context;
  const journal = readJournal(volume);
  const sent = paths.map((path) => {
    const found = journal.get(`${path}.age`);
    if (!found) throw new BackupError('failed', `${path} was never copied off-site.`);
    return found;
  });
  const { folder, close } = makePassing(volume, 'leaving');
  try {
    for (let from = 0; from < sent.length; from += BATCH) await compare(sent.slice(from, from + BATCH));
  } finally {
    close();
  }

  async function compare(batch: Sent[]): Promise<void> {
    const list = join(folder, '..', 'list');
    await fetchFiles(
      env,
      batch.map(({ path }) => path),
      { folder, list, signal },
    );
    for (const { path, sha256 } of batch) {
      const file = join(folder, path);
      if ((await hashFile(file)) !== sha256)
        throw new BackupError('failed', `Off-site, ${path} is not what was sent.`);
      rmSync(file);
    }
  }
}

const BATCH = 50;
