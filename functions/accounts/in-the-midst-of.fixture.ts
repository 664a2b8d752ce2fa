import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import type { TestApp } from '../../tests/support/app.ts';

/**
 * A race with a known order: does `change` in a transaction as the owner, sends the request while that is open, and
 * commits once the request waits for a lock, or has answered without.
 */
export async function inTheMidstOf<T>(
  app: TestApp,
  change: (sql: postgres.TransactionSql) => Promise<unknown>,
  request: () => Promise<T>,
): Promise<T> {
  const sql = postgres(app.database.ownerUrl, { max: 2, onnotice: () => {} });
  try {
    const { answer } = await sql.begin(async (tx) => {
      await change(tx);
      let ended = false;
      const answer = request().finally(() => {
        ended = true;
      });
      while (!ended && !(await isAnyWaiting(sql))) await delay(5);
      // In an object, or the transaction would wait for who waits for it.
      return { answer };
    });
    return await answer;
  } finally {
    await sql.end();
  }
}

async function isAnyWaiting(sql: postgres.Sql): Promise<boolean> {
  const waiting = await sql`
    select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return waiting.length > 0;
}
