import { createHash } from 'node:crypto';
import type postgres from 'postgres';
import { z } from 'zod';
import { DEFINITIONS } from './definitions.ts';
import { INVARIANTS } from './invariants.ts';
import type { Contents } from './manifest.ts';

/**
 * Counts and hashes everything in a database, within one transaction so that it is one moment's. As the owner, who
 * sees past row-level security.
 */
export async function inspect(tx: postgres.TransactionSql): Promise<Contents> {
  // A row's text depends on these; and with an empty search path all names come out whole.
  await tx.unsafe(`set local search_path = ''; set local timezone = 'UTC'; set local datestyle = 'ISO, YMD';
    set local intervalstyle = 'postgres'; set local extra_float_digits = 1; set local bytea_output = 'hex';
    set local row_security = off`);
  return {
    tables: await inspectTables(tx),
    objects: await inspectObjects(tx),
    invariants: await countBroken(tx),
  };
}

const Tables = z.array(z.object({ name: z.string(), quoted: z.string() }));
const Hashed = z.tuple([z.object({ rows: z.coerce.number(), high: z.string(), low: z.string() })]);

async function inspectTables(tx: postgres.TransactionSql): Promise<Contents['tables']> {
  const tables = Tables.parse([
    ...(await tx`
      select n.nspname || '.' || c.relname as name, format('%I.%I', n.nspname, c.relname) as quoted
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass
          and d.objid = c.oid and d.deptype = 'e')
      order by 1`),
  ]);
  const contents: Contents['tables'] = {};
  for (const { name, quoted } of tables) {
    // The sums of both halves of each row's MD5: the order of rows is no matter, and a row twice is not a row lost.
    // Against accidents, not forgers; the dump itself has its SHA-256.
    const [{ rows, high, low }] = Hashed.parse([
      ...(await tx.unsafe(`
        select count(*)::text as rows,
          coalesce(sum(('x' || left(md5, 16))::bit(64)::bigint), 0)::text as high,
          coalesce(sum(('x' || right(md5, 16))::bit(64)::bigint), 0)::text as low
        from (select md5(dumped_row::text) as md5 from only ${quoted} dumped_row) hashed`)),
    ]);
    contents[name] = { rows, hash: `${high}/${low}` };
  }
  return contents;
}

const Lines = z.array(z.object({ line: z.string() }));

async function inspectObjects(tx: postgres.TransactionSql): Promise<Contents['objects']> {
  const contents: Contents['objects'] = {};
  for (const [kind, query] of Object.entries(DEFINITIONS)) {
    // Sorted here, by code units: servers sort by their own locale.
    const lines = Lines.parse([...(await tx.unsafe(query))]).map(({ line }) => line);
    const hash = createHash('sha256').update(lines.sort().join('\n')).digest('hex');
    contents[kind] = { count: lines.length, hash };
  }
  return contents;
}

const Counted = z.tuple([z.object({ count: z.coerce.number() })]);

async function countBroken(tx: postgres.TransactionSql): Promise<Contents['invariants']> {
  const contents: Contents['invariants'] = {};
  for (const [rule, query] of Object.entries(INVARIANTS)) {
    contents[rule] = Counted.parse([...(await tx.unsafe(query))])[0].count;
  }
  return contents;
}
