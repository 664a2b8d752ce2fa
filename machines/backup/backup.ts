import { connected, serverMajor } from './connection.ts';
import type { Context } from './context.ts';
import { drill, isDrillDue } from './drill.ts';
import { dumpDatabase, requireOwner } from './dump.ts';
import { requireRecipients, requireUrl } from './environment.ts';
import { brokenInvariants, countRows, type Manifest } from './manifest.ts';
import { copyOffsite } from './offsite/copy.ts';
import { prune } from './prune.ts';
import { type Result, recorded } from './record.ts';
import { findPostgresTools } from './tools.ts';
import {
  CLOCK_SLACK_MS,
  listBackups,
  lockVolume,
  requireMounted,
  requireSpace,
  sweepLeftovers,
} from './volume.ts';
import { checkArrival } from './wal/arrival.ts';
import { isBaseDue, isTierUsed, makeBase } from './wal/base.ts';
import { drillWal } from './wal/drill.ts';

/**
 * Makes a backup: dump, verify, keep; then a base backup if one is due, copies off-site, and removes what the retention
 * rules no longer keep. With `thenDrill`, both tiers are drilled when their last good drill is a day old. A step that fails
 * does not keep the others from being done, but nothing is removed after a dump that failed. Throws the first failure.
 */
export async function backup(context: Context, { thenDrill }: { thenDrill: boolean }): Promise<void> {
  const { env, volume, signal } = context;
  requireRecipients(env);
  requireMounted(volume, env.BACKUP_MOUNTED);
  const lock = lockVolume(volume);
  const steps = new Steps(signal);
  try {
    await steps.take(() => recorded(context, 'backup', () => makeBackup(context)));
  } finally {
    lock.release();
  }
  const made = steps.failure === undefined;
  if (isTierUsed(volume)) {
    await steps.take(() => checkArrival(context));
    if (isBaseDue(volume)) await steps.take(() => makeBase(context));
  }
  if (env.BACKUP_OFFSITE) await steps.take(() => copyOffsite(context));
  if (made) await steps.take(() => prune(context, { dryRun: false }));
  if (made && thenDrill) {
    await steps.take(async () => {
      if (await isDrillDue(context, 'drill')) await drill(context, { which: 'latest', identity: undefined });
    });
    await steps.take(async () => {
      if (isTierUsed(volume) && (await isDrillDue(context, 'wal-drill')))
        await drillWal(context, { offsite: false, identity: undefined });
    });
  }
  if (steps.failure !== undefined) throw steps.failure;
}

/** Does one thing after the other though one fails, until it is told to stop. */
class Steps {
  failure: unknown;
  private readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  async take(work: () => Promise<unknown>): Promise<void> {
    if (this.signal.aborted) return;
    try {
      await work();
    } catch (error) {
      this.failure ??= error;
    }
  }
}

async function makeBackup(context: Context): Promise<Result> {
  const { env, volume, signal, log } = context;
  const databaseUrl = requireUrl(env);
  const { major, now } = await connected(databaseUrl, async (sql) => {
    await requireOwner(sql);
    const [row] = await sql<[{ now: Date }]>`select clock_timestamp() as now`;
    return { major: await serverMajor(sql), now: row.now };
  });
  const tools = await findPostgresTools(major, ['pg_dump', 'pg_restore'], env.PG_BIN);
  const off = Math.abs(now.getTime() - Date.now());
  if (off > CLOCK_SLACK_MS)
    log.error({ server: now, here: new Date() }, 'the clocks of this machine and of the server differ');

  const left = sweepLeftovers(volume);
  if (left.length > 0)
    log.warn({ files: left }, 'a run before this one was killed; its leftovers are removed');
  const last = listBackups(volume).backups[0]?.manifest.dump.bytes ?? 0;
  await requireSpace(volume.folder, 2 * last, 'a new backup (twice the size of the last)');

  const manifest = await dumpDatabase({ databaseUrl, tools, volume, signal, startedAt: now });
  const broken = brokenInvariants(manifest.contents);
  if (Object.keys(broken).length > 0) log.warn({ broken }, 'rows of the database break rules of ours');
  return { bytes: manifest.dump.bytes, detail: { ...describeManifest(manifest), broken } };
}

function describeManifest(manifest: Manifest) {
  const { name, seconds, databaseBytes, contents, dump } = manifest;
  const tables = Object.keys(contents.tables).length;
  return {
    name,
    dumpSeconds: seconds,
    databaseBytes,
    tables,
    rows: countRows(contents),
    sha256: dump.sha256,
  };
}
