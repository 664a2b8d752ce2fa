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

/**
 * What Postgres' programs are told beside the environment, as `--dbname`: a server that vanished without a word is given
 * up after two minutes. By itself the system waits for hours.
 */
export const PATIENCE =
  'keepalives_idle=60 keepalives_interval=10 keepalives_count=6 tcp_user_timeout=120000';

/**
 * One connection as the owner, and always the same: a base backup begins and ends in it. Hashing a table may take
 * minutes, and while pg_dump works the session idles in its transaction, so that the server's own limits (60 s on our
 * Fly) would end it; only for locks it does not wait for ever. The caller ends it.
 */
export function connect(url: string): postgres.Sql {
  return postgres(url, {
    max: 1,
    max_lifetime: 0,
    onnotice: () => {},
    connect_timeout: 10,
    connection: {
      application_name: 'dropmate backup',
      statement_timeout: 0,
      lock_timeout: 60_000,
      idle_in_transaction_session_timeout: 0,
      idle_session_timeout: 0,
    },
  });
}

/** Works on one connection and ends it; at once when `signal` is aborted, whatever the server is at. */
export async function connected<T>(
  url: string,
  work: (sql: postgres.Sql) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  const sql = connect(url);
  const giveUp = () => void sql.end({ timeout: 0 });
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    return await work(sql);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
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
