import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTimestamp } from './timestamp.ts';

const TEN = Date.parse('2026-11-22T10:00:00.000Z');
const iso = (value: unknown): string | null => {
  const ms = parseTimestamp(value);
  return ms === null ? null : new Date(ms).toISOString();
};

describe('the time of a fix', () => {
  test.each([
    ['seconds', 1_795_341_600, '2026-11-22T10:00:00.000Z'],
    ['seconds as text', '1795341600', '2026-11-22T10:00:00.000Z'],
    ['seconds with a fraction', '1795341600.250', '2026-11-22T10:00:00.250Z'],
    ['milliseconds', 1_795_341_600_123, '2026-11-22T10:00:00.123Z'],
    ['milliseconds as text', '1442068686579', '2015-09-12T14:38:06.579Z'],
    ['ISO in UTC', '2016-01-27T18:55:47Z', '2016-01-27T18:55:47.000Z'],
    ['ISO with milliseconds', '2025-06-15T13:45:12.862Z', '2025-06-15T13:45:12.862Z'],
    ['ISO with microseconds', '2025-06-15T13:45:12.862999Z', '2025-06-15T13:45:12.862Z'],
    ['an offset without colon', '2026-11-22T10:00:00-0300', '2026-11-22T13:00:00.000Z'],
    ['an offset with colon', '2026-11-22T10:00:00+05:30', '2026-11-22T04:30:00.000Z'],
    ['an offset of hours', '2026-11-22T10:00:00-03', '2026-11-22T13:00:00.000Z'],
    [
      'a plus that a query string turned into a space',
      '2026-11-22T10:00:00 0200',
      '2026-11-22T08:00:00.000Z',
    ],
    ['an offset over midnight and new year', '2026-12-31T23:30:00-0300', '2027-01-01T02:30:00.000Z'],
    ['no zone: UTC', '2026-11-22T10:00:00', '2026-11-22T10:00:00.000Z'],
    ['yyyy-MM-dd HH:mm:ss: UTC', '2014-06-04 09:10:11', '2014-06-04T09:10:11.000Z'],
    ['a leap day', '2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('as %s', (_, value, expected) => {
    expect(iso(value)).toBe(expected);
  });

  test.each([
    '',
    ' ',
    'now',
    '2026-02-30T10:00:00Z',
    '2026-13-01T10:00:00Z',
    '2026-11-22',
    '2026-11-22T24:00:00Z',
    '2026-11-22T10:60:00Z',
    '2026-11-22T10:00:61Z',
    '2026-11-22T10:00:00+9900',
    '0',
    0,
    -1,
    946_684_799,
    4_102_444_800_000,
    Number.NaN,
    Infinity,
    '1e9',
    '0x6abcdef0',
    '99999999999999',
    null,
    undefined,
    true,
    {},
    [],
    [1_795_341_600],
  ])('is not %j', (value) => {
    expect(parseTimestamp(value)).toBeNull();
  });

  test('does not depend on how it is written', () => {
    const time = fc.integer({ min: TEN / 1000 - 5e8, max: TEN / 1000 + 5e8 });
    const offset = fc.integer({ min: -12 * 4, max: 14 * 4 }).map((quarters) => quarters * 15);
    fc.assert(
      fc.property(time, offset, fc.constantFrom('', ':'), (seconds, minutes, colon) => {
        const local = new Date((seconds + minutes * 60) * 1000).toISOString().slice(0, 19);
        const pad = (n: number): string => String(n).padStart(2, '0');
        const size = Math.abs(minutes);
        const zone = `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}${colon}${pad(size % 60)}`;
        const ms = seconds * 1000;
        for (const form of [
          seconds,
          ms,
          String(seconds),
          String(ms),
          local + zone,
          new Date(ms).toISOString(),
        ]) {
          expect(parseTimestamp(form)).toBe(ms);
        }
      }),
    );
  });
});
