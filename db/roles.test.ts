import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../tests/support/database.ts';
import { APP_ROLE, roleUrl, SYSTEM_ROLE } from './roles.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function userAt(url: string): Promise<unknown> {
  const sql = postgres(url, { max: 1 });
  try {
    const [row] = await sql`select current_user as name, current_database() as database`;
    return row;
  } finally {
    await sql.end();
  }
}

describe('a role’s URL', () => {
  test.each([APP_ROLE, SYSTEM_ROLE] as const)('logs %s in to the same database', async (role) => {
    const { pathname } = new URL(database.ownerUrl);
    expect(await userAt(roleUrl(database.ownerUrl, role, database.secret))).toEqual({
      name: role,
      database: pathname.slice(1),
    });
  });

  test('of another secret is refused', async () => {
    const other = Buffer.alloc(32, 9).toString('base64url');
    await expect(userAt(roleUrl(database.ownerUrl, APP_ROLE, other))).rejects.toMatchObject({
      code: '28P01',
    });
  });

  test('has a password of its own, neither the owner’s nor the other role’s, and keeps the rest of the URL', () => {
    const owner = 'postgres://owner:pa%20ss@db.example:5433/shop?sslmode=require';
    const [app, system] = ([APP_ROLE, SYSTEM_ROLE] as const).map(
      (role) => new URL(roleUrl(owner, role, database.secret)),
    );
    if (!app || !system) throw new Error('There are two.');
    expect(app.password).not.toBe(system.password);
    expect(app.href).not.toContain('pa%20ss');
    expect(`${app.host}${app.pathname}${app.search}`).toBe('db.example:5433/shop?sslmode=require');
  });
});
