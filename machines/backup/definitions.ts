const OURS = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;
// The owner is called differently on each server; our two roles are not.
const ROLES = `('dropmate_app', 'dropmate_system')`;

const acl = (what: string, name: string, column: string, from: string) => `
  select '${what} ' || ${name} || ' ' || coalesce(r.rolname, 'public') || ' ' || a.privilege_type || ' ' || a.is_grantable
  from ${from}, lateral aclexplode(${column}) a left join pg_roles r on r.oid = a.grantee
  where ${OURS} and (a.grantee = 0 or r.rolname in ${ROLES})`;

const owned = (what: string, name: string, owner: string, from: string) => `
  select '${what} ' || ${name} || ' ' || r.rolname
  from ${from} join pg_roles r on r.oid = ${owner} where ${OURS} and r.rolname in ${ROLES}`;

const CLASSES = 'pg_class c join pg_namespace n on n.oid = c.relnamespace';
const FUNCTIONS = 'pg_proc p join pg_namespace n on n.oid = p.pronamespace';
const TYPES = 'pg_type t join pg_namespace n on n.oid = t.typnamespace';

/**
 * What a dump must bring back beside rows, as queries of one text column `line`. A database without its policies and
 * grants would look whole and show every merchant's orders to all.
 */
export const DEFINITIONS: Record<string, string> = {
  columns: `
    select format('%I.%I.%I %s %s %s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
      a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) as line
    from ${CLASSES} join pg_attribute a on a.attrelid = c.oid
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where ${OURS} and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped`,
  // 18 lists NOT NULL here too; the columns have it already.
  constraints: `
    select format('%s %s %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) as line
    from pg_constraint k join pg_namespace n on n.oid = k.connamespace where ${OURS} and k.contype <> 'n'`,
  indexes: `
    select pg_get_indexdef(i.indexrelid) as line
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
    where ${OURS} and i.indisvalid`,
  policies: `select p::text as line from pg_policies p`,
  'row security': `
    select format('%s %s %s', c.oid::regclass, c.relrowsecurity, c.relforcerowsecurity) as line
    from ${CLASSES} where ${OURS} and c.relkind in ('r', 'p')`,
  functions: `
    select pg_get_functiondef(p.oid) as line from ${FUNCTIONS} where ${OURS} and p.prokind in ('f', 'p')`,
  triggers: `
    select pg_get_triggerdef(t.oid) as line
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where ${OURS} and not t.tgisinternal`,
  types: `
    select format('%I.%I %s', n.nspname, t.typname, string_agg(e.enumlabel, ',' order by e.enumsortorder)) as line
    from ${TYPES} join pg_enum e on e.enumtypid = t.oid where ${OURS} group by n.nspname, t.typname`,
  partitions: `
    select format('%s of %s %s', c.oid::regclass, i.inhparent::regclass, pg_get_expr(c.relpartbound, c.oid)) as line
    from ${CLASSES} join pg_inherits i on i.inhrelid = c.oid where ${OURS} and c.relispartition`,
  grants: `select line from (
    ${acl('on', 'c.oid::regclass', 'c.relacl', CLASSES)} union all
    ${acl('on column', `c.oid::regclass || '.' || m.attname`, 'm.attacl', `${CLASSES} join pg_attribute m on m.attrelid = c.oid`)}
    union all
    ${acl('on function', 'p.oid::regprocedure', 'p.proacl', FUNCTIONS)} union all
    ${acl('on schema', 'n.nspname', 'n.nspacl', 'pg_namespace n')}
  ) grants (line)`,
  owners: `select line from (
    ${owned('class', 'c.oid::regclass', 'c.relowner', CLASSES)} union all
    ${owned('function', 'p.oid::regprocedure', 'p.proowner', FUNCTIONS)} union all
    ${owned('type', 't.oid::regtype', 't.typowner', TYPES)} union all
    ${owned('schema', 'n.nspname', 'n.nspowner', 'pg_namespace n')}
  ) owners (line)`,
};
