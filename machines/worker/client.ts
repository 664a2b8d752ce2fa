import postgres from 'postgres';
import { roleUrl, SYSTEM_ROLE } from '../../db/roles.ts';

/**
 * The worker's own client, as the system role. Its commits don't wait for the disk: what a crash of the server takes back
 * it takes back whole, row and job together, and it is done again. `databaseUrl` is the owner's.
 */
export function openClient(options: { databaseUrl: string; secret: string }): postgres.Sql {
  return postgres(roleUrl(options.databaseUrl, SYSTEM_ROLE, options.secret), {
    max: 4,
    connect_timeout: 5,
    // Seconds between attempts while the database is away; the default grows to 20.
    backoff: () => 0.5,
    onnotice: () => {},
    types: {
      // pg-boss hands over JSON that is text already; postgres.js would quote it once more.
      json: {
        to: 114,
        from: [114, 3802],
        serialize: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
        parse: (text: string): unknown => JSON.parse(text),
      },
    },
    connection: {
      application_name: 'dropmate worker',
      synchronous_commit: 'off',
      statement_timeout: 15_000,
      // A relay that froze must not keep its rows from the others.
      idle_in_transaction_session_timeout: 10_000,
    },
  });
}
