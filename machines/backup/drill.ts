import { randomBytes } from 'node:crypto';
import { connected } from './connection.ts';
import type { Context } from './context.ts';
import { loadDump } from './load.ts';
import { countRows } from './manifest.ts';
import { readJournal } from './offsite/journal.ts';
import { readBack } from './offsite/verify.ts';
import { openBackup } from './open-backup.ts';
import { type Result, recorded, since } from './record.ts';
import { startScratchServer } from './scratch-server.ts';
import { findPostgresTools } from './tools.ts';
import { type Backup, lockVolume, requireSpace } from './volume.ts';

interface DrillOptions {
  which: string;
  identity: string | undefined;
}

/**
 * Restores a dump into a scratch server of the same major and compares every table, definition and rule with its
 * manifest. Throws when anything differs. The database itself need not be there.
 */
export async function drill(context: Context, options: DrillOptions): Promise<void> {
  const lock = lockVolume(context.volume);
  try {
    await recorded(context, 'drill', async () => {
      const opened = await openBackup(context, options.which, options.identity);
      try {
        return await rehearse(context, opened.backup, options);
      } finally {
        opened.close();
      }
    });
  } finally {
    lock.release();
  }
}

async function rehearse(context: Context, backup: Backup, { which }: DrillOptions): Promise<Result> {
  const { env, volume, signal } = context;
  const { manifest } = backup;
  const { major } = manifest.server;
  const needed = ['initdb', 'pg_ctl', 'postgres', 'pg_restore'];
  const tools = await findPostgresTools(major, needed, env.PG_BIN);
  const folder = env.BACKUP_SCRATCH ?? volume.folder;
  await requireSpace(folder, manifest.databaseBytes, 'restoring this dump');
  // The copy off-site is right when it is, byte for byte, what was made of the dump and sent. Whether it was sent at all is
  // told by the runs of kind `offsite`.
  const parts = [`${manifest.name}.dump`, `${manifest.name}.json`];
  const journal = readJournal(volume);
  const sent = env.BACKUP_OFFSITE !== undefined && parts.every((path) => journal.has(`${path}.age`));
  const readBackToo = which === 'latest' && sent;
  if (readBackToo) await readBack(context, parts);
  const started = performance.now();
  const server = await startScratchServer(tools, folder);
  try {
    await loadDump({
      backup,
      serverUrl: server.url,
      database: 'drill',
      secret: randomBytes(32).toString('base64url'),
      tools,
      major,
      signal,
    });
    const { name, contents, dump } = manifest;
    return {
      bytes: dump.bytes,
      detail: {
        name,
        restoreSeconds: since(started),
        tables: Object.keys(contents.tables).length,
        rows: countRows(contents),
        offsite: readBackToo,
      },
    };
  } finally {
    await server.remove();
  }
}

/** True when no drill of this kind has come out right for a day. */
export async function isDrillDue({ env }: Context, kind: 'drill' | 'wal-drill'): Promise<boolean> {
  if (!env.DATABASE_URL) return true;
  const [row] = await connected(
    env.DATABASE_URL,
    (sql) => sql<[{ due: boolean }]>`
      select not exists (select from public.maintenance_runs
        where kind = ${kind} and ok and ended_at > now() - interval '23 hours 30 minutes') as due`,
  );
  return row.due;
}
