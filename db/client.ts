import { sql as raw } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { countUse, type PoolUse } from './pool-use.ts';
import { APP_ROLE, roleUrl, SYSTEM_ROLE } from './roles.ts';

export type Database = {
  /** Runs everyday queries as the app role within one merchant: row-level security shows no other's rows. */
  withMerchant: <T>(merchantId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  /** Plain, prepared statements as the app role: for the SQL functions, which set the merchant themselves. */
  readonly hot: postgres.Sql;
  /** As the system role: look-ups that don't know the merchant yet. */
  readonly system: PostgresJsDatabase & { $client: postgres.Sql };
  /**
   * Gives up the connections, for who has waited since that moment (of `performance.now`) and got no answer: later queries
   * open new ones, those under way get 5 s more. Nothing when they were opened after it.
   */
  renew: (waitingSince: number) => void;
  /** How much of the connections is in use just now; of those that were given up, nothing. */
  pools: () => PoolUse[];
  end: () => Promise<void>;
};

export type Transaction = Parameters<Parameters<PostgresJsDatabase['transaction']>[0]>[0];

export type DatabaseOptions = {
  /** The owner's URL; the roles' own are derived from it. */
  databaseUrl: string;
  secret: string;
  /** Connections of each of the three clients. */
  connections?: number;
};

/** Opens the clients of a process. Nothing is connected until the first query. `hot` and `system` are not to be kept. */
export function openDatabase(options: DatabaseOptions): Database {
  let current = openClients(options);
  const leaving = new Set<Promise<void>>();
  return {
    get hot() {
      return current.hot;
    },
    get system() {
      return current.system;
    },
    withMerchant: (merchantId, work) =>
      current.app.transaction(async (tx) => {
        // Local to the transaction: a setting of the session would leak to the connection's next user.
        await tx.execute(raw`select set_config('app.merchant', ${merchantId}, true)`);
        return work(tx);
      }),
    renew: (waitingSince) => {
      if (current.openedAt > waitingSince) return;
      const left = current.end().finally(() => leaving.delete(left));
      leaving.add(left);
      current = openClients(options);
    },
    pools: () => current.pools(),
    end: async () => {
      await Promise.all([current.end(), ...leaving]);
    },
  };
}

function openClients({ databaseUrl, secret, connections = 8 }: DatabaseOptions) {
  const options: postgres.Options<Record<string, never>> = {
    max: connections,
    idle_timeout: 60,
    connect_timeout: 5,
    // Seconds between attempts while the database is away. The default grows to 20, and requests would wait for it.
    backoff: () => 0.1,
    onnotice: () => {},
    connection: {
      application_name: 'dropmate',
      statement_timeout: 15_000,
      idle_in_transaction_session_timeout: 30_000,
    },
  };
  const appUrl = roleUrl(databaseUrl, APP_ROLE, secret);
  // `drizzle(client)` replaces the client's serializers, so the hot statements have a client of their own.
  const hot = countUse('hot', postgres(appUrl, options));
  const app = countUse('app', postgres(appUrl, options));
  const system = countUse(
    'system',
    postgres(roleUrl(databaseUrl, SYSTEM_ROLE, secret), { ...options, max: Math.ceil(connections / 2) }),
  );
  return {
    openedAt: performance.now(),
    hot: hot.client,
    app: drizzle(app.client),
    system: drizzle(system.client),
    pools: () => [app, hot, system].map(({ use }) => use()),
    end: async () => {
      await Promise.all([hot, app, system].map(({ client }) => client.end({ timeout: 5 })));
    },
  };
}
