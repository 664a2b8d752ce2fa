import { readFileSync } from 'node:fs';
import postgres from 'postgres';
import { APP_ROLE, roleUrl, SYSTEM_ROLE } from '../../db/roles.ts';
import { attempt, type Finding, fail, ok, warn } from './finding.ts';

const OLDEST_VERSION = 15;
/** Tokens and phones' times allow for some difference of clocks, not for this. */
const CLOCK_MS = 2000;

export type DatabaseOptions = { databaseUrl: string; secret: string; journal: string };

/**
 * Whether the database answers, as its owner and as both roles, is migrated, keeps tenants apart and tells the same time.
 * `databaseUrl` without a password (processes need none) leaves out what only the owner may see.
 */
export async function checkDatabase(options: DatabaseOptions): Promise<Finding[]> {
  const { databaseUrl, secret } = options;
  const findings: Finding[] = [];
  const system = connect(roleUrl(databaseUrl, SYSTEM_ROLE, secret));
  const owner = new URL(databaseUrl).password === '' ? undefined : connect(databaseUrl);
  try {
    const server = await attempt(
      'database',
      'Check DATABASE_URL, that Postgres runs (fly status) and that this machine may reach it.',
      () => checkServer(owner ?? system),
    );
    findings.push(server);
    if (server.state === 'fail') return findings;
    if (owner) findings.push(await checkMigrations(owner, options.journal));
    findings.push(await checkRoles(options));
    if (owner) findings.push(await checkTenants(owner));
    findings.push(
      await attempt('clock', 'See that the database answers.', () => checkClock(owner ?? system)),
    );
    return findings;
  } finally {
    await Promise.all([system.end({ timeout: 2 }), owner?.end({ timeout: 2 })]);
  }
}

export function connect(url: string): postgres.Sql {
  return postgres(url, {
    max: 1,
    connect_timeout: 5,
    onnotice: () => {},
    connection: { application_name: 'dropmate doctor', statement_timeout: 10_000 },
  });
}

async function checkServer(sql: postgres.Sql): Promise<Finding> {
  const [row] = await sql<[{ version: number; used: number; allowed: number; size: string; mode: string }]>`
    select current_setting('server_version_num')::int / 10000 as version,
      (select count(*)::int from pg_stat_activity where datname = current_database()) as used,
      current_setting('max_connections')::int as allowed,
      pg_size_pretty(pg_database_size(current_database())) as size,
      current_setting('transaction_read_only') as mode`;
  const says = `Postgres ${row.version}, ${row.size}, ${row.used} of ${row.allowed} connections`;
  if (row.version < OLDEST_VERSION)
    return fail('database', says, `Move to Postgres ${OLDEST_VERSION} or newer.`);
  if (row.mode === 'on')
    return fail('database', `${says}; it is read-only`, 'Point DATABASE_URL at the primary.');
  if (row.used > row.allowed * 0.8) {
    return warn(
      'database',
      says,
      'Raise max_connections, or run fewer functions Machines (20 connections each).',
    );
  }
  return ok('database', says);
}

/** Compares what is applied with the journal of the migrations beside this program. */
async function checkMigrations(owner: postgres.Sql, journal: string): Promise<Finding> {
  const todo = 'Run the migrations of this release: scripts/fly/migrate, or node dist/migrate.js.';
  return attempt('migrations', todo, async () => {
    const { entries } = JSON.parse(readFileSync(journal, 'utf8')) as {
      entries: { when: number; tag: string }[];
    };
    const [row] = await owner<[{ last: string | null }]>`
      select max(created_at)::text as last from drizzle.__drizzle_migrations`;
    const applied = Number(row.last ?? 0);
    const missing = entries.filter(({ when }) => when > applied);
    if (missing.length > 0)
      return fail('migrations', `missing: ${missing.map(({ tag }) => tag).join(', ')}`, todo);
    const newest = entries.at(-1);
    if (newest && applied > newest.when) {
      return warn(
        'migrations',
        'the database is ahead of this release',
        'Fine after a rollback: each migration works with the release before it. Else deploy the newer release.',
      );
    }
    return ok('migrations', `${entries.length} applied, the last is ${newest?.tag}`);
  });
}

async function checkRoles({ databaseUrl, secret }: DatabaseOptions): Promise<Finding> {
  const todo = 'Run the migrations with the same DROPMATE_SECRET: they set the passwords of both roles.';
  return attempt('roles', todo, async () => {
    for (const role of [APP_ROLE, SYSTEM_ROLE] as const) {
      const sql = connect(roleUrl(databaseUrl, role, secret));
      try {
        const [row] = await sql<[{ blind: boolean }]>`
          select rolsuper or rolbypassrls as blind from pg_roles where rolname = current_user`;
        if (row.blind) {
          return fail(
            'roles',
            `${role} sees past row-level security`,
            `alter role ${role} nosuperuser nobypassrls;`,
          );
        }
      } finally {
        await sql.end({ timeout: 2 });
      }
    }
    return ok('roles', `${APP_ROLE} and ${SYSTEM_ROLE} log in and see no more than their policies`);
  });
}

async function checkTenants(owner: postgres.Sql): Promise<Finding> {
  const todo = 'Run the migrations; if it stays, do not serve more than one merchant until it is mended.';
  return attempt('tenants', todo, async () => {
    const open = await owner<{ name: string }[]>`
      select relname as name from pg_class c
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relrowsecurity
        and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'merchant_id' and not a.attisdropped)`;
    if (open.length > 0)
      return fail('tenants', `without row-level security: ${open.map(({ name }) => name).join(', ')}`, todo);
    return ok('tenants', 'every table of a merchant has row-level security');
  });
}

/** The best of five: a slow answer must not look like a wrong clock. */
async function checkClock(sql: postgres.Sql): Promise<Finding> {
  let best = { trip: Number.POSITIVE_INFINITY, offset: 0 };
  for (let i = 0; i < 5; i++) {
    const asked = Date.now();
    const [row] = await sql<
      [{ now: number }]
    >`select extract(epoch from clock_timestamp())::float8 * 1000 as now`;
    const answered = Date.now();
    const trip = answered - asked;
    if (trip < best.trip) best = { trip, offset: row.now - (asked + answered) / 2 };
  }
  const seconds = (Math.abs(best.offset) / 1000).toFixed(1);
  if (Math.abs(best.offset) - best.trip / 2 > CLOCK_MS) {
    return fail(
      'clock',
      `${seconds} s apart from the database`,
      'Set the clock of both machines by NTP, then restart.',
    );
  }
  return ok('clock', `${seconds} s apart from the database`);
}
