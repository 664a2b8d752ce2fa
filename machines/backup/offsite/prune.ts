import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { chooseKept } from '../retention.ts';
import { makePassing, splitByClock } from '../volume.ts';
import { chooseBases } from '../wal/prune.ts';
import { isBefore } from '../wal/segments.ts';
import { isSent, readJournal, shortenJournal } from './journal.ts';
import { type Named, wholeOnes } from './names.ts';
import { listRemote, rclone, remotePath } from './remote.ts';

/**
 * Removes off-site what the rules no longer keep, by the same rules as here; only once the newest dump (and, if there is
 * any, the newest base backup) of this volume lies there as it was sent. Returns what it removed. For BACKUP_OFFSITE_PRUNE.
 */
export async function pruneOffsite(
  context: Context,
  newest: { dump: string | undefined; base: string | undefined },
): Promise<string[]> {
  const { env, volume, signal, log } = context;
  const listing = await listRemote(env, '', signal);
  const journal = readJournal(volume);
  const isThere = (path: string) => isSent(journal, listing, path);
  const doomed: string[] = [];
  const { dump, base } = newest;
  if (dump && ['dump', 'json'].every((extension) => isThere(`${dump}.${extension}`))) {
    doomed.push(...oldDumps(listing));
  } else if (dump) log.warn({ name: dump }, 'no dump is removed off-site: the newest is not there yet');
  if (base && ['tar.gz', 'json'].every((extension) => isThere(`base/${base}.${extension}`))) {
    doomed.push(...oldBases(listing));
  }
  const { folder, close } = makePassing(volume, 'leaving');
  try {
    // A manifest goes before its dump.
    const isManifest = (path: string) => path.endsWith('.json.age');
    for (const paths of [doomed.filter(isManifest), doomed.filter((path) => !isManifest(path))]) {
      if (paths.length === 0) continue;
      const list = join(folder, 'list');
      writeFileSync(list, paths.map((path) => `${path}\n`).join(''));
      await rclone(env, ['delete', `--files-from-raw=${list}`, '--no-traverse', remotePath(env, '')], signal);
    }
  } finally {
    close();
  }
  const gone = new Set(doomed);
  await shortenJournal(volume, (path) => listing.has(path) && !gone.has(path));
  return doomed;
}

function oldDumps(listing: Map<string, number>): string[] {
  const { past } = splitByClock(wholeOnes(listing, '', '.dump'));
  const kept = chooseKept(past);
  return past.filter((one) => !kept.has(one)).flatMap(({ name }) => [`${name}.json.age`, `${name}.dump.age`]);
}

function oldBases(listing: Map<string, number>): string[] {
  const bases = splitByClock(wholeOnes(listing, 'base/', '.tar.gz')).past;
  const kept = chooseBases(bases);
  const gone = bases.filter((base) => !kept.includes(base));
  const oldest = kept.at(-1);
  const segments = oldest
    ? [...listing.keys()].filter(
        (path) => path.startsWith('wal/') && isBefore(path.slice(4), firstSegment(oldest)),
      )
    : [];
  return [...gone.flatMap(({ name }) => [`base/${name}.json.age`, `base/${name}.tar.gz.age`]), ...segments];
}

// The name of a base backup ends with it.
const firstSegment = ({ name }: Named): string => name.slice(-24);
