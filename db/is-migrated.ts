import { sql } from 'drizzle-orm';
import type { Database } from './client.ts';
import journal from './migrations/meta/_journal.json' with { type: 'json' };

/** Drizzle names a migration by the time it was made, and the journal is part of the build. */
const newest = Math.max(...journal.entries.map(({ when }) => when));

/** Whether the newest migration that this build knows has run. Those of a later release may have run too. */
export async function isMigrated(system: Database['system']): Promise<boolean> {
  const [row] = await system.execute<{ done: boolean }>(
    sql`select coalesce(max(created_at), 0) >= ${newest} as done from drizzle.__drizzle_migrations`,
  );
  return row?.done ?? false;
}
