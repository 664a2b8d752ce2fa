import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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
import { archiveOf, type Base, checkBase, listBases, walFolders } from './bases.ts';
import { fetchTier } from './fetch.ts';
import { followLog, isWholeSegment, type LogFile, listSegments, positionOf } from './segments.ts';

interface RecoverOptions {
  /** The data folder to make; there must be nothing yet. */
  into: string;
  /** Everything committed until then, and nothing after. Undefined: as late as there is log. */
  to: Date | undefined;
  /** From the copies off-site alone, with the secret age key. */
  offsite: boolean;
  identity: string | undefined;
}

/**
 * Makes a server's data folder as it was at a time: the newest base backup before it, and the log from there on. A
 * server plays it through on a port of loopback and is stopped again; what it leaves is a folder that starts as usual.
 * The running server, if there is one, is not touched.
 */
export async function recover(
  context: Context,
  { into, to, offsite, identity }: RecoverOptions,
): Promise<void> {
  const { volume, log, env } = context;
  const started = performance.now();
  const cluster = resolve(into);
  if (existsSync(cluster))
    throw new BackupError('refused', `${cluster} is there already; recovery makes a new folder.`);
  const tier = offsite
    ? await fetchTier(context, { to, identity })
    : { folder: volume.folder, close: () => {} };
  try {
    if (env.DATABASE_URL && !offsite) {
      const archived = await connected(env.DATABASE_URL, archiveNow).catch(() => false);
      log.info(
        { archived },
        archived ? 'the running server archived its newest log' : 'no newer log than the archived',
      );
    }
    const account = await chooseAccount(walFolders(tier).wal);
    mkdirSync(dirname(cluster), { recursive: true });
    if (account && !canEnter(dirname(cluster), account))
      throw new BackupError('refused', `Postgres' own user cannot reach ${dirname(cluster)}.`);
    // It gets its name when it is whole.
    const partial = `${cluster}.partial`;
    const base = chooseBase(tier, to);
    const binaries = await findServer(base.major, env.PG_BIN, account);
    const place = { home: partial, cluster: partial, log: join(partial, 'recovery.log') };
    const installation = { place, binaries, account, durable: true };
    await stopServer(installation, 'immediate');
    rmSync(partial, { recursive: true, force: true });
    const reached = await recoverBase(context, installation, { tier, base, to });
    tidy(partial);
    renameSync(partial, cluster);
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
  } finally {
    tier.close();
  }
}

/** Where a tier lies: the volume, or a folder that it was fetched into. */
type Tier = Pick<Volume, 'folder'>;

/**
 * Unpacks a base backup into the place's cluster, plays the log through and stops the server. Throws when the log has a
 * hole or damage before its end, of which Postgres itself makes no more than the end. Returns the last transaction's time.
 */
export async function recoverBase(
  { signal, log }: Pick<Context, 'signal' | 'log'>,
  installation: Installation,
  { tier, base, to }: { tier: Tier; base: Base; to: Date | undefined },
): Promise<string> {
  const { place, account } = installation;
  const wal = resolve(walFolders(tier).wal);
  const last = await checkLog(wal, base, to, log);
  await checkBase(tier, base);
  mkdirSync(place.cluster, { mode: 0o700 });
  await mustRun(
    'tar',
    ['--extract', '--gzip', `--file=${archiveOf(tier, base)}`, `--directory=${place.cluster}`],
    {
      signal,
    },
  );
  configure(place.cluster, { wal, to });
  // Last: Postgres must own what was written into it just now, too.
  if (account) await mustRun('chown', ['-R', `${account.uid}:${account.gid}`, place.cluster]);
  await mustRun('chmod', ['700', place.cluster]);
  const { transaction, redone } = await playThrough(installation, signal);
  if (
    !to &&
    last &&
    redone !== undefined &&
    redone < positionOf(last, base.segmentBytes) * base.segmentBytes - base.segmentBytes
  ) {
    throw new BackupError(
      'failed',
      `Recovery ended long before ${last}, the last of the log: something in it is damaged.`,
    );
  }
  return transaction;
}

// Without a time to reach, Postgres takes a hole for the end, and what came after it would be lost in silence.
async function checkLog(
  wal: string,
  base: Base,
  to: Date | undefined,
  log: Context['log'],
): Promise<string | undefined> {
  const files = listSegments(wal, base.startWal);
  const damaged = new Set<LogFile>();
  for (const file of files) {
    if (!file.partial && !(await isWholeSegment(wal, file, base.segmentBytes))) damaged.add(file);
  }
  const { last, hole } = followLog(
    files.filter((file) => !damaged.has(file)),
    base,
  );
  const end = [...damaged].map(({ segment }) => segment).sort()[0];
  if (hole === undefined && end === undefined) return last?.segment;
  const until = last ? statSync(join(wal, last.file)).mtime.toISOString() : base.stoppedAt;
  const what = end === undefined ? 'a segment of the log is missing' : `${end} is damaged`;
  if (!to) {
    throw new BackupError(
      'failed',
      `After ${last?.segment ?? base.startWal}, written about ${until}, ${what}: recover --to a time before that.`,
    );
  }
  log.warn({ until }, `${what}: no later time can be reached`);
  return last?.segment;
}

export function chooseBase(tier: Tier, to: Date | undefined): Base {
  const bases = listBases(tier);
  const base = bases.find(({ stoppedAt }) => !to || stoppedAt <= to.toISOString());
  if (base) return base;
  const oldest = bases.at(-1);
  throw new BackupError(
    'refused',
    oldest ? `The oldest base backup is good from ${oldest.stoppedAt} on.` : 'There is no base backup.',
  );
}

// Of the same major; the embedded server's own where no other is installed.
export async function findServer(major: number, folder: string | undefined, account: Account | null) {
  const needed = ['pg_ctl', 'postgres'];
  const tools = await findPostgresTools(major, needed, folder).catch((error) => {
    if (folder) throw error;
    return findPostgresTools(major, needed, dirname(findBinaries(account).postgres));
  });
  return { initdb: tools('initdb'), pgCtl: tools('pg_ctl'), postgres: tools('postgres') };
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
    // Nor may it where its postgresql.conf says so.
    archive_mode: 'off',
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

/** Starts the server, waits until it has recovered, and stops it. Returns the time of its last transaction, and the place in the log of the last thing that it did again. */
async function playThrough(
  installation: Installation,
  signal: AbortSignal,
): Promise<{ transaction: string; redone: number | undefined }> {
  const { cluster, log } = installation.place;
  const stop = () => void stopServer(installation, 'immediate').catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  try {
    // pg_ctl waits until the server has begun; what it says is told by how it ends.
    await startServer(installation, { wanted: undefined, fixed: false }).catch((error) => {
      if (!findPostmaster(cluster)) throw error;
    });
    if (!(await waitUntilReady(cluster))) throw new Error('the server ended');
  } catch (error) {
    signal.throwIfAborted();
    const why = /FATAL: {2}(.*)/.exec(existsSync(log) ? readFileSync(log, 'utf8') : '')?.[1];
    throw new BackupError('failed', `Recovery did not reach its end: ${why ?? describe(error)}`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
  await stopServer(installation, 'fast');
  const said = readFileSync(log, 'utf8');
  const last = [...said.matchAll(/last completed transaction was at log time (.*)/g)].at(-1);
  const [, high, low] = [...said.matchAll(/redo done at ([0-9A-F]+)\/([0-9A-F]+)/g)].at(-1) ?? [];
  return {
    transaction: last?.[1] ?? 'that of the base backup',
    redone: high && low ? Number.parseInt(high, 16) * 0x1_0000_0000 + Number.parseInt(low, 16) : undefined,
  };
}

function tidy(cluster: string): void {
  const auto = join(cluster, 'postgresql.auto.conf');
  writeFileSync(auto, readFileSync(auto, 'utf8').split(`${RECOVERY}\n`)[0] ?? '');
  for (const name of readdirSync(cluster)) {
    if (/^(backup_label|tablespace_map)\.old$|^recovery\.log$|^backup_manifest$/.test(name))
      rmSync(join(cluster, name));
  }
}
