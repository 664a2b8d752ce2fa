import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { z } from 'zod';
import { chooseAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { EmbeddedPostgresError } from './error.ts';
import { initialise, SUPERUSER } from './initialise.ts';
import { type Lock, lockHolder, takeLock } from './lock.ts';
import { choosePlace, findPlace, openDataFolder } from './place.ts';
import { findPostmaster, type Postmaster } from './postmaster.ts';
import { type Installation, startServer, stopServer, waitUntilReady } from './server.ts';

const DATABASE = 'dropmate';

export interface EmbeddedPostgres {
  /** Connects as the superuser to the database `dropmate`. */
  url: string;
  /** The server's process. */
  pid: number;
  /** True when the server was already running: left there by a start that was killed. */
  adopted: boolean;
  isAlive(): boolean;
  /** Starts the server again, on the same port, after it died. */
  restart(): Promise<void>;
  /** Stops the server and lets go of the data folder. `immediate`: without a checkpoint, for data to be thrown away. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
}

/**
 * Starts (or takes over) the Postgres 18 of a data folder, on loopback only. The server is detached: it outlives a
 * kill -9 of this process and the next start finds it. For the supervisor, tests and the bench.
 *
 * `port` is preferred, not demanded; without it the last one is. `durable: false` is for tests: no fsync.
 * Throws EmbeddedPostgresError with one line for the operator: data folder in use, not writable, not reachable.
 */
export async function startEmbeddedPostgres(options: {
  dataFolder: string;
  port?: number;
  durable?: boolean;
}): Promise<EmbeddedPostgres> {
  const dataFolder = openDataFolder(options.dataFolder);
  const lock = lockDataFolder(dataFolder);
  try {
    const installation = await install(dataFolder, options.durable ?? true);
    const credentials = loadCredentials(dataFolder, installation);
    await initialise(installation.place, { ...installation, password: credentials.password });

    const left = await waitUntilReady(installation.place.cluster);
    const wanted = options.port ?? credentials.port;
    const server = left ?? (await startServer(installation, { wanted, fixed: false }));
    saveCredentials(dataFolder, { password: credentials.password, port: server.port });
    await createDatabase(urlOf(server.port, credentials.password, 'postgres'));
    const url = urlOf(server.port, credentials.password, DATABASE);
    return handle({ installation, lock, url, server, adopted: left !== undefined });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Stops what a killed process left running in a data folder, without a checkpoint. False when the folder is in use.
 * For tests, which throw the folder away next.
 */
export async function stopLeftover(dataFolder: string): Promise<boolean> {
  const lock = takeLock(join(dataFolder, LOCK_FILE));
  if (!lock) return false;
  try {
    const place = findPlace(dataFolder);
    if (!place) return true;
    const account = await chooseAccount(place.cluster);
    await stopServer({ place, account, binaries: findBinaries(account) }, 'immediate');
    return true;
  } finally {
    lock.release();
  }
}

const LOCK_FILE = 'postgres.lock';

function lockDataFolder(dataFolder: string): Lock {
  const path = join(dataFolder, LOCK_FILE);
  const lock = takeLock(path);
  if (lock) return lock;
  throw new EmbeddedPostgresError(`The data folder ${dataFolder} is in use by process ${lockHolder(path)}.`);
}

async function install(dataFolder: string, durable: boolean): Promise<Installation> {
  const account = await chooseAccount(join(dataFolder, 'postgres'));
  const place = choosePlace(dataFolder, account);
  return { account, place, binaries: findBinaries(account), durable };
}

function handle(parts: {
  installation: Installation;
  lock: Lock;
  url: string;
  server: Postmaster;
  adopted: boolean;
}): EmbeddedPostgres {
  const { installation, lock, server } = parts;
  const embedded: EmbeddedPostgres = {
    url: parts.url,
    pid: server.pid,
    adopted: parts.adopted,
    isAlive: () => findPostmaster(installation.place.cluster) !== undefined,
    async restart() {
      embedded.pid = (await startServer(installation, { wanted: server.port, fixed: true })).pid;
    },
    async stop(mode = 'fast') {
      await stopServer(installation, mode);
      lock.release();
    },
  };
  return embedded;
}

const credentialsSchema = z.object({ password: z.string().min(1), port: z.number().int().optional() });
type Credentials = z.infer<typeof credentialsSchema>;

// The password is written before initdb runs with it, so that no cluster is ever without its password.
function loadCredentials(dataFolder: string, { place }: Installation): Credentials {
  const path = join(dataFolder, 'postgres.json');
  if (existsSync(path)) return credentialsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  if (existsSync(place.cluster)) {
    throw new EmbeddedPostgresError(`${path} is gone, and with it the password of the database beside it.`);
  }
  const credentials = { password: randomBytes(24).toString('base64url') };
  saveCredentials(dataFolder, credentials);
  return credentials;
}

function saveCredentials(dataFolder: string, credentials: Credentials): void {
  const path = join(dataFolder, 'postgres.json');
  writeFileSync(`${path}.partial`, JSON.stringify(credentials), { mode: 0o600, flush: true });
  renameSync(`${path}.partial`, path);
}

function urlOf(port: number, password: string, database: string): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
}

async function createDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 30, onnotice: () => {} });
  try {
    const [found] = await sql`SELECT 1 FROM pg_database WHERE datname = ${DATABASE}`;
    if (!found) await sql`CREATE DATABASE ${sql(DATABASE)}`;
  } finally {
    await sql.end();
  }
}
