import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chooseAccount } from '../../../db/embedded/account.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../failure.ts';
import { decrypt, requireIdentity } from '../offsite/fetch.ts';
import { wholeOnes } from '../offsite/names.ts';
import { fetchFiles, listRemote } from '../offsite/remote.ts';
import { mustRun } from '../tools.ts';
import { makePassing } from '../volume.ts';
import { type Base, readBase, walFolders } from './bases.ts';
import { isBefore } from './segments.ts';

/**
 * Fetches from off-site what recovery to a time needs, the newest base backup before it and all log from there on, and
 * decrypts it into a folder like a volume's, which `close` removes. Nothing need be here but the key.
 */
export async function fetchTier(
  context: Context,
  { to, identity }: { to: Date | undefined; identity: string | undefined },
): Promise<{ folder: string; close(): void }> {
  const { env, volume, signal, log } = context;
  const key = requireIdentity(identity);
  const { folder, close } = makePassing(volume, 'decrypted');
  const fetch = async (paths: string[]) => {
    await fetchFiles(
      env,
      paths.map((path) => `${path}.age`),
      { folder, list: join(folder, 'list'), signal },
    );
    for (let from = 0; from < paths.length; from += AT_ONCE) {
      await Promise.all(
        paths.slice(from, from + AT_ONCE).map((path) => decrypt(join(folder, path), key, signal)),
      );
    }
  };
  try {
    const { wal } = walFolders({ folder });
    const listing = await listRemote(env, '', signal);
    const base = await findBase();
    await fetch([`base/${base.name}.tar.gz`]);
    const files = [...listing.keys()].filter((path) => path.startsWith('wal/') && path.endsWith('.gz.age'));
    const needed = files.filter((path) => !isBefore(path.slice('wal/'.length), base.startWal));
    log.info({ base: base.name, segments: needed.length }, 'fetching from off-site');
    await fetch(needed.map((path) => path.slice(0, -'.age'.length)));
    await openPartial(wal);
    // Whom Postgres runs as must come to the log, and to nothing else.
    chmodSync(dirname(folder), 0o711);
    const account = await chooseAccount(wal);
    if (account) await mustRun('chown', ['-R', `${account.uid}:${account.gid}`, wal]);
    return { folder, close };

    async function findBase(): Promise<Base> {
      for (const { name, at } of wholeOnes(listing, 'base/', '.tar.gz')) {
        if (to && at > to) continue;
        await fetch([`base/${name}.json`]);
        const description = join(folder, 'base', `${name}.json`);
        const found = readBase(description);
        if (!to || found.stoppedAt <= to.toISOString()) return found;
        rmSync(description);
      }
      throw new BackupError(
        'refused',
        `There is no base backup off-site${to ? ' from before that time' : ''}.`,
      );
    }
  } catch (error) {
    close();
    throw error;
  }
}

const AT_ONCE = 4;

// The segment that was being streamed: Postgres reads it as it is, up to its zeros.
async function openPartial(wal: string): Promise<void> {
  for (const name of readdirSync(wal).filter((file) => file.endsWith('.partial.gz'))) {
    await mustRun('gzip', ['--decompress', join(wal, name)]);
  }
}
