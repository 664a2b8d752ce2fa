import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { inject } from 'vitest';

/** A migrated database of one test file. `ownerUrl` connects as the superuser; roleUrl() makes the others of it. */
export interface TestDatabase {
  ownerUrl: string;
  /** What the roles' passwords derive from: the same for all, since roles belong to the server. */
  secret: string;
  /** Removes it, ending any connection that is left. */
  drop(): Promise<void>;
}

/**
 * Clones the migrated template, in about 0.1 s. For a test file's beforeAll; tests in it share the database and own
 * their rows by making their own merchant.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, template, secret } = inject('postgres');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asAdmin(adminUrl, (sql) => clone(sql, template, name));
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    ownerUrl: url.href,
    secret,
    drop: () => asAdmin(adminUrl, (sql) => sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

// One at a time, by an advisory lock; Postgres refuses (55006) while anything, its own autovacuum too, is in the template.
async function clone(sql: postgres.Sql, template: string, name: string): Promise<void> {
  await sql`SELECT pg_advisory_lock(7201)`;
  for (let attempt = 0; ; attempt++) {
    try {
      await sql.unsafe(`CREATE DATABASE ${name} TEMPLATE ${template}`);
      return;
    } catch (error) {
      const busy = error instanceof postgres.PostgresError && error.code === '55006';
      if (!busy || attempt >= 20) throw error;
      await delay(100);
    }
  }
}

async function asAdmin(adminUrl: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
