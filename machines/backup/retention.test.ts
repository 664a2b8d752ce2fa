import { describe, expect, test } from 'vitest';
import { chooseKept, type Policy } from './retention.ts';

const policy: Policy = { hourly: 2, daily: 2, weekly: 2, monthly: 2 };
const kept = (times: string[], rules = policy): string[] => {
  const backups = times.map((time) => ({ time, at: new Date(`${time}Z`) }));
  return [...chooseKept(backups, rules)].map(({ time }) => time).sort();
};

describe('which backups stay', () => {
  const none = { hourly: 0, daily: 0, weekly: 0, monthly: 0 };
  const cases: [string, Partial<Policy>, string[], string[]][] = [
    ['nothing of nothing', policy, [], []],
    ['the newest, whatever the rules', none, ['2026-11-01T10:00', '2026-11-01T09:00'], ['2026-11-01T10:00']],
    [
      'the newest of each of the last hours',
      { hourly: 2 },
      ['2026-11-01T10:50', '2026-11-01T10:10', '2026-11-01T09:59', '2026-11-01T08:00'],
      ['2026-11-01T09:59', '2026-11-01T10:50'],
    ],
    [
      'hours without a backup are not counted',
      { hourly: 2 },
      ['2026-11-01T10:00', '2026-10-01T03:00', '2026-09-01T03:00'],
      ['2026-10-01T03:00', '2026-11-01T10:00'],
    ],
    [
      'days change at midnight UTC',
      { daily: 2 },
      ['2026-11-02T00:00', '2026-11-01T23:59', '2026-11-01T00:00', '2026-10-31T23:59'],
      ['2026-11-01T23:59', '2026-11-02T00:00'],
    ],
    [
      'weeks change on Monday',
      { weekly: 2 },
      ['2026-11-23T00:00', '2026-11-22T23:59', '2026-11-16T00:00', '2026-11-15T23:59'],
      ['2026-11-22T23:59', '2026-11-23T00:00'],
    ],
    [
      'months change with the calendar, over a year as well',
      { monthly: 3 },
      ['2027-01-01T00:00', '2026-12-31T23:59', '2026-12-01T00:00', '2026-11-30T12:00', '2026-10-30T12:00'],
      ['2026-11-30T12:00', '2026-12-31T23:59', '2027-01-01T00:00'],
    ],
    ['the order is no matter', { hourly: 1 }, ['2026-11-01T09:00', '2026-11-01T10:00'], ['2026-11-01T10:00']],
  ];
  test.each(cases)('%s', (_, rules, times, expected) => {
    expect(kept(times, { ...none, ...rules })).toEqual(expected);
  });

  test('a year of hourly backups leaves 24 hours, 14 days, 8 weeks and 12 months', () => {
    const newest = Date.UTC(2026, 10, 22, 11);
    const year = Array.from({ length: 365 * 24 }, (_, hour) => ({ at: new Date(newest - hour * 3_600_000) }));
    const left = chooseKept(year);
    // Fewer than the sum: an hour's newest may be its day's too.
    expect(left.size).toBeLessThanOrEqual(24 + 14 + 8 + 12);
    const age = (days: number) => [...left].some(({ at }) => newest - at.getTime() >= days * 86_400_000);
    expect([age(13), age(49), age(320), age(366)]).toEqual([true, true, true, false]);
    // Pruning what was pruned changes nothing.
    expect(chooseKept([...left])).toEqual(left);
  });
});
