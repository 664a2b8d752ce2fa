import { expect, test } from 'vitest';
import { RateLimit } from './rate-limit.ts';

const takeMany = (limit: RateLimit, count: number, now: number) =>
  Array.from({ length: count }, () => limit.take(now)).filter(Boolean).length;

test('lets a burst through, then a steady rate, and never saves up more than the burst', () => {
  const limit = new RateLimit(10, 20, 0);
  expect(takeMany(limit, 30, 0)).toBe(20);
  expect(takeMany(limit, 30, 500)).toBe(5);
  expect(takeMany(limit, 30, 3_600_000)).toBe(20);
});

test('a clock that goes back neither refills nor throws', () => {
  const limit = new RateLimit(10, 1, 1000);
  expect(limit.take(1000)).toBe(true);
  expect(limit.take(0)).toBe(false);
});
