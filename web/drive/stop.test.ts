import { expect, test } from 'vitest';
import { anOrder } from '../../domain/order.fixture.ts';
import { LEGAL_STEPS, STATUSES } from '../../domain/order-status.ts';
import { orderForDriver } from '../../domain/order-views.ts';
import type { OrderRecord } from '../../domain/orders.ts';
import { item, step } from './outbox/outbox.fixture.ts';
import { needsHandOver, SETTING_OFF, stopOf, stopsLeft, undoable, withWaiting } from './stop.ts';

const order = (change: Partial<OrderRecord> = {}) => orderForDriver(anOrder(change));

test('what comes next is always a legal step', () => {
  for (const status of STATUSES) {
    const next = stopOf(order({ status }))?.next;
    if (next !== undefined) expect(LEGAL_STEPS[status]).toContain(next);
    const setOff = SETTING_OFF[status];
    if (setOff !== undefined) expect(LEGAL_STEPS[status]).toContain(setOff);
  }
});

test.each([
  ['assigned', 'pickup', '18 de Julio 1234', false],
  ['picked_up', 'dropoff', 'Bulevar España 2345', false],
  ['arrived_at_dropoff', 'dropoff', 'Bulevar España 2345', true],
  ['failed', 'return', '18 de Julio 1234', false],
  ['enroute_to_return', 'return', '18 de Julio 1234', true],
] as const)('an order that is %s leads to its %s', (status, leg, address, isFinal) => {
  expect(stopOf(order({ status }))).toMatchObject({ leg, place: { address }, isFinal });
});

test.each(['created', 'delivered', 'cancelled', 'returned'] as const)(
  'one that is %s leads nowhere',
  (status) => {
    expect(stopOf(order({ status }))).toBeNull();
  },
);

test('a hand-over is asked for what the order demands', () => {
  const plain = { proof: null, cashOnDelivery: null };
  expect(needsHandOver(order(plain))).toBe(false);
  expect(needsHandOver(order({ ...plain, proof: { photo: true } }))).toBe(true);
  expect(needsHandOver(order({ ...plain, cashOnDelivery: 500 }))).toBe(true);
});

test('what the driver did is shown before the server knows', () => {
  const [a, b] = [order({ id: 'a', stopSequence: 1 }), order({ id: 'b', stopSequence: 2 })];
  const waiting = [
    item(step('a', 'arrived_at_dropoff'), { at: '2026-11-22T19:00:00.000Z' }),
    item(step('a', 'delivered'), { at: '2026-11-22T19:01:00.000Z' }),
    item({ kind: 'stops', orderIds: ['b', 'a'] }),
  ];
  const shown = withWaiting([a, b], waiting.toReversed());
  expect(shown).toMatchObject([
    { id: 'a', status: 'delivered', statusAt: '2026-11-22T19:01:00.000Z', stopSequence: 2 },
    { id: 'b', stopSequence: 1 },
  ]);
  expect(stopsLeft(shown).map((stop) => stop.order.id)).toEqual(['b']);
});

test('a failed delivery waits behind the others', () => {
  const failed = order({ id: 'a', status: 'failed', stopSequence: 1 });
  const next = order({ id: 'b', status: 'picked_up', stopSequence: 2 });
  expect(stopsLeft([failed, next]).map((stop) => stop.order.id)).toEqual(['b', 'a']);
});

test('the newest delivery can be taken back for nine minutes', () => {
  const at = (minutes: number) =>
    new Date(Date.parse('2026-11-22T19:00:00Z') + minutes * 60_000).toISOString();
  const orders = [
    order({ id: 'old', status: 'delivered', statusAt: at(-20) }),
    order({ id: 'first', status: 'failed', statusAt: at(-5) }),
    order({ id: 'last', status: 'delivered', statusAt: at(-2) }),
    order({ id: 'under way', status: 'picked_up', statusAt: at(-1) }),
  ];
  expect(undoable(orders, Date.parse(at(0)))?.id).toBe('last');
  expect(undoable(orders, Date.parse(at(7)))).toBeNull();
});
