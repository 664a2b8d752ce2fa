import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../tests/support/app.ts';
import { createLoginThrottle } from './login-throttle.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.end());

/** One of the test's own: the counts are in the database. */
const aThrottle = () => createLoginThrottle(app.deps.db, randomUUID(), 'Wait.');

const REFUSED = { code: 'too_many_requests' };

describe('attempts to log in', () => {
  it('are ten for an email from an address, and the refusal says how long to wait', async () => {
    const { count } = aThrottle();
    for (let i = 0; i < 10; i++) await count('maria@example.com', '203.0.113.9');
    const refusal = await count('maria@example.com', '203.0.113.9').catch((error: unknown) => error);
    expect(refusal).toMatchObject(REFUSED);
    expect(refusal).toHaveProperty(
      'hints.retryAfter',
      expect.toSatisfy((s: number) => s > 0 && s <= 900),
    );
    await count('maria@example.com', '203.0.113.10');
    await count('julia@example.com', '203.0.113.9');
  });

  it('start anew after the right password', async () => {
    const { count, forgive } = aThrottle();
    for (let round = 0; round < 30; round++) {
      for (let i = 0; i < 5; i++) await count(`user${round}@example.com`, '203.0.113.9');
      for (let i = 0; i < 5; i++) await forgive(`user${round}@example.com`, '203.0.113.9');
    }
    for (let i = 0; i < 9; i++) await count('maria@example.com', '203.0.113.9');
    await forgive('maria@example.com', '203.0.113.9');
    for (let i = 0; i < 10; i++) await count('maria@example.com', '203.0.113.9');
  });

  it('are a hundred from an address, whatever the emails', async () => {
    const { count } = aThrottle();
    for (let i = 0; i < 100; i++) await count(`user${i}@example.com`, '203.0.113.9');
    await expect(count('user100@example.com', '203.0.113.9')).rejects.toMatchObject(REFUSED);
  });

  it('are a hundred for an email, whatever the addresses', async () => {
    const { count } = aThrottle();
    for (let i = 0; i < 100; i++) await count('maria@example.com', `203.0.113.${i}`);
    await expect(count('maria@example.com', '198.51.100.1')).rejects.toMatchObject(REFUSED);
  });

  it('count over all processes, and stand in the table by their hash only', async () => {
    const kind = randomUUID();
    const [one, other] = [1, 2].map(() => createLoginThrottle(app.deps.db, kind, 'Wait.'));
    for (let i = 0; i < 10; i++) {
      await (i % 2 === 0 ? one : other)?.count('maria@example.com', '203.0.113.9');
    }
    await expect(one?.count('maria@example.com', '203.0.113.9')).rejects.toMatchObject(REFUSED);
    const rows = await app.owner`select key from throttles where key like ${`${kind}%`}`;
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toMatch(/maria|203\.0/);
  });

  it('of many at once no more than ten are let through', async () => {
    const { count } = aThrottle();
    const tries = await Promise.allSettled(
      Array.from({ length: 30 }, () => count('maria@example.com', '203.0.113.9')),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  });
});
