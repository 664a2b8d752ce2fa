import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { createTestDatabase } from './database.ts';

const databases = await Promise.all([createTestDatabase(), createTestDatabase()]);
afterAll(() => Promise.all(databases.map((database) => database.drop())));

test('each test database is a migrated clone of its own', async () => {
  const [a, b] = databases.map(({ ownerUrl }) => postgres(ownerUrl, { max: 1 }));
  if (!a || !b) throw new Error('Two databases were made.');
  await a`CREATE TABLE only_in_a (n int)`;
  const [here] =
    await a`SELECT to_regclass('only_in_a') IS NOT NULL AS only, to_regclass('orders') IS NOT NULL AS orders`;
  const [there] =
    await b`SELECT to_regclass('only_in_a') IS NOT NULL AS only, to_regclass('orders') IS NOT NULL AS orders`;
  expect(here).toEqual({ only: true, orders: true });
  expect(there).toEqual({ only: false, orders: true });
  await Promise.all([a.end(), b.end()]);
});
