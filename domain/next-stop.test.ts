import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { driverIsForCustomer, inStopOrder, nextStop, type StopOrder } from './next-stop.ts';
import { type OrderStatus, STATUSES } from './order-status.ts';

function order(id: string, status: OrderStatus, change: Partial<StopOrder> = {}): StopOrder {
  return { id, status, stopSequence: null, statusAt: '2026-11-22T12:00:00.000Z', ...change };
}

const stop = fc.record({
  id: fc.uuid(),
  status: fc.constantFrom(...STATUSES),
  stopSequence: fc.option(fc.integer({ min: 0, max: 5 })),
  statusAt: fc.integer({ min: 0, max: 9 }).map((minute) => `2026-11-22T12:0${minute}:00.000Z`),
});
const stops = fc.uniqueArray(stop, { selector: ({ id }) => id, maxLength: 8 });

describe('the order of the stops', () => {
  test('is what the driver heads for, then the sequence, then age', () => {
    const orders = [
      order('d', 'assigned'),
      order('c', 'assigned'),
      order('b', 'picked_up', { stopSequence: 2 }),
      order('a', 'assigned', { stopSequence: 1 }),
      order('e', 'enroute_to_dropoff', { stopSequence: 9 }),
    ];
    expect(inStopOrder(orders).map(({ id }) => id)).toEqual(['e', 'a', 'b', 'c', 'd']);
  });

  test('puts first what the driver said last', () => {
    const orders = [
      order('a', 'enroute_to_dropoff', { statusAt: '2026-11-22T12:00:00.000Z' }),
      order('b', 'enroute_to_pickup', { statusAt: '2026-11-22T12:05:00.000Z' }),
    ];
    expect(inStopOrder(orders).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  test('does not depend on the order in which they come, and leaves the given list alone', () => {
    fc.assert(
      fc.property(stops, (orders) => {
        // Two that head somewhere since the same instant may come in either order.
        const distinct = orders.map((each, index) => ({
          ...each,
          statusAt: new Date(Date.UTC(2026, 10, 22) + index).toISOString(),
        }));
        const before = structuredClone(distinct);
        const there = inStopOrder(distinct).map(({ id }) => id);
        const back = inStopOrder([...distinct].reverse()).map(({ id }) => id);
        expect(there).toEqual(back);
        expect(distinct).toEqual(before);
      }),
    );
  });
});

describe('the next stop', () => {
  test('of a driver without work is none', () => {
    expect(nextStop([])).toBeNull();
    expect(nextStop([order('a', 'failed')])).toBeNull();
  });

  test.each([
    ['assigned', 'pickup'],
    ['enroute_to_pickup', 'pickup'],
    ['arrived_at_pickup', 'pickup'],
    ['picked_up', 'dropoff'],
    ['enroute_to_dropoff', 'dropoff'],
    ['arrived_at_dropoff', 'dropoff'],
    ['enroute_to_return', 'return'],
  ] as const)('of an order that is %s is its %s', (status, leg) => {
    expect(nextStop([order('a', status)])).toEqual({ orderId: 'a', leg });
  });

  test.each(['created', 'delivered', 'cancelled', 'failed', 'returned'] as const)(
    'is never an order that is %s, even first in sequence',
    (status) => {
      const orders = [order('a', status, { stopSequence: 1 }), order('b', 'picked_up', { stopSequence: 2 })];
      expect(nextStop(orders)).toEqual({ orderId: 'b', leg: 'dropoff' });
    },
  );
});

describe('the driver is shown to a customer', () => {
  const CARRIED = ['picked_up', 'enroute_to_dropoff', 'arrived_at_dropoff'];

  test.each(STATUSES)('whose only order is %s: just while it is carried', (status) => {
    expect(driverIsForCustomer('a', [order('a', status)])).toBe(CARRIED.includes(status));
  });

  test('not before their turn: the other order is the next stop', () => {
    const orders = [
      order('a', 'picked_up', { stopSequence: 1 }),
      order('b', 'picked_up', { stopSequence: 2 }),
    ];
    expect(driverIsForCustomer('a', orders)).toBe(true);
    expect(driverIsForCustomer('b', orders)).toBe(false);
  });

  test('not while the driver detours to a pickup', () => {
    const orders = [order('a', 'picked_up', { stopSequence: 1 }), order('b', 'enroute_to_pickup')];
    expect(driverIsForCustomer('a', orders)).toBe(false);
    expect(driverIsForCustomer('b', orders)).toBe(false);
  });

  test('not while the driver brings another order back', () => {
    const orders = [order('a', 'picked_up', { stopSequence: 1 }), order('b', 'enroute_to_return')];
    expect(driverIsForCustomer('a', orders)).toBe(false);
  });

  test('as soon as the order before theirs has ended or failed', () => {
    for (const status of ['delivered', 'failed', 'returned', 'cancelled'] as const) {
      const orders = [order('a', status, { stopSequence: 1 }), order('b', 'picked_up', { stopSequence: 2 })];
      expect(driverIsForCustomer('b', orders)).toBe(true);
      expect(driverIsForCustomer('a', orders)).toBe(false);
    }
  });

  test('not to somebody whose order this driver does not have', () => {
    expect(driverIsForCustomer('x', [order('a', 'picked_up')])).toBe(false);
  });

  test('at most to one at a time, and only while that order is carried', () => {
    fc.assert(
      fc.property(stops, (orders) => {
        const seeing = orders.filter(({ id }) => driverIsForCustomer(id, orders));
        expect(seeing.length).toBeLessThanOrEqual(1);
        for (const { status } of seeing) expect(CARRIED).toContain(status);
      }),
    );
  });
});
