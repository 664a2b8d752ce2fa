import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { ensureRoles } from './roles.ts';

/** Any number that nothing else of the database uses as an advisory lock. */
const MIGRATION_LOCK = 4_170_231;

const folder = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * Brings the database up to date: roles, migrations, then the SQL functions and grants, which are the same files each
 * time (`create or replace`). Run as the owner, before any process of a release starts; two at once wait for each other.
 */
export async function migrate({
  databaseUrl,
  secret,
}: {
  databaseUrl: string;
  secret: string;
}): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await ensureRoles(sql, secret);
    await runMigrations(drizzle(sql), { migrationsFolder: folder('./migrations') });
    await sql.begin(async (transaction) => {
      for (const file of readdirSync(folder('./sql')).sort()) {
        await transaction.unsafe(readFileSync(`${folder('./sql')}/${file}`, 'utf8'));
      }
    });
  } finally {
    await sql.end();
  }
}
