import { connected, serverMajor } from './connection.ts';
import type { Context } from './context.ts';
import { drill, isDrillDue } from './drill.ts';
import { dumpDatabase, requireOwner } from './dump.ts';
import { requireUrl } from './environment.ts';
import { brokenInvariants, countRows, type Manifest } from './manifest.ts';
import { copyOffsite } from './offsite.ts';
import { prune } from './prune.ts';
import { type Result, recorded } from './record.ts';
import { findPostgresTools } from './tools.ts';
import { listBackups, lockVolume, requireSpace, sweepLeftovers } from './volume.ts';

/**
 * Makes a backup: dump, verify, keep, copy off-site; then removes what the retention rules no longer keep. With
 * `thenDrill`, the newest dump is also restored and compared when the last good drill is a day old.
 */
export async function backup(context: Context, { thenDrill }: { thenDrill: boolean }): Promise<void> {
  const lock = lockVolume(context.volume);
  try {
    await recorded(context, 'backup', () => makeBackup(context));
  } finally {
    lock.release();
  }
  await prune(context, { dryRun: false });
  if (thenDrill && (await isDrillDue(context)))
    await drill(context, { which: 'latest', identity: undefined });
}

async function makeBackup(context: Context): Promise<Result> {
  const { env, volume, signal, log } = context;
  const databaseUrl = requireUrl(env);
  const major = await connected(databaseUrl, async (sql) => {
    await requireOwner(sql);
    return serverMajor(sql);
  });
  const tools = await findPostgresTools(major, ['pg_dump', 'pg_restore'], env.PG_BIN);

  const left = sweepLeftovers(volume);
  if (left.length > 0)
    log.warn({ files: left }, 'a run before this one was killed; its leftovers are removed');
  const last = listBackups(volume).backups[0]?.manifest.dump.bytes ?? 0;
  await requireSpace(volume.folder, 2 * last, 'a new backup (twice the size of the last)');

  const manifest = await dumpDatabase({ databaseUrl, tools, volume, signal });
  const broken = brokenInvariants(manifest.contents);
  if (Object.keys(broken).length > 0) log.warn({ broken }, 'rows of the database break rules of ours');
  const offsite = await copyOffsite(context, manifest.name);
  return { bytes: manifest.dump.bytes, detail: { ...describeManifest(manifest), offsite, broken } };
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
