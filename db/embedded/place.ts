import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Account } from './account.ts';
import { SHARED_FOLDER } from './binaries.ts';
import { EmbeddedPostgresError } from './error.ts';
import { canEnter } from './reach.ts';

/** Where the server keeps its files, as real paths. */
export interface Place {
  home: string;
  cluster: string;
  log: string;
}

/** Makes the data folder, and says in one line why it cannot be used. Returns its real path. */
export function openDataFolder(dataFolder: string): string {
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    accessSync(dataFolder, constants.R_OK | constants.W_OK | constants.X_OK);
    return realpathSync(dataFolder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : String(error);
    throw new EmbeddedPostgresError(`The data folder ${dataFolder} cannot be written to (${code}).`);
  }
}

/** The place of a data folder's server, if it was given one before. */
export function findPlace(dataFolder: string): Place | undefined {
  const link = join(dataFolder, 'postgres');
  if (!lstatSync(link, { throwIfNoEntry: false })) return undefined;
  if (!existsSync(link)) {
    throw new EmbeddedPostgresError(`${link} points to a folder that is gone; the database was there.`);
  }
  return placeIn(realpathSync(link));
}

/**
 * The place of a data folder's server: `postgres` in it. Where root's data folder lies so that Postgres' own user
 * cannot come to it (below /root), `postgres` is a link to a new folder that this user can reach.
 */
export function choosePlace(dataFolder: string, account: Account | null): Place {
  if (account) letPass(dataFolder);
  const place = findPlace(dataFolder) ?? placeIn(makeHome(dataFolder, account));
  if (account) chownSync(place.home, account.uid, account.gid);
  if (account && !canEnter(place.home, account)) {
    throw new EmbeddedPostgresError(
      `Postgres does not run as root, and its own user cannot reach ${place.home}: move it, or set DROPMATE_DATA.`,
    );
  }
  return place;
}

function placeIn(home: string): Place {
  return { home, cluster: join(home, 'cluster'), log: join(home, 'server.log') };
}

// Into the data folder itself others may go, but not look: the files with secrets in it are for their owner alone.
function letPass(dataFolder: string): void {
  const { uid, mode } = statSync(dataFolder);
  if (uid === 0 && (mode & 0o1) === 0) chmodSync(dataFolder, (mode & 0o7777) | 0o11);
}

function makeHome(dataFolder: string, account: Account | null): string {
  const link = join(dataFolder, 'postgres');
  if (!account || canEnter(dataFolder, account)) {
    mkdirSync(link, { mode: 0o700 });
    return link;
  }
  mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 });
  const home = mkdtempSync(join(SHARED_FOLDER, `${basename(dirname(dataFolder))}-`));
  symlinkSync(home, link);
  return home;
}
