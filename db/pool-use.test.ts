import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../tests/support/database.ts';
import { type Database, openDatabase } from './client.ts';

let database: TestDatabase;
let db: Database;
let owner: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ databaseUrl: database.ownerUrl, secret: database.secret, connections: 2 });
  owner = postgres(database.ownerUrl, { max: 3, onnotice: () => {} });
});
beforeEach(() => expect(use()).toEqual({ app: [0, 0, 2], hot: [0, 0, 2], system: [0, 0, 1] }));
afterAll(async () => {
  await Promise.all([db.end(), owner.end()]);
  await database.drop();
});

/** In use, waiting and most, by pool. */
const use = (of = db) =>
  Object.fromEntries(of.pools().map(({ pool, inUse, waiting, max }) => [pool, [inUse, waiting, max]]));
const settled = (work: Promise<unknown>[]) => Promise.allSettled(work);
/** A statement that waits until the lock is let go of. */
const LOCK = 7301;
async function whileLocked(work: () => Promise<void>): Promise<void> {
  const held = await owner.reserve();
  await held`select pg_advisory_lock(${LOCK})`;
  try {
    await work();
  } finally {
    await held`select pg_advisory_unlock(${LOCK})`;
    held.release();
  }
}
const waitForLock = () => sql`select pg_advisory_xact_lock_shared(${LOCK})`;

test('each pool counts what is under way in it, and what is beyond its connections waits', async () => {
  const work: Promise<unknown>[] = [];
  await whileLocked(async () => {
    for (let i = 0; i < 5; i++) {
      work.push(db.hot`select pg_advisory_xact_lock_shared(${LOCK})`.then());
      work.push(db.withMerchant(uuidv7(), (tx) => tx.execute(waitForLock())));
    }
    work.push(db.system.execute(waitForLock()).then());
    await expect.poll(() => use()).toEqual({ app: [2, 3, 2], hot: [2, 3, 2], system: [1, 0, 1] });
  });
  await Promise.all(work);
});

test('one that fails, is cancelled or whose transaction is rolled back is under way no more', async () => {
  await settled([
    db.hot`select 1 / 0`.then(),
    db.hot`select no_such_column`.then(),
    db.system.execute(sql`select 1 / 0`).then(),
    db.withMerchant(uuidv7(), () => Promise.reject(new Error('ours'))),
    db.withMerchant(uuidv7(), (tx) => tx.execute(sql`select 1 / 0`)),
  ]);
  await whileLocked(async () => {
    const query = db.hot`select pg_advisory_xact_lock_shared(${LOCK})`;
    const answered = query.then(
      () => 'done',
      () => 'cancelled',
    );
    expect(use().hot).toEqual([1, 0, 2]);
    await expect
      .poll(async () => {
        query.cancel();
        return (
          await owner`select from pg_stat_activity where wait_event = 'advisory'
          and datname = current_database()`
        ).length;
      })
      .toBe(0);
    expect(await answered).toBe('cancelled');
  });
});

// Not a transaction: its rollback would meet the fault that scripts/patches.ts mends in the bundle only.
test('a connection that is lost lets go of what was under way', async () => {
  let work: Promise<unknown[]> = Promise.resolve([]);
  await whileLocked(async () => {
    work = settled([
      db.hot`select pg_advisory_xact_lock_shared(${LOCK})`.then(),
      db.system.execute(waitForLock()).then(),
    ]);
    let over = false;
    void work.then(() => {
      over = true;
    });
    await expect
      .poll(async () => {
        await owner`select pg_terminate_backend(pid) from pg_stat_activity
          where wait_event = 'advisory' and datname = current_database()`;
        return over;
      })
      .toBe(true);
  });
  expect(await work).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  expect((await db.hot<[{ one: number }]>`select 1 as one`)[0].one).toBe(1);
});

test('a query that is a piece of another, or is waited for twice, counts once', async () => {
  const piece = db.hot`where true`;
  const query = db.hot`select 1 as one ${piece}`;
  expect(use().hot).toEqual([0, 0, 2]);
  const both = [query.then(), query.then()];
  expect(use().hot).toEqual([1, 0, 2]);
  await Promise.all(both);
  expect(use().hot).toEqual([0, 0, 2]);
  await query;
  expect(use().hot).toEqual([0, 0, 2]);
});

test('after the connections are given up, those of before count no more, however they end', async () => {
  const own = openDatabase({ databaseUrl: database.ownerUrl, secret: database.secret, connections: 2 });
  let work: Promise<unknown> = Promise.resolve();
  await whileLocked(async () => {
    work = own.hot`select pg_advisory_xact_lock_shared(${LOCK})`.then(
      () => 'done',
      () => 'lost',
    );
    expect(use(own).hot).toEqual([1, 0, 2]);
    own.renew(performance.now());
    expect(use(own).hot).toEqual([0, 0, 2]);
  });
  expect(await work).toBe('done');
  expect(use(own).hot).toEqual([0, 0, 2]);
  await own.end();
});
