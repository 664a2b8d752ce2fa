import type { Database } from '../db/client.ts';

/** The channel that the worker listens on. */
export const OUTBOX_CHANNEL = 'outbox';

/**
 * Tells the relay that the outbox has something, after the commit and outside of it: a NOTIFY inside the transaction
 * would make all commits of the database wait for each other (Postgres takes one lock for its queue). However many
 * writes come meanwhile, one notification is on its way at a time; one that is lost is caught by the relay's sweep.
 */
export function createWakeRelay(db: Pick<Database, 'hot'>): () => void {
  let underway = false;
  let again = false;
  const wake = async (): Promise<void> => {
    underway = true;
    do {
      again = false;
      await db.hot`select pg_notify(${OUTBOX_CHANNEL}, '')`.catch(() => {});
    } while (again);
    underway = false;
  };
  return () => {
    if (underway) again = true;
    else void wake();
  };
}
