import fc from 'fast-check';
import { DateTime, IANAZone } from 'luxon';
import { describe, expect, test, vi } from 'vitest';
import { OpeningHours } from '../../domain/zones.ts';
import { nextOpen } from './next-open.ts';

const DAILY = (from: string, to: string): OpeningHours =>
  [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from, to }));
const at = (iso: string): number => DateTime.fromISO(iso, { setZone: true }).toMillis();
const opens = (hours: OpeningHours | null, iso: string, zone: string): string | null => {
  const moment = nextOpen(hours, at(iso), zone);
  return moment === null ? null : DateTime.fromMillis(moment, { zone }).toISO({ suppressMilliseconds: true });
};

describe('the next opening', () => {
  const HOURS = OpeningHours.parse([
    { day: 1, from: '11:00', to: '15:00' },
    { day: 1, from: '19:00', to: '24:00' },
    { day: 2, from: '00:00', to: '02:00' },
    { day: 5, from: '18:30', to: '23:00' },
  ]);
  // 2026-11-23 is a Monday.
  test.each([
    ['2026-11-23T10:59:59-03:00', '2026-11-23T11:00:00-03:00'],
    ['2026-11-23T11:00:00-03:00', '2026-11-23T11:00:00-03:00'],
    ['2026-11-23T14:59:59-03:00', '2026-11-23T14:59:59-03:00'],
    ['2026-11-23T15:00:00-03:00', '2026-11-23T19:00:00-03:00'],
    ['2026-11-23T23:59:59-03:00', '2026-11-23T23:59:59-03:00'],
    ['2026-11-24T00:00:00-03:00', '2026-11-24T00:00:00-03:00'],
    ['2026-11-24T02:00:00-03:00', '2026-11-27T18:30:00-03:00'],
    ['2026-11-27T23:00:00-03:00', '2026-11-30T11:00:00-03:00'],
    // The same moments, said elsewhere on Earth.
    ['2026-11-23T13:59:59Z', '2026-11-23T11:00:00-03:00'],
  ])('of %s is %s', (iso, expected) => {
    expect(opens(HOURS, iso, 'America/Montevideo')).toBe(expected);
  });

  test('asks for few offsets of the time zone, however many hours there are: each is slow', () => {
    const asked = vi.spyOn(IANAZone.prototype, 'offset');
    const many: OpeningHours = Array.from({ length: 50 }, (_, i) => ({
      day: 1,
      from: '00:00',
      to: `00:${i + 10}`,
    }));
    // A Monday, an hour after the last of them.
    expect(opens(many, '2026-11-23T02:00:00-03:00', 'America/Montevideo')).toBe('2026-11-30T00:00:00-03:00');
    expect(asked.mock.calls.length).toBeLessThan(100);
    asked.mockRestore();
  });

  test('is at once without hours, and never with none', () => {
    expect(opens(null, '2026-11-23T03:00:00-03:00', 'America/Montevideo')).toBe('2026-11-23T03:00:00-03:00');
    expect(opens([], '2026-11-23T03:00:00-03:00', 'America/Montevideo')).toBeNull();
  });
});

describe('when the clock is set forward', () => {
  // In Berlin at 02:00 on Sunday 2026-03-29, which becomes 03:00.
  test.each([
    [
      'hours keep to the clock, not to the length of the day',
      DAILY('09:00', '10:00'),
      '2026-03-29T00:00:00+01:00',
      '2026-03-29T09:00:00+02:00',
    ],
    [
      'what begins in the hour that is not, begins after it',
      DAILY('02:30', '04:00'),
      '2026-03-29T01:59:00+01:00',
      '2026-03-29T03:00:00+02:00',
    ],
    [
      'what ends in it, ends before it',
      DAILY('01:00', '02:30'),
      '2026-03-29T03:00:00+02:00',
      '2026-03-30T01:00:00+02:00',
    ],
    [
      'what lies in it is not that day',
      DAILY('02:00', '03:00'),
      '2026-03-29T01:00:00+01:00',
      '2026-03-30T02:00:00+02:00',
    ],
    [
      'and weekly, not that week',
      [{ day: 7, from: '02:10', to: '02:50' }],
      '2026-03-29T00:00:00+01:00',
      '2026-04-05T02:10:00+02:00',
    ],
  ])('%s', (_, hours, iso, expected) => {
    expect(opens(hours, iso, 'Europe/Berlin')).toBe(expected);
  });

  // In Cairo at midnight: Friday 2026-04-24 begins at 01:00.
  test('a day without a midnight opens when it begins', () => {
    const hours = [{ day: 5, from: '00:00', to: '02:00' }];
    expect(opens(hours, '2026-04-23T12:00:00+02:00', 'Africa/Cairo')).toBe('2026-04-24T01:00:00+03:00');
  });
});

describe('when the clock is set back', () => {
  // In New York at 02:00 on Sunday 2026-11-01, which becomes 01:00 once more.
  test.each([
    [
      'hours keep to the clock',
      DAILY('09:00', '10:00'),
      '2026-11-01T00:00:00-04:00',
      '2026-11-01T09:00:00-05:00',
    ],
    [
      'what begins in the hour that comes twice, begins the first time',
      DAILY('01:30', '03:00'),
      '2026-11-01T00:00:00-04:00',
      '2026-11-01T01:30:00-04:00',
    ],
    [
      'and is open through it',
      DAILY('01:30', '03:00'),
      '2026-11-01T01:10:00-05:00',
      '2026-11-01T01:10:00-05:00',
    ],
    [
      'what ends in it, ends the first time',
      DAILY('00:00', '01:30'),
      '2026-11-01T01:30:00-04:00',
      '2026-11-02T00:00:00-05:00',
    ],
    ['and not the second', DAILY('00:00', '01:30'), '2026-11-01T01:10:00-05:00', '2026-11-02T00:00:00-05:00'],
  ])('%s', (_, hours, iso, expected) => {
    expect(opens(hours, iso, 'America/New_York')).toBe(expected);
  });

  // In Havana at 01:00 on Sunday 2026-11-01, which becomes midnight once more.
  test('a day with two midnights begins with the first', () => {
    const hours = [{ day: 7, from: '00:00', to: '02:00' }];
    expect(opens(hours, '2026-10-31T12:00:00-04:00', 'America/Havana')).toBe('2026-11-01T00:00:00-04:00');
    expect(opens(hours, '2026-11-01T00:30:00-05:00', 'America/Havana')).toBe('2026-11-01T00:30:00-05:00');
  });
});

test('is what watching the clock minute by minute finds, around its changes everywhere', () => {
  const CHANGES: [string, string][] = [
    ['Europe/Berlin', '2026-03-29T01:00Z'],
    ['Europe/Berlin', '2026-10-25T01:00Z'],
    ['America/New_York', '2026-11-01T06:00Z'],
    ['Africa/Cairo', '2026-04-23T22:00Z'],
    ['America/Havana', '2026-11-01T05:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
    ['America/Montevideo', '2026-11-22T12:00Z'],
  ];
  const minute = fc.integer({ min: 0, max: 24 * 60 });
  const clock = (m: number) =>
    `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`;
  const entry = fc
    .tuple(fc.integer({ min: 1, max: 7 }), minute, minute)
    .filter(([, a, b]) => a !== b)
    .map(([day, a, b]) => ({ day, from: clock(Math.min(a, b)), to: clock(Math.max(a, b)) }));
  fc.assert(
    fc.property(
      fc.constantFrom(...CHANGES),
      fc.array(entry, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: -30 * 60, max: 6 * 60 }),
      (([zone, change], hours, minutes) => {
        const start = at(change) + minutes * 60_000;
        const found = nextOpen(hours, start, zone);
        const watched = watch(hours, start, zone);
        if (watched === null) expect(found === null || found >= start + WATCHED).toBe(true);
        else expect(found).toBe(watched);
      }) satisfies (change: [string, string], hours: OpeningHours, minutes: number) => void,
    ),
    { numRuns: 40 },
  );
});

const WATCHED = 36 * 60 * 60_000;

/** An opening, by its day and place in the hours, is over for good once the clock has shown its end on that day. */
function watch(hours: OpeningHours, start: number, zone: string): number | null {
  const begun = new Set<string>();
  const over = new Set<string>();
  // From before the day began, so that all that was shown of it is known.
  for (let moment = start - 30 * 60 * 60_000; moment < start + WATCHED; moment += 60_000) {
    const local = new Date(moment + IANAZone.create(zone).offset(moment) * 60_000);
    const [date = '', shown = ''] = local.toISOString().slice(0, 16).split('T');
    for (const [index, { day, from, to }] of hours.entries()) {
      if (day % 7 !== local.getUTCDay()) continue;
      const opening = `${date} ${index}`;
      if (shown >= to) over.add(opening);
      if (shown >= from) begun.add(opening);
      if (moment >= start && begun.has(opening) && !over.has(opening)) return moment;
    }
  }
  return null;
}
