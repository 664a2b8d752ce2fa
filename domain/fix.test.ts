import { describe, expect, test } from 'vitest';
import { Fix, FUTURE_TOLERANCE_MS, judgeFix, STALE_AFTER_MS, TOP_SPEED_MPS } from './fix.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const PLACE = { lat: -34.9, lng: -56.2 };

/** A fix that many milliseconds after (or before) now, that many metres north of the place. */
function fix(ms: number, metres = 0, accuracy?: number) {
  return {
    lat: PLACE.lat + metres / 111_195.08,
    lng: PLACE.lng,
    fixedAt: new Date(NOW + ms).toISOString(),
    ...(accuracy === undefined ? {} : { accuracy }),
  };
}

describe('a fix by its time', () => {
  test.each([
    [0, 'accepted'],
    [FUTURE_TOLERANCE_MS, 'accepted'],
    [FUTURE_TOLERANCE_MS + 1, 'future'],
    [-STALE_AFTER_MS, 'accepted'],
    [-STALE_AFTER_MS - 1, 'stale'],
  ])('%i ms from now is %s when it is the first', (ms, verdict) => {
    expect(judgeFix(null, fix(ms), NOW)).toBe(verdict);
  });

  test.each([
    [-10_000, 'duplicate'],
    [-10_001, 'out_of_order'],
    [-9_999, 'accepted'],
  ])('%i ms from now is %s after one ten seconds ago', (ms, verdict) => {
    expect(judgeFix(fix(-10_000), fix(ms), NOW)).toBe(verdict);
  });

  test('the same instant in another time zone is the same fix', () => {
    const known = { ...PLACE, fixedAt: '2026-11-22T11:59:50.000Z' };
    expect(judgeFix(known, { ...PLACE, fixedAt: '2026-11-22T08:59:50-03:00' }, NOW)).toBe('duplicate');
  });

  test('the clock is asked first: an old, a doubled and a future one are what they are wherever they lie', () => {
    expect(judgeFix(fix(0), fix(FUTURE_TOLERANCE_MS + 1, 9e6), NOW)).toBe('future');
    expect(judgeFix(fix(0), fix(-STALE_AFTER_MS - 1, 9e6), NOW)).toBe('stale');
    expect(judgeFix(fix(-5000), fix(-5000, 9e6), NOW)).toBe('duplicate');
  });
});

describe('a fix by its place', () => {
  const metresIn = (seconds: number): number => seconds * TOP_SPEED_MPS;

  test('as far as the top speed goes is possible, a metre more is not', () => {
    expect(judgeFix(fix(-10_000), fix(0, metresIn(10) - 1), NOW)).toBe('accepted');
    expect(judgeFix(fix(-10_000), fix(0, metresIn(10) + 1), NOW)).toBe('impossible');
  });

  test('what either fix does not know exactly is allowed for', () => {
    expect(judgeFix(fix(-1000, 0, 500), fix(0, 1050, 500), NOW)).toBe('accepted');
    expect(judgeFix(fix(-1000, 0, 500), fix(0, 1100, 500), NOW)).toBe('impossible');
  });

  test('standing still is possible at any accuracy', () => {
    expect(judgeFix(fix(-1, 0), fix(0, 0), NOW)).toBe('accepted');
  });

  test('beyond the stale limit the old place says nothing', () => {
    expect(judgeFix(fix(-STALE_AFTER_MS - 1), fix(0, 5e6), NOW)).toBe('accepted');
    expect(judgeFix(fix(-STALE_AFTER_MS), fix(0, 5e6), NOW)).toBe('impossible');
  });
});

describe('the shape of a fix', () => {
  const whole = {
    ...PLACE,
    fixedAt: '2026-11-22T12:00:00Z',
    accuracy: 5,
    altitude: -3,
    heading: 360,
    speed: 0,
    battery: 1,
  };

  test('is a place, a time and what the phone knows besides', () => {
    expect(Fix.parse(whole)).toEqual(whole);
    expect(Fix.safeParse({ ...PLACE, fixedAt: '2026-11-22T09:00:00-03:00' }).success).toBe(true);
  });

  test.each([
    { speed: -1 },
    { heading: -1 },
    { heading: 361 },
    { accuracy: -1 },
    { battery: 87 },
    { lat: 91 },
    { fixedAt: '2026-11-22 12:00:00' },
    { driverId: 'x' },
    { speed: null },
  ])('refuses %o', (wrong) => {
    expect(Fix.safeParse({ ...whole, ...wrong }).success).toBe(false);
  });
});
