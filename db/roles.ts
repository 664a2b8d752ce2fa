import { hkdfSync } from 'node:crypto';
import type postgres from 'postgres';

export const APP_ROLE = 'dropmate_app';
export const SYSTEM_ROLE = 'dropmate_system';
export type DatabaseRole = typeof APP_ROLE | typeof SYSTEM_ROLE;

/** The role's password: derived, so that each process that has the secret can log in and none is stored. */
function rolePassword(role: DatabaseRole, secret: string): string {
  return Buffer.from(
    hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', `dropmate database ${role}`, 24),
  ).toString('base64url');
}

/** The owner's `DATABASE_URL` for another role of the same database. */
export function roleUrl(databaseUrl: string, role: DatabaseRole, secret: string): string {
  const url = new URL(databaseUrl);
  url.username = role;
  url.password = rolePassword(role, secret);
  return url.href;
}

/**
 * Makes the two roles, or sets their passwords anew. Run by the owner before migrations, whose policies name them. The
 * owner needs CREATEROLE only, as a managed Postgres gives it. Throws when a role of that name would see past policies.
 */
export async function ensureRoles(sql: postgres.Sql, secret: string): Promise<void> {
  for (const role of [APP_ROLE, SYSTEM_ROLE] as const) {
    // None of these takes parameters; the name is a constant and the password base64url.
    await sql.unsafe(`do $$ begin create role ${role}; exception when duplicate_object then null; end $$`);
    await sql.unsafe(`alter role ${role} login password '${rolePassword(role, secret)}'`);
    // Saying `nosuperuser nobypassrls` would take a superuser, so what is there is looked at instead.
    const [found] = await sql<[{ blind: boolean }]>`
      select rolsuper or rolbypassrls as blind from pg_roles where rolname = ${role}`;
    if (found.blind) throw new Error(`The role ${role} must be neither SUPERUSER nor BYPASSRLS.`);
    // Who is no superuser may make a schema for a role that they belong to.
    await sql.unsafe(`grant ${role} to current_user`);
  }
}
