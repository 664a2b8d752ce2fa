import postgres from 'postgres';

/** The environment by which Postgres' programs connect to where `url` says: no password is in any argument. */
export function libpqEnvironment(url: string): Record<string, string> {
  const parsed = new URL(url);
  const environment: Record<string, string> = {
    PGHOST: parsed.searchParams.get('host') ?? parsed.hostname.replace(/^\[|\]$/g, ''),
    PGPORT: parsed.port || '5432',
    PGDATABASE: databaseName(url),
    PGAPPNAME: 'dropmate backup',
    PGCONNECT_TIMEOUT: '10',
  };
  if (parsed.username) environment.PGUSER = decodeURIComponent(parsed.username);
  if (parsed.password) environment.PGPASSWORD = decodeURIComponent(parsed.password);
  const sslMode = parsed.searchParams.get('sslmode') ?? (parsed.searchParams.get('ssl') ? 'require' : null);
  if (sslMode) environment.PGSSLMODE = sslMode;
  const root = parsed.searchParams.get('sslrootcert');
  if (root) environment.PGSSLROOTCERT = root;
  return environment;
}

export function databaseName(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';
}

/** The same server, another of its databases. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

/** One connection as the owner, without time limits: hashing a table may take minutes. The caller ends it. */
export function connect(url: string): postgres.Sql {
  return postgres(url, {
    max: 1,
    onnotice: () => {},
    connect_timeout: 10,
    connection: { application_name: 'dropmate backup', statement_timeout: 0 },
  });
}

/** Works on one connection and ends it. */
export async function connected<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = connect(url);
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The server's major version. */
export async function serverMajor(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<
    [{ version: number }]
  >`select current_setting('server_version_num')::int as version`;
  return Math.floor(row.version / 10_000);
}
