import { describe, expect, test } from 'vitest';
import {
  ACTIVE_STATUSES,
  ASSIGN_FROM,
  DRIVER_STATUSES,
  HAND_OVER_FROM,
  isActive,
  isBeforePickup,
  isCarried,
  isExplainable,
  isLegal,
  isUndo,
  legalFrom,
  legalSteps,
  type OrderStatus,
  STATUSES,
} from './order-status.ts';

/**
 * The design's table as a picture: a row is where an order is, a column where it may go (in the order of STATUSES).
 * x is legal, u only within the undo window, a dot is not.
 */
const TABLE = `
                      cr as ep ap pu ed ad de ca fa er re
  created              .  x  .  .  .  .  .  .  x  .  .  .
  assigned             x  x  x  x  x  .  .  .  x  .  .  .
  enroute_to_pickup    x  x  .  x  x  .  .  .  x  .  .  .
  arrived_at_pickup    x  x  .  .  x  .  .  .  x  .  .  .
  picked_up            .  .  .  .  .  x  x  x  .  x  .  .
  enroute_to_dropoff   .  .  .  .  .  .  x  x  .  x  .  .
  arrived_at_dropoff   .  .  .  .  .  .  .  x  .  x  .  .
  delivered            .  .  .  .  .  .  u  .  .  .  .  .
  cancelled            .  .  .  .  .  .  .  .  .  .  .  .
  failed               .  .  .  .  .  x  u  .  .  .  x  x
  enroute_to_return    .  .  .  .  .  .  .  .  .  .  .  x
  returned             .  .  .  .  .  .  .  .  .  .  .  .
`;

const rows = TABLE.trim()
  .split('\n')
  .slice(1)
  .map((line) => line.trim().split(/\s+/));

const pairs = rows.flatMap(([from, ...marks]) =>
  STATUSES.map((to, column) => ({ from: from as OrderStatus, to, mark: marks[column] })),
);

const RECEIVED = new Date('2026-11-22T12:00:00.000Z');
const later = (ms: number): Date => new Date(RECEIVED.getTime() + ms);
const TEN_MINUTES = 10 * 60_000;

describe('the table of steps', () => {
  test('the picture names every status, in their order', () => {
    expect(rows.map(([from]) => from)).toEqual([...STATUSES]);
    expect(pairs).toHaveLength(12 * 12);
    expect(pairs.every(({ mark }) => mark !== undefined && 'xu.'.includes(mark))).toBe(true);
  });

  test.each(pairs)('$from → $to is $mark', ({ from, to, mark }) => {
    const at = (now: Date): boolean => isLegal({ from, to, since: RECEIVED, now });
    expect(at(later(1000))).toBe(mark !== '.');
    expect(at(later(24 * 3_600_000))).toBe(mark === 'x');
    expect(isUndo(from, to)).toBe(mark === 'u');
    expect(legalFrom(to).includes(from)).toBe(mark === 'x');
  });
});

describe('the undo window', () => {
  test.each(['delivered', 'failed'] as const)(
    '%s can be taken back for ten minutes to the millisecond',
    (from) => {
      const question = { from, to: 'arrived_at_dropoff', since: RECEIVED } as const;
      expect(isLegal({ ...question, now: RECEIVED })).toBe(true);
      expect(isLegal({ ...question, now: later(TEN_MINUTES) })).toBe(true);
      expect(isLegal({ ...question, now: later(TEN_MINUTES + 1) })).toBe(false);
    },
  );

  test('what is legal anyway does not end with the window', () => {
    const late = later(TEN_MINUTES * 100);
    expect(legalSteps({ from: 'failed', since: RECEIVED, now: late })).toEqual([
      'enroute_to_dropoff',
      'enroute_to_return',
      'returned',
    ]);
    expect(legalSteps({ from: 'delivered', since: RECEIVED, now: late })).toEqual([]);
  });

  test('an error can name the way back while it is open', () => {
    expect(legalSteps({ from: 'delivered', since: RECEIVED, now: later(1) })).toEqual(['arrived_at_dropoff']);
  });
});

describe('groups of statuses', () => {
  test('an order gets a driver before pickup, and is handed over while carried', () => {
    expect([...ASSIGN_FROM]).toEqual(['created', 'assigned', 'enroute_to_pickup', 'arrived_at_pickup']);
    expect([...HAND_OVER_FROM]).toEqual(['picked_up', 'enroute_to_dropoff', 'arrived_at_dropoff']);
  });

  test('where a hand-over keeps the status, assigning anew is illegal', () => {
    for (const from of HAND_OVER_FROM) {
      expect(isLegal({ from, to: 'assigned', since: RECEIVED, now: RECEIVED })).toBe(false);
    }
  });

  test('an order is active until it has ended', () => {
    expect(STATUSES.filter((status) => !isActive(status))).toEqual(['delivered', 'cancelled', 'returned']);
    expect([...ACTIVE_STATUSES]).toEqual(STATUSES.filter(isActive));
    expect(
      ACTIVE_STATUSES.filter((status) => !(DRIVER_STATUSES as readonly string[]).includes(status)),
    ).toEqual(['created']);
  });

  test('before pickup and carried are apart and both with a driver', () => {
    expect(STATUSES.filter(isBeforePickup)).toEqual(['assigned', 'enroute_to_pickup', 'arrived_at_pickup']);
    expect(STATUSES.filter(isCarried)).toEqual(['picked_up', 'enroute_to_dropoff', 'arrived_at_dropoff']);
  });
});

test('what went wrong, was called off or declined may have a reason code, and what went well may not', () => {
  expect(STATUSES.filter(isExplainable)).toEqual([
    'created',
    'cancelled',
    'failed',
    'enroute_to_return',
    'returned',
  ]);
});
