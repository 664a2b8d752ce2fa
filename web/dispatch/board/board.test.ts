import { expect, test } from 'vitest';
import { anOrder } from '../../../domain/order.fixture.ts';
import { orderForManager } from '../../../domain/order-views.ts';
import type { DriverRecord, OrderForManager, OrderRecord } from '../../../domain/orders.ts';
import { emptyFleet, type FleetState } from '../live/fleet-state.ts';
import { boardRows, countOrders, countStops, holdRows } from './board.ts';
import { type Filters, matchesText, NO_FILTERS } from './filters.ts';

const NOW = Date.parse('2026-11-22T19:30:00.000Z');
const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
const order = (id: string, change: Partial<OrderRecord> = {}): OrderForManager =>
  orderForManager(anOrder({ id, promisedAt: null, ...change }));
const ana: DriverRecord = {
  ...{
    id: 'ana',
    name: 'Ana Núñez',
    vehicleType: 'bicycle',
    status: 'available',
    version: 1,
    location: null,
  },
};
const fleet = (...orders: OrderForManager[]): FleetState => ({
  ...emptyFleet(),
  orders: new Map(orders.map((one) => [one.id, one])),
  drivers: new Map([['ana', ana]]),
});
const rows = (state: FleetState, filters: Partial<Filters> = {}) =>
  boardRows({ ...state, filters: { ...NO_FILTERS, ...filters }, now: NOW });
const onTime = { from: at(5), to: at(10) };

const day = fleet(
  order('new', { status: 'created', promisedAt: at(60), driverId: null }),
  order('newer', { status: 'created', promisedAt: at(30), driverId: null }),
  order('calm', { promisedAt: at(60), driverId: 'ana', eta: { pickup: null, dropoff: onTime } }),
  order('late', { promisedAt: at(-5), driverId: 'bruno' }),
  order('failed', { status: 'failed', driverId: 'ana' }),
  order('done', { status: 'delivered', statusAt: at(-2) }),
  order('just-done', { status: 'delivered', statusAt: at(-1) }),
);

test('unassigned ones come by when they are due, the others by how late they are, the ended last', () => {
  expect(rows(day)).toEqual({
    unassigned: ['newer', 'new'],
    underway: ['failed', 'late', 'calm'],
    ended: ['just-done', 'done'],
  });
});

test.each([
  [{ show: 'unassigned' }, ['newer', 'new']],
  [{ show: 'underway' }, ['failed', 'late', 'calm']],
  [{ show: 'late' }, ['late']],
  [{ show: 'ended' }, ['just-done', 'done']],
  [{ driverId: 'ana' }, ['failed', 'calm']],
  [{ show: 'underway', driverId: 'bruno' }, ['late']],
] as const)('%j leaves %j', (filters, expected) => {
  const { unassigned, underway, ended } = rows(day, filters);
  expect([...unassigned, ...underway, ...ended]).toEqual(expected);
});

test.each([
  ['1042', true],
  ['#1042', true],
  ['web-77', true],
  ['ana perez', true],
  ['espana 2345', true],
  ['123456', true],
  ['+598', true],
  ['nunez', true],
  ['ana bulevar', true],
  ['ana artigas', false],
  ['1043', false],
  ['   ', true],
])('searching for %j finds it: %s', (text, expected) => {
  const sought = order('it', { dropoff: { ...anOrder().dropoff, address: 'Bulevar España 2345' } });
  expect(matchesText(sought, text, ana)).toBe(expected);
});

test('while a pointer rests on the list nothing moves, and what is new waits', () => {
  const before = rows(day);
  const { orders: known } = day;
  const changed = fleet(
    ...[...known.values()].filter(({ id }) => id !== 'late'),
    order('newest', { status: 'created', promisedAt: at(1), driverId: null }),
    order('new', { driverId: 'ana', status: 'assigned' }),
  );
  const held = holdRows(before, rows(changed), changed.orders);
  expect(held.waiting).toBe(1);
  expect(held.rows).toEqual({ ...before, underway: ['failed', 'calm'] });
  expect(rows(changed).unassigned).toEqual(['newest', 'newer']);
});

test('the counts are of everything that is open', () => {
  expect(countOrders(day.orders, NOW)).toEqual({ unassigned: 2, underway: 3, late: 1 });
  expect([...countStops(day.orders)]).toEqual([
    ['ana', 2],
    ['bruno', 1],
  ]);
});
