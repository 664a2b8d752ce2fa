import { expect, test } from 'vitest';
import { nextAttemptIn, WEBHOOK_SCHEDULE } from './webhooks.ts';

test('an attempt follows after the time of the schedule, and up to a tenth later', () => {
  expect(WEBHOOK_SCHEDULE.map((_, made) => nextAttemptIn(made, { random: 0 }))).toEqual([
    0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400,
  ]);
  expect(nextAttemptIn(2, { random: 1 })).toBe(330);
});

test('after the tenth attempt there is none', () => {
  expect(nextAttemptIn(9, { random: 0 })).toBe(86_400);
  expect(nextAttemptIn(10, { random: 0, retryAfter: 5 })).toBeNull();
});

test('the receiver may ask for more time, up to a day, and not for less', () => {
  expect(nextAttemptIn(1, { random: 0, retryAfter: 120 })).toBe(120);
  expect(nextAttemptIn(2, { random: 0, retryAfter: 120 })).toBe(300);
  expect(nextAttemptIn(1, { random: 0, retryAfter: 1_000_000 })).toBe(86_400);
});
