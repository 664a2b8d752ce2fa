import { describe, expect, test } from 'vitest';
import { latenessOf, PROMISE_STATUSES } from './lateness.ts';
import { STATUSES } from './order-status.ts';
import type { OrderRecord } from './orders.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const inMinutes = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
/** Arriving in so many minutes, give or take three. */
const arriving = (minutes: number) => ({
  pickup: null,
  dropoff: { from: inMinutes(minutes - 3), to: inMinutes(minutes + 3) },
});

type Change = Partial<Parameters<typeof latenessOf>[0]>;
const lateness = (change: Change) =>
  latenessOf(
    {
      status: 'enroute_to_dropoff',
      promisedAt: inMinutes(30),
      eta: { pickup: null, dropoff: null },
      readyAt: null,
      pickup: { address: 'Shop' },
      distance: null,
      deliveryTime: null,
      ...change,
    },
    NOW,
  );

describe('an order that somebody waits for', () => {
  test.each<[string, Change, 'on_time' | 'at_risk' | 'late', number]>([
    ['is on time when it arrives before the promise', { eta: arriving(20) }, 'on_time', -600],
    ['is at risk when it will arrive after', { eta: arriving(40) }, 'at_risk', 600],
    ['is judged by the middle of its estimate', { eta: arriving(29) }, 'on_time', -60],
    ['is late past the promise', { promisedAt: inMinutes(-1) }, 'late', 60],
    ['is late by when it will arrive', { promisedAt: inMinutes(-1), eta: arriving(9) }, 'late', 600],
    [
      'is no earlier than now, though it was estimated so',
      { promisedAt: inMinutes(1), eta: arriving(-9) },
      'on_time',
      -60,
    ],
    ['at the very moment is on time', { promisedAt: inMinutes(0) }, 'on_time', 0],
    ['is on time until then without an estimate, once carried', { distance: 99_000 }, 'on_time', -1800],
  ])('%s', (_, change, state, seconds) => {
    expect(lateness(change)).toEqual({ state, seconds });
  });

  test('without a driver is at risk when it could not be brought in time any more', () => {
    // 7.2 m/s over 1.35 times as far, and two minutes at the pickup: 8 km take 27 minutes.
    const waiting: Change = { status: 'created', distance: 8000 };
    expect(lateness(waiting)).toEqual({ state: 'on_time', seconds: -180 });
    expect(lateness({ ...waiting, distance: 10_000 })).toEqual({ state: 'at_risk', seconds: 195 });
    expect(lateness({ ...waiting, readyAt: inMinutes(10) })).toEqual({ state: 'at_risk', seconds: 420 });
    expect(lateness({ ...waiting, readyAt: inMinutes(-10) })).toEqual({ state: 'on_time', seconds: -180 });
    const window = { from: inMinutes(5), to: inMinutes(50) };
    expect(lateness({ ...waiting, pickup: { address: 'Shop', window } })?.state).toBe('at_risk');
  });
});

test('what was delivered is judged by when, for good', () => {
  const delivered = (minutes: number) => lateness({ status: 'delivered', deliveryTime: inMinutes(minutes) });
  expect(delivered(-60)).toEqual({ state: 'on_time', seconds: -5400 });
  expect(delivered(30)).toEqual({ state: 'on_time', seconds: 0 });
  expect(delivered(31)).toEqual({ state: 'late', seconds: 60 });
  expect(lateness({ status: 'delivered' })).toBeNull();
});

test('nothing is late that was not promised, or that nobody waits for', () => {
  for (const status of STATUSES) {
    expect(lateness({ status, promisedAt: null, deliveryTime: inMinutes(0) })).toBeNull();
    const late = lateness({
      status,
      promisedAt: inMinutes(-5),
      deliveryTime: inMinutes(0),
    } satisfies Partial<OrderRecord>);
    const waited = PROMISE_STATUSES.includes(status) || status === 'delivered';
    expect([status, late?.state]).toEqual([status, waited ? 'late' : undefined]);
  }
});
