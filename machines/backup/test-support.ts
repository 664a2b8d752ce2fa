import { randomBytes } from 'node:crypto';
import { existsSync, globSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { migrate } from '../../db/migrate.ts';
import { startScript } from '../../tests/support/process.ts';
import { withDatabase } from './connection.ts';
import { perform } from './perform.ts';
import { type ScratchServer, startScratchServer } from './scratch-server.ts';
import { findPostgresTools, type PostgresTools, run } from './tools.ts';

const installed = globSync('/usr/lib/postgresql/*/bin/initdb').sort().at(-1);
const major = Number(installed?.split('/')[4]);

const onPath = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Why a test that needs Debian's tools is skipped here; undefined where they are all there. */
export function missingTools(...programs: string[]): string | undefined {
  const missing = programs.filter((program) => !onPath(program));
  if (!installed) missing.unshift('postgresql');
  return missing.length > 0 ? `not installed here: ${missing.join(', ')}` : undefined;
}

export interface DebianServer {
  scratch: ScratchServer;
  tools: PostgresTools;
  major: number;
  secret: string;
  /** The owner's URL of a new, migrated database on it. */
  createDatabase(name: string): Promise<string>;
}

/** A server of Debian's Postgres, in a folder of its own below the temporary one. For beforeAll; `scratch.remove()` after. */
export async function startDebianServer(): Promise<DebianServer> {
  const programs = ['initdb', 'pg_ctl', 'postgres', 'pg_dump', 'pg_restore'];
  const tools = await findPostgresTools(major, programs, undefined);
  const scratch = await startScratchServer(tools, tmpdir());
  const secret = randomBytes(32).toString('base64url');
  const createDatabase = async (name: string) => {
    const sql = postgres(scratch.url, { max: 1, onnotice: () => {} });
    await sql`create database ${sql(name)}`;
    await sql.end();
    const databaseUrl = withDatabase(scratch.url, name);
    await migrate({ databaseUrl, secret });
    return databaseUrl;
  };
  return { scratch, tools, major, secret, createDatabase };
}

/** A new folder that any user of the system may pass through, as a volume's is. */
export function makeFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'dropmate-backup-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A merchant with one driver and `count` orders, each made, given away and moved on by the product's own functions. */
export async function addOrders(url: string, count: number): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(MERCHANT);
    await sql.unsafe(ORDERS.replaceAll('$count', String(count)));
    // What the pages cannot make without a phone: a trail.
    await sql`insert into trail_chunks (merchant_id, driver_id, started_at, points)
      select merchant_id, id, now() - n * interval '10 s', decode(md5(n::text), 'hex')
      from drivers, generate_series(1, ${count}) n`;
  } finally {
    await sql.end();
  }
}

/**
 * Copies the one merchant of a database, with all that it has, until there are `copies` more. The functions of the product
 * make 300 orders a second; a hundred thousand would take minutes.
 */
export async function copyMerchant(url: string, copies: number): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(
      'create temporary table copied as select id as old, gen_random_uuid() as new from merchants',
    );
    await sql`insert into copied select old, gen_random_uuid() from copied, generate_series(2, ${copies})`;
    await sql.unsafe(`insert into merchants (id, name, timezone, currency)
      select c.new, m.name, m.timezone, m.currency from merchants m join copied c on c.old = m.id`);
    for (const table of [
      'order_counters',
      'users',
      'drivers',
      'customers',
      'orders',
      'delivery_updates',
      'trail_chunks',
    ]) {
      // Rows name each other within the merchant, so that only its id changes, and what is unique over all of them.
      await sql.unsafe(`insert into ${table} select (jsonb_populate_record(t, jsonb_build_object('merchant_id', c.new)
        || case when '${table}' = 'orders' then jsonb_build_object('tracking_hash', md5(c.new || (to_jsonb(t)->>'id')))
          else '{}' end)).* from ${table} t join copied c on c.old = t.merchant_id`);
    }
  } finally {
    await sql.end();
  }
}

const MERCHANT = `
with m as (
  insert into merchants (id, name, timezone, currency)
  values (gen_random_uuid(), 'Café Sur', 'America/Montevideo', 'UYU') returning id
), u as (
  insert into users (merchant_id, id, name, role) select id, gen_random_uuid(), 'Ana Pérez', 'driver' from m
  returning merchant_id, id, name
)
insert into drivers (merchant_id, id, user_id, name, vehicle_type)
select merchant_id, gen_random_uuid(), id, name, 'bicycle' from u`;

// Some stay created, some assigned, most are delivered.
const ORDERS = `
do $$
declare
  m uuid; d uuid; o uuid;
  moves order_status[] := array['picked_up', 'enroute_to_dropoff', 'delivered'];
begin
  select merchant_id, id into strict m, d from drivers order by created_at desc, id limit 1;
  for n in 1..$count loop
    -- In one transaction, the counter's row would leave a chain of versions that each order walks along.
    if n % 200 = 0 then
      commit;
    end if;
    o := gen_random_uuid();
    perform create_order(m, jsonb_build_object('id', o, 'pickup', jsonb_build_object('address', 'Sarandí ' || n),
      'dropoff', jsonb_build_object('address', 'Colonia ' || n), 'items', jsonb_build_array(jsonb_build_object(
      'name', 'Bread', 'quantity', n)), 'total', n * 100, 'tracking_hash', md5(o::text)),
      jsonb_build_object('id', gen_random_uuid(), 'name', 'Ñandú ' || n, 'phone', '+598' || n % 500),
      gen_random_uuid(), 'api_key', null);
    continue when n % 10 = 0;
    perform assign_order(m, o, d, null, array['created']::order_status[], '{}', gen_random_uuid(), 'manager', null, null);
    continue when n % 10 = 1;
    for i in 1..3 loop
      perform change_status(m, o, moves[i], array['assigned', 'picked_up', 'enroute_to_dropoff']::order_status[], '{}', 0,
        gen_random_uuid(), null, null, null, null, 'driver', d, d, null);
    end loop;
  end loop;
end $$`;

/** A new age key: the file with the secret one, and the public one. */
export async function makeKey(folder: string): Promise<{ identity: string; recipient: string }> {
  const identity = join(folder, 'key.txt');
  const made = await run('age-keygen', ['-o', identity]);
  return { identity, recipient: /age1\w+/.exec(made.stderr + made.stdout)?.[0] ?? '' };
}

export interface Ended {
  code: number | null;
  log: string;
}

/** Does a command of machines/backup within this process, which is half a second faster than one of its own. */
export async function runBackup(args: string[], env: Record<string, string>): Promise<Ended> {
  let log = '';
  const write = (text: string) => {
    log += text;
  };
  const signal = new AbortController().signal;
  const code = await perform(args, env, { signal, log: { write }, print: write, complain: write });
  return { code, log };
}

/** Starts it as a process of its own, for what is about processes: signals, locks, the exit code. */
export function startBackup(args: string[], env: Record<string, string>) {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  return startScript(main, { args, env });
}

export interface RecordedRun {
  kind: string;
  ok: boolean | null;
  bytes: number | null;
  detail: Record<string, unknown>;
}

/** The newest row of that kind. */
export async function lastRun(url: string, kind: string): Promise<RecordedRun | undefined> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [row] = await sql<[RecordedRun?]>`
      select kind, ok, bytes::float8 as bytes, detail from maintenance_runs where kind = ${kind} order by id desc limit 1`;
    return row;
  } finally {
    await sql.end();
  }
}

/** The names of the dumps in a volume, the oldest first. */
export function dumpsIn(volume: string): string[] {
  return readdirSync(join(volume, 'dumps'))
    .filter((file) => file.endsWith('.dump'))
    .sort();
}
