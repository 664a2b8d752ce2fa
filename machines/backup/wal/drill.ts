import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseAccount } from '../../../db/embedded/account.ts';
import { startServer } from '../../../db/embedded/server.ts';
import { connected } from '../connection.ts';
import type { Context } from '../context.ts';
import { requireUrl } from '../environment.ts';
import { BackupError } from '../failure.ts';
import { inspect } from '../inspect.ts';
import { type Contents, compareContents, countRows } from '../manifest.ts';
import { copyMissing } from '../offsite/copy.ts';
import { type Result, recorded, since } from '../record.ts';
import { makeScratchPlace } from '../scratch-server.ts';
import { lockVolume, requireSpace } from '../volume.ts';
import { requireArrival } from './arrival.ts';
import { walFolders } from './bases.ts';
import { fetchTier } from './fetch.ts';
import { chooseBase, findServer, recoverBase } from './recover.ts';
import { takeReference } from './reference.ts';

interface DrillOptions {
  /** From the copies off-site, with the secret age key, instead of from the volume. */
  offsite: boolean;
  identity: string | undefined;
}

/**
 * Drills the second tier: notes what the live database holds at a moment, goes on, recovers to that moment in a scratch
 * server, and compares every table, definition and rule. Throws when anything differs, or when the log does not come.
 */
export async function drillWal(context: Context, options: DrillOptions): Promise<void> {
  const lock = lockVolume(context.volume);
  try {
    await recorded(context, 'wal-drill', () => rehearse(context, options));
  } finally {
    lock.release();
  }
}

async function rehearse(context: Context, { offsite, identity }: DrillOptions): Promise<Result> {
  const { env, volume, signal } = context;
  const url = requireUrl(env);
  const { contents, at } = await takeReference(url, signal);
  await requireArrival(url, signal);
  if (offsite) await copyMissing(context);
  const tier = offsite
    ? await fetchTier(context, { to: at, identity })
    : { folder: volume.folder, close: () => {} };
  const started = performance.now();
  try {
    const base = chooseBase(tier, at);
    const folder = env.BACKUP_SCRATCH ?? volume.folder;
    await requireSpace(folder, 1.2 * base.serverBytes, 'recovering this base backup');
    const binaries = await findServer(base.major, env.PG_BIN, await chooseAccount(walFolders(tier).wal));
    const { installation, remove } = await makeScratchPlace(binaries, folder);
    try {
      await recoverBase(context, installation, { tier, base, to: at });
      // With the passwords that the roles have, from this machine alone, however the live server lets people in.
      writeFileSync(join(installation.place.cluster, 'pg_hba.conf'), 'host all all 127.0.0.1/32 md5\n');
      const { port } = await startServer(installation, { wanted: undefined, fixed: false });
      requireSame(contents, await inspectAt(url, port, signal));
    } finally {
      await remove();
    }
    const detail = {
      base: base.name,
      at: at.toISOString(),
      offsite,
      recoverSeconds: since(started),
      tables: Object.keys(contents.tables).length,
      rows: countRows(contents),
    };
    return { bytes: base.archive.bytes, detail };
  } finally {
    tier.close();
  }
}

function inspectAt(url: string, port: number, signal: AbortSignal): Promise<Contents> {
  const there = new URL(url);
  there.hostname = '127.0.0.1';
  there.port = String(port);
  there.search = '';
  const look = (sql: Parameters<Parameters<typeof connected>[1]>[0]) =>
    sql.begin('isolation level repeatable read read only', (tx) => inspect(tx));
  return connected(there.href, look, signal);
}

function requireSame(expected: Contents, found: Contents): void {
  const { differences } = compareContents(expected, found, true);
  if (differences.length === 0) return;
  throw new BackupError(
    'failed',
    `What was recovered is not what was there: ${differences.slice(0, 5).join('; ')}`,
  );
}
