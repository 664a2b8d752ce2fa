import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { BackupError } from '../failure.ts';
import { mustRun } from '../tools.ts';
import { type Backup, makePassing, readBackup, splitByClock } from '../volume.ts';
import { wholeOnes } from './names.ts';
import { fetchFiles, listRemote } from './remote.ts';

/** A backup that was decrypted for a while: `close` removes it. */
export interface Fetched {
  backup: Backup;
  close(): void;
}

/** Fetches a dump from off-site ('latest' or a name of `list --offsite`) and decrypts it. Nothing need be here but the key. */
export async function fetchDump(
  context: Context,
  which: string,
  identity: string | undefined,
): Promise<Fetched> {
  const { env, volume, signal, log } = context;
  const key = requireIdentity(identity);
  const there = wholeOnes(await listRemote(env, '', signal), '', '.dump');
  const { past, ahead } = splitByClock(there);
  const found = which === 'latest' ? past[0] : there.find(({ name }) => name === which);
  if (which === 'latest' && ahead[0])
    throw new BackupError('refused', `${ahead[0].name} is dated in the future: name the one that you mean.`);
  if (!found) throw new BackupError('refused', `There is no such backup off-site: ${which}.`);
  const { folder, close } = makePassing(volume, 'decrypted');
  try {
    log.info({ name: found.name, bytes: found.bytes }, 'fetching from off-site');
    const parts = [`${found.name}.dump`, `${found.name}.json`];
    await fetchFiles(
      env,
      parts.map((part) => `${part}.age`),
      { folder, list: join(folder, 'list'), signal },
    );
    for (const part of parts) await decrypt(join(folder, part), key, signal);
    const backup = readBackup(join(folder, `${found.name}.dump`));
    if (backup.name !== found.name)
      throw new BackupError('failed', `Off-site, ${backup.name} lies under the name ${found.name}.`);
    return { backup, close };
  } catch (error) {
    close();
    throw error;
  }
}

export function requireIdentity(identity: string | undefined): string {
  if (identity) return identity;
  throw new BackupError('usage', 'What is encrypted needs --identity, a file with the secret age key.');
}

/** Decrypts `<path>.age` to `path` and removes what was encrypted. */
export async function decrypt(path: string, identity: string, signal: AbortSignal): Promise<void> {
  await mustRun('age', ['--decrypt', '--identity', identity, '--output', path, `${path}.age`], { signal });
  rmSync(`${path}.age`);
}
