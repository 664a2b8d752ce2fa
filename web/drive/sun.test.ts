import { expect, test } from 'vitest';
import { isNight } from './sun.ts';

const MONTEVIDEO = { lat: -34.9, lng: -56.16 };
const LONDON = { lat: 51.5, lng: -0.13 };

// Sunrises and sunsets of published tables, in UTC.
test.each([
  ['2026-11-22T22:30:00Z', MONTEVIDEO, false],
  ['2026-11-22T22:50:00Z', MONTEVIDEO, true],
  ['2026-11-22T08:15:00Z', MONTEVIDEO, true],
  ['2026-11-22T08:35:00Z', MONTEVIDEO, false],
  ['2026-06-21T20:10:00Z', LONDON, false],
  ['2026-06-21T20:35:00Z', LONDON, true],
  ['2026-12-21T15:45:00Z', LONDON, false],
  ['2026-12-21T16:05:00Z', LONDON, true],
])('at %s', (at, place, expected) => {
  expect(isNight(Date.parse(at), place)).toBe(expected);
});
