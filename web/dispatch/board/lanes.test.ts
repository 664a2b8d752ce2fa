import { expect, test } from 'vitest';
import { anOrder } from '../../../domain/order.fixture.ts';
import { orderForManager } from '../../../domain/order-views.ts';
import type { OrderRecord } from '../../../domain/orders.ts';
import { laneOf, NOW_SHARE, shareOf } from './lanes.ts';

const NOW = Date.parse('2026-11-22T19:00:00.000Z');
const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
const range = (from: number, to: number) => ({ from: at(from), to: at(to) });
const order = (id: string, change: Partial<OrderRecord>) =>
  orderForManager(anOrder({ id, driverId: 'ana', pickupTime: null, promisedAt: null, ...change }));

test('an order reaches from its pickup to its arrival', () => {
  const eta = { pickup: range(0, 5), dropoff: range(20, 30) };
  const { blocks } = laneOf([order('one', { eta })], 'ana', NOW);
  expect(blocks).toEqual([{ orderId: 'one', from: 0.25, to: 0.5, row: 0, lateness: null }]);
  expect(NOW_SHARE).toBe(0.25);
  expect(shareOf(NOW + 90 * 60_000, NOW)).toBe(1);
});

test('what was picked up began then; what should have arrived reaches until now', () => {
  const [block] = laneOf(
    [order('one', { pickupTime: at(-15), eta: { pickup: null, dropoff: range(-10, -5) } })],
    'ana',
    NOW,
  ).blocks;
  expect(block).toMatchObject({ from: 0.125, to: 0.25 });
});

test('orders that overlap lie below each other, and those after them in the first free row', () => {
  const lane = laneOf(
    [
      order('c', { number: 3, eta: { pickup: range(50, 52), dropoff: range(60, 70) } }),
      order('a', { number: 1, eta: { pickup: range(0, 5), dropoff: range(20, 40) } }),
      order('b', { number: 2, eta: { pickup: range(5, 10), dropoff: range(25, 45) } }),
    ],
    'ana',
    NOW,
  );
  expect(lane.blocks.map(({ orderId, row }) => [orderId, row])).toEqual([
    ['a', 0],
    ['b', 1],
    ['c', 0],
  ]);
  expect(lane.rows).toBe(2);
});

test('what has no estimate, or is too far off, is named beside the lane; others’ and ended ones are not', () => {
  const lane = laneOf(
    [
      order('unknown', { eta: { pickup: null, dropoff: null } }),
      order('done', { status: 'delivered' }),
      order('other', { driverId: 'bruno' }),
    ],
    'ana',
    NOW,
  );
  expect(lane).toEqual({ blocks: [], rows: 1, unestimated: ['unknown'] });
});

test('even a short order can be pressed', () => {
  const eta = { pickup: range(10, 10), dropoff: range(10, 10) };
  const [block] = laneOf([order('one', { eta })], 'ana', NOW).blocks;
  expect((block?.to ?? 0) - (block?.from ?? 0)).toBeCloseTo(0.06);
});
