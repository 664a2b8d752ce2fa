import { expect, test } from 'vitest';
import { mayChangeRating, NewRating, RATING_MS_TO_CHANGE } from './ratings.ts';

test.each([{ stars: 1 }, { stars: 5, comment: 'Warm and early' }])('%o is a rating', (rating) => {
  expect(NewRating.parse(rating)).toEqual(rating);
});

test.each([
  {},
  { stars: 0 },
  { stars: 6 },
  { stars: 4.5 },
  { stars: '5' },
  { stars: 5, comment: '' },
  { stars: 5, comment: 'x'.repeat(1001) },
  { stars: 5, comment: 'a\0' },
  { stars: 5, driverId: 'mine' },
])('%o is none', (rating) => {
  expect(NewRating.safeParse(rating).success).toBe(false);
});

test('a rating may be changed for a day', () => {
  const at = new Date('2026-11-22T12:00:00.000Z');
  expect(mayChangeRating(at, new Date(at.getTime() + RATING_MS_TO_CHANGE))).toBe(true);
  expect(mayChangeRating(at, new Date(at.getTime() + RATING_MS_TO_CHANGE + 1))).toBe(false);
});
