import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Account, chooseAccount } from '../../../db/embedded/account.ts';
import { findBinaries } from '../../../db/embedded/binaries.ts';
import { findPostmaster } from '../../../db/embedded/postmaster.ts';
import { canEnter } from '../../../db/embedded/reach.ts';
import { type Installation, startServer, stopServer, waitUntilReady } from '../../../db/embedded/server.ts';
import { connected } from '../connection.ts';
import type { Context } from '../context.ts';
import { BackupError, describe } from '../failure.ts';
import { since } from '../record.ts';
import { findPostgresTools, mustRun } from '../tools.ts';
import type { Volume } from '../volume.ts';
import { archiveNow, restoreCommand } from './archive.ts';
import { type Base, listBases, walFolders } from './bases.ts';

interface RecoverOptions {
  /** The data folder to make; there must be nothing yet. */
  into: string;
  /** Everything committed until then, and nothing after. Undefined: as late as there is log. */
  to: Date | undefined;
}

/**
 * Makes a server's data folder as it was at a time: the newest base backup before it, and the log from there on. A
 * server plays it through on a port of loopback and is stopped again; what it leaves is a folder that starts as usual.
 * The running server, if there is one, is not touched.
 */
export async function recover(context: Context, { into, to }: RecoverOptions): Promise<void> {
  const { volume, log, env } = context;
  const started = performance.now();
  const cluster = resolve(into);
  if (existsSync(cluster))
    throw new BackupError('refused', `${cluster} is there already; recovery makes a new folder.`);
  const base = chooseBase(volume, to);
  if (env.DATABASE_URL) {
    const archived = await connected(env.DATABASE_URL, archiveNow).catch(() => false);
    log.info(
      { archived },
      archived ? 'the running server archived its newest log' : 'no newer log than the archived',
    );
  }
  const account = await chooseAccount(walFolders(volume).wal);
  const binaries = await findServer(base.major, env.PG_BIN, account);
  await copyBase(context, base, cluster, account);
  configure(cluster, { wal: resolve(walFolders(volume).wal), to });
  // Last: Postgres must own what was written into it just now, too.
  if (account) await mustRun('chown', ['-R', `${account.uid}:${account.gid}`, cluster]);
  const place = { home: cluster, cluster, log: join(cluster, 'recovery.log') };
  const reached = await playThrough({ place, binaries, account, durable: true });
  tidy(cluster);
  log.info(
    {
      kind: 'recover',
      ok: true,
      base: base.name,
      lastTransaction: reached,
      into: cluster,
      seconds: since(started),
    },
    'recovered',
  );
}

function chooseBase(volume: Volume, to: Date | undefined): Base {
  const bases = listBases(volume);
  const base = bases.find(({ stoppedAt }) => !to || stoppedAt <= to.toISOString());
  if (base) return base;
  const oldest = bases.at(-1);
  throw new BackupError(
    'refused',
    oldest ? `The oldest base backup is good from ${oldest.stoppedAt} on.` : 'There is no base backup.',
  );
}

// Of the same major; the embedded server's own where no other is installed.
async function findServer(major: number, folder: string | undefined, account: Account | null) {
  const needed = ['pg_ctl', 'postgres'];
  const tools = await findPostgresTools(major, needed, folder).catch((error) => {
    if (folder) throw error;
    return findPostgresTools(major, needed, dirname(findBinaries(account).postgres));
  });
  return { initdb: tools('initdb'), pgCtl: tools('pg_ctl'), postgres: tools('postgres') };
}

async function copyBase(
  { volume, signal }: Context,
  base: Base,
  cluster: string,
  account: Account | null,
): Promise<void> {
  mkdirSync(dirname(cluster), { recursive: true });
  if (account && !canEnter(dirname(cluster), account)) {
    throw new BackupError('refused', `Postgres' own user cannot reach ${dirname(cluster)}.`);
  }
  const partial = `${cluster}.partial`;
  rmSync(partial, { recursive: true, force: true });
  await mustRun('cp', ['-a', join(walFolders(volume).base, base.name), partial], { signal });
  await mustRun('chmod', ['700', partial], { signal });
  renameSync(partial, cluster);
}

const RECOVERY = '# Of the recovery; removed when it is done.';

function configure(cluster: string, { wal, to }: { wal: string; to: Date | undefined }): void {
  // Debian keeps these elsewhere, and no server starts without them.
  const defaults = {
    'postgresql.conf': '',
    'pg_hba.conf': 'host all all 127.0.0.1/32 scram-sha-256\n',
    'pg_ident.conf': '',
  };
  for (const [name, content] of Object.entries(defaults)) {
    if (!existsSync(join(cluster, name))) writeFileSync(join(cluster, name), content);
  }
  const auto = join(cluster, 'postgresql.auto.conf');
  // What is recovered here may be a rehearsal: it must not write into the archive that it reads.
  const kept = readFileSync(auto, 'utf8')
    .split('\n')
    .filter((line) => !/^(archive_|restore_|recovery_)/.test(line));
  const settings = {
    restore_command: restoreCommand(wal),
    recovery_target_timeline: 'latest',
    // So that the server is "ready" only once it is recovered, and needs no limits as high as the old one's.
    hot_standby: 'off',
    // A "Z" is not understood here.
    ...(to
      ? { recovery_target_time: to.toISOString().replace('Z', '+00'), recovery_target_action: 'promote' }
      : {}),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  writeFileSync(auto, [...kept, RECOVERY, ...lines, ''].join('\n'));
  writeFileSync(join(cluster, 'recovery.signal'), '');
}

/** Starts the server, waits until it has recovered, and stops it. Returns the time of the last transaction it has. */
async function playThrough(installation: Installation): Promise<string> {
  const { cluster, log } = installation.place;
  try {
    // pg_ctl waits until the server has begun; what it says is told by how it ends.
    await startServer(installation, { wanted: undefined, fixed: false }).catch((error) => {
      if (!findPostmaster(cluster)) throw error;
    });
    if (!(await waitUntilReady(cluster))) throw new Error('the server ended');
  } catch (error) {
    const why = /FATAL: {2}(.*)/.exec(existsSync(log) ? readFileSync(log, 'utf8') : '')?.[1];
    throw new BackupError('failed', `Recovery did not reach its end: ${why ?? describe(error)}`);
  }
  await stopServer(installation, 'fast');
  const last = [...readFileSync(log, 'utf8').matchAll(/last completed transaction was at log time (.*)/g)].at(
    -1,
  );
  return last?.[1] ?? 'that of the base backup';
}

function tidy(cluster: string): void {
  const auto = join(cluster, 'postgresql.auto.conf');
  writeFileSync(auto, readFileSync(auto, 'utf8').split(`${RECOVERY}\n`)[0] ?? '');
  for (const name of readdirSync(cluster)) {
    if (/^(backup_label|tablespace_map)\.old$|^recovery\.log$|^backup_manifest$/.test(name))
      rmSync(join(cluster, name));
  }
}
