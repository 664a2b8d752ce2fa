import { randomBytes } from 'node:crypto';
import { connected } from './connection.ts';
import type { Context } from './context.ts';
import { loadDump } from './load.ts';
import { countRows } from './manifest.ts';
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
      const opened = await openBackup(context.volume, options.which, options.identity, context.signal);
      try {
        return await rehearse(context, opened.backup);
      } finally {
        opened.close();
      }
    });
  } finally {
    lock.release();
  }
}

async function rehearse({ env, volume, signal }: Context, backup: Backup): Promise<Result> {
  const { manifest } = backup;
  const { major } = manifest.server;
  const needed = ['initdb', 'pg_ctl', 'postgres', 'pg_restore'];
  const tools = await findPostgresTools(major, needed, env.PG_BIN);
  const folder = env.BACKUP_SCRATCH ?? volume.folder;
  await requireSpace(folder, manifest.databaseBytes, 'restoring this dump');
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
      },
    };
  } finally {
    await server.remove();
  }
}

/** True when no drill has come out right for a day. */
export async function isDrillDue({ env }: Context): Promise<boolean> {
  if (!env.DATABASE_URL) return true;
  const [row] = await connected(
    env.DATABASE_URL,
    (sql) => sql<[{ due: boolean }]>`
      select not exists (select from public.maintenance_runs
        where kind = 'drill' and ok and ended_at > now() - interval '23 hours 30 minutes') as due`,
  );
  return row.due;
}
