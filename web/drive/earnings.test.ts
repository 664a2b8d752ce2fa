import { expect, test } from 'vitest';
import { anOrder } from '../../domain/order.fixture.ts';
import { orderForDriver } from '../../domain/order-views.ts';
import type { OrderRecord } from '../../domain/orders.ts';
import { earningsOfDay } from './earnings.ts';

const order = (change: Partial<OrderRecord>) => orderForDriver(anOrder({ status: 'delivered', ...change }));

test('a day is the shop’s own, and only deliveries count', () => {
  const orders = [
    order({ deliveryTime: '2026-11-22T03:30:00.000Z', tip: 100, cashOnDelivery: 500, cashCollected: 450 }),
    order({ deliveryTime: '2026-11-23T02:30:00.000Z', tip: null, cashOnDelivery: null, cashCollected: null }),
    // Eleven at night of the day before, in Montevideo.
    order({ deliveryTime: '2026-11-22T02:00:00.000Z', tip: 1, cashCollected: 1 }),
    order({ status: 'failed', deliveryTime: null, tip: 1, cashCollected: null }),
  ];
  const now = Date.parse('2026-11-22T18:00:00.000Z');
  expect(earningsOfDay(orders, now, 'America/Montevideo')).toEqual({ deliveries: 2, tips: 100, cash: 450 });
  expect(earningsOfDay(orders, now, 'UTC').deliveries).toBe(2);
  expect(earningsOfDay([], now, 'UTC')).toEqual({ deliveries: 0, tips: 0, cash: 0 });
});
