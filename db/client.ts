import { sql as raw } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { APP_ROLE, roleUrl, SYSTEM_ROLE } from './roles.ts';

export type Database = {
  /** Runs everyday queries as the app role within one merchant: row-level security shows no other's rows. */
  withMerchant: <T>(merchantId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  /** Plain, prepared statements as the app role: for the SQL functions, which set the merchant themselves. */
  hot: postgres.Sql;
  /** As the system role: look-ups that don't know the merchant yet. */
  system: PostgresJsDatabase;
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

/** Opens the clients of a process. Nothing is connected until the first query. */
export function openDatabase({ databaseUrl, secret, connections = 8 }: DatabaseOptions): Database {
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
  const hot = postgres(appUrl, options);
  const app = postgres(appUrl, options);
  const system = postgres(roleUrl(databaseUrl, SYSTEM_ROLE, secret), {
    ...options,
    max: Math.ceil(connections / 2),
  });
  const appDatabase = drizzle(app);
  return {
    hot,
    system: drizzle(system),
    withMerchant: (merchantId, work) =>
      appDatabase.transaction(async (tx) => {
        // Local to the transaction: a setting of the session would leak to the connection's next user.
        await tx.execute(raw`select set_config('app.merchant', ${merchantId}, true)`);
        return work(tx);
      }),
    end: async () => {
      await Promise.all([hot, app, system].map((client) => client.end({ timeout: 5 })));
    },
  };
}
