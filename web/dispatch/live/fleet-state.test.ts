import { expect, test } from 'vitest';
import { anOrder } from '../../../domain/order.fixture.ts';
import { orderForManager } from '../../../domain/order-views.ts';
import type { DriverRecord, OrderRecord } from '../../../domain/orders.ts';
import { emptyFleet, type FleetEvent, type FleetState, reduceFleet } from './fleet-state.ts';
import type { ManagerMessage } from './read-message.ts';

const AT = '2026-11-22T12:00:00.000Z';
const NOW = Date.parse(AT);
const order = (change: Partial<OrderRecord> = {}) => orderForManager(anOrder(change));
const driver = (change: Partial<DriverRecord> = {}): DriverRecord => ({
  ...{ id: 'ana', name: 'Ana', vehicleType: 'bicycle', status: 'available', version: 1, location: null },
  ...change,
});
const fix = (fixedAt: string, lat = -34.9) => ({
  ...{ type: 'location' as const, driverId: 'ana', lat, lng: -56.2, accuracy: 5, heading: 90, speed: 3 },
  ...{ fixedAt, source: 'app' as const },
});

let seq = 0;
type Body = ManagerMessage extends infer M
  ? M extends unknown
    ? Omit<M, 'v' | 'epoch' | 'seq' | 'at'>
    : never
  : never;
const message = (body: Body, envelope: { epoch?: string; seq?: number } = {}): FleetEvent => {
  seq = envelope.seq ?? seq + 1;
  // Each body is of one type of message, and the envelope completes it.
  const whole = { v: 1, at: AT, epoch: 'one', ...envelope, seq, ...body } as ManagerMessage;
  return { type: 'message', message: whole, receivedAt: NOW - 500 };
};
const snapshot = (orders = [order()], drivers = [driver()], envelope = {}): FleetEvent =>
  message({ type: 'snapshot', orders, drivers, recovered: false }, envelope);
const after = (...events: FleetEvent[]): FleetState => reduceFleet(emptyFleet(), events);
const { id } = order();

test('a snapshot is all there is, and tells the server’s clock', () => {
  const state = after(snapshot());
  expect([...state.orders.keys()]).toEqual([id]);
  expect([...state.drivers.keys()]).toEqual(['ana']);
  expect(state).toMatchObject({ isLoaded: true, clockOffset: 500, position: { epoch: 'one' } });
  expect(emptyFleet().isLoaded).toBe(false);
});

test('an order never goes back to an older version', () => {
  const state = after(
    snapshot([order({ version: 7, status: 'arrived_at_dropoff' })]),
    message({ type: 'order', order: order({ version: 6 }) }),
    { type: 'order', order: order({ version: 6 }) },
    { type: 'listed', orders: [order({ version: 6 })], drivers: [driver()] },
  );
  expect(state.orders.get(id)).toMatchObject({ version: 7, status: 'arrived_at_dropoff' });
});

test('what the API answers at the same version does not undo the room’s estimate', () => {
  const eta = { pickup: null, dropoff: { from: AT, to: AT } };
  const state = after(snapshot(), message({ type: 'eta', orderId: id, eta }), {
    type: 'order',
    order: order(),
  });
  expect(state.orders.get(id)?.eta).toEqual(eta);
});

test('an answer that is ahead of the room counts, and its message afterwards changes nothing', () => {
  const answered = after(snapshot(), { type: 'order', order: order({ version: 7, driverId: null }) });
  expect(answered.orders.get(id)?.driverId).toBeNull();
  const later = reduceFleet(answered, [message({ type: 'order', order: order({ version: 6 }) })]);
  expect(later.orders).toBe(answered.orders);
});

test('a message of the past of the same epoch is passed over, another epoch begins anew', () => {
  const state = after(snapshot([], [], { seq: 10 }), message({ type: 'order', order: order() }, { seq: 4 }));
  expect(state.orders.size).toBe(0);
  const restarted = reduceFleet(state, [snapshot([order()], [driver()], { epoch: 'two', seq: 1 })]);
  expect(restarted.orders.size).toBe(1);
  expect(restarted.position).toEqual({ epoch: 'two', seq: 1 });
});

test('who is not in a new snapshot is gone; an order that ended before our eyes stays in sight', () => {
  const delivered = order({ version: 9, status: 'delivered' });
  const state = after(
    snapshot([order(), order({ id: 'other' })]),
    message(fix(AT)),
    message({ type: 'order', order: delivered }),
    snapshot([], []),
  );
  expect([...state.orders.values()]).toEqual([delivered]);
  expect(state.drivers.size + state.locations.size).toBe(0);
});

test('of the orders that ended only the last thirty stay', () => {
  const begin = snapshot();
  const ended = Array.from({ length: 40 }, (_, n) =>
    message({ type: 'order', order: order({ id: `ended-${n}`, status: 'delivered' }) }),
  );
  const { orders } = after(begin, ...ended);
  expect(orders.size).toBe(31);
  expect([orders.has('ended-9'), orders.has('ended-10'), orders.has(id)]).toEqual([false, true, true]);
});

test('the newest fix wins, wherever it comes from', () => {
  const old = { lat: -34, lng: -56, heading: null, speed: null, fixedAt: '2026-11-22T11:00:00.000Z' };
  const state = after(
    snapshot([], [driver({ location: old })]),
    message(fix('2026-11-22T12:00:02.000Z', -34.92)),
    message(fix('2026-11-22T12:00:01.000Z', -34.91)),
    message({ type: 'driver', driver: driver({ version: 2, location: old }) }),
  );
  expect(state.locations.get('ana')).toMatchObject({ lat: -34.92 });
  expect(state.locations.get('ana')).not.toHaveProperty('seq');
});

test('fixes leave lists alone, so that nothing is drawn anew but the map', () => {
  const before = after(snapshot());
  const state = reduceFleet(before, [message(fix(AT)), message(fix('2026-11-22T12:00:01.000Z'))]);
  expect(state.orders).toBe(before.orders);
  expect(state.drivers).toBe(before.drivers);
  expect(state.locations).not.toBe(before.locations);
});

test('the state before is not touched', () => {
  const before = after(snapshot());
  reduceFleet(before, [message({ type: 'order', order: order({ version: 9, status: 'delivered' }) })]);
  expect(before.orders.get(id)?.version).toBe(6);
});
