import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Account, chooseAccount } from '../../db/embedded/account.ts';
import type { Binaries } from '../../db/embedded/binaries.ts';
import { takeLock } from '../../db/embedded/lock.ts';
import { canEnter } from '../../db/embedded/reach.ts';
import { type Installation, startServer, stopServer } from '../../db/embedded/server.ts';
import { BackupError } from './failure.ts';
import { mustRun, type PostgresTools } from './tools.ts';

export interface ScratchServer {
  /** Connects as its superuser to the database `postgres`. */
  url: string;
  installation: Installation;
  port: number;
  /** Stops it and removes all its files. */
  remove(): Promise<void>;
}

/** A folder for a server that is thrown away. */
export interface ScratchPlace {
  installation: Installation;
  /** Stops the server in it and removes all its files. */
  remove(): Promise<void>;
}

/**
 * Makes a place for a scratch server in a new folder below `folder`, as an unprivileged user of the system when we are
 * root; and removes those that killed runs left. What runs there is not durable.
 */
export async function makeScratchPlace(binaries: Binaries, folder: string): Promise<ScratchPlace> {
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const account = await chooseAccount(resolve(folder));
  await sweep(folder, { binaries, account });
  const home = makeHome(folder, account);
  const lock = takeLock(join(home, LOCK_FILE));
  const installation: Installation = { place: placeIn(home), binaries, account, durable: false };
  const remove = async () => {
    await stopServer(installation, 'immediate');
    lock?.release();
    rmSync(home, { recursive: true, force: true });
  };
  return { installation, remove };
}

/** A new, empty server on loopback, with a random password, in such a place. */
export async function startScratchServer(tools: PostgresTools, folder: string): Promise<ScratchServer> {
  const binaries = { initdb: tools('initdb'), pgCtl: tools('pg_ctl'), postgres: tools('postgres') };
  const { installation, remove } = await makeScratchPlace(binaries, folder);
  const { account, place } = installation;
  const password = randomBytes(18).toString('base64url');
  try {
    const passwordFile = join(place.home, 'password');
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (account) chownSync(passwordFile, account.uid, account.gid);
    const args = [
      `--pgdata=${place.cluster}`,
      '--username=scratch',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ];
    await mustRun(binaries.initdb, args, { cwd: place.home, account });
    const { port } = await startServer(installation, { wanted: undefined, fixed: false });
    return { url: `postgres://scratch:${password}@127.0.0.1:${port}/postgres`, installation, port, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

const PREFIX = 'scratch-';
const LOCK_FILE = 'lock';

const placeIn = (home: string) => ({ home, cluster: join(home, 'cluster'), log: join(home, 'server.log') });

// The server is detached, so that a killed run leaves it running. Whoever lives holds the lock; a young folder may not
// have come to it yet.
async function sweep(folder: string, found: Pick<Installation, 'binaries' | 'account'>): Promise<void> {
  for (const name of readdirSync(folder)) {
    const home = join(resolve(folder), name);
    if (!name.startsWith(PREFIX) || !isOld(home)) continue;
    const lock = takeLock(join(home, LOCK_FILE));
    if (!lock) continue;
    await stopServer({ place: placeIn(home), ...found }, 'immediate');
    lock.release();
    rmSync(home, { recursive: true, force: true });
  }
}

function isOld(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.ctimeMs > 60_000;
}

function makeHome(folder: string, account: Account | null): string {
  if (account && !canEnter(resolve(folder), account)) {
    throw new BackupError(
      'refused',
      `Postgres does not run as root, and its own user cannot reach ${folder}: set BACKUP_SCRATCH to a folder that it can.`,
    );
  }
  const home = mkdtempSync(join(resolve(folder), PREFIX));
  if (account) chownSync(home, account.uid, account.gid);
  return home;
}
