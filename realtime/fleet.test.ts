import { expect, test } from 'vitest';
import type { Fix } from '../domain/fix.ts';
import type { DriverRecord, OrderRecord } from '../domain/orders.ts';
import { FakeFunctions } from './conformance/fake-functions.ts';
import { Merchant } from './conformance/merchant.ts';
import { Fleet } from './fleet.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');

// Nothing is started: the merchant only makes drivers and orders.
const shop = new Merchant(new FakeFunctions(), { origin: '', stop: async () => {}, errors: [] });

function fleetOf(drivers: DriverRecord[], orders: OrderRecord[]): Fleet {
  const fleet = new Fleet();
  fleet.load({ merchant: { id: shop.id, name: 'Shop' }, drivers, orders, chats: [] });
  return fleet;
}

const fix = (seconds: number, fields: Partial<Fix> = {}): Fix => ({
  lat: -34.906,
  lng: -56.19,
  fixedAt: new Date(NOW + seconds * 1000).toISOString(),
  ...fields,
});

function take(fleet: Fleet, driverId: string, one: Fix): string {
  const driver = fleet.drivers.get(driverId);
  if (driver === undefined) throw new Error('no such driver');
  return fleet.applyFix(driver, one, 'app', NOW);
}

test('an older or repeated order changes nothing, even after the order has ended', () => {
  const order = shop.unknownOrder({ version: 3 });
  const fleet = fleetOf([], [order]);
  const changed = (fields: Partial<OrderRecord>) =>
    fleet.apply({ type: 'order', order: { ...order, ...fields } }).orders.size;
  expect(changed({ version: 2, status: 'cancelled' })).toBe(0);
  expect(changed({ version: 3, status: 'cancelled' })).toBe(0);
  expect(changed({ version: 5, status: 'cancelled' })).toBe(1);
  expect(changed({ version: 4 })).toBe(0);
  expect(fleet.orders.size).toBe(0);
  expect(fleet.order(order.id)?.status).toBe('cancelled');
});

test('a delivery that is taken back is active again', () => {
  const ana = shop.driver();
  const order = shop.unknownOrder({ status: 'delivered', version: 8, driverId: ana.id });
  const fleet = fleetOf([ana], []);
  fleet.apply({ type: 'order', order });
  expect(fleet.ordersOf(ana.id)).toEqual([]);
  fleet.apply({ type: 'order', order: { ...order, status: 'arrived_at_dropoff', version: 9 } });
  expect(fleet.ordersOf(ana.id).map((one) => one.id)).toEqual([order.id]);
});

test('a hand-over names the driver who lost the order, whichever of order and driver came first', () => {
  const [ana, beto] = [shop.driver(), shop.driver()];
  const order = shop.unknownOrder({ status: 'picked_up', driverId: ana.id });
  const fleet = fleetOf([ana], [order]);
  const change = fleet.apply({ type: 'order', order: { ...order, driverId: beto.id, version: 2 } });
  expect([...change.bereft]).toEqual([ana.id]);
  expect(fleet.delivery(order.id)).toMatchObject({ driver: null, forCustomer: false });
  fleet.apply({ type: 'driver', driver: beto });
  expect(fleet.delivery(order.id)).toMatchObject({ driver: { id: beto.id }, forCustomer: true });
});

test('the room’s newer location survives a driver event with an older one, and the reverse', () => {
  const at = { lat: -34.9, lng: -56.2, heading: null, speed: null };
  const ana = shop.driver({ location: { ...at, fixedAt: fix(-60).fixedAt } });
  const fleet = fleetOf([ana], []);
  expect(fleet.driver(ana.id)?.location?.lat).toBe(-34.9);
  expect(take(fleet, ana.id, fix(0))).toBe('accepted');
  fleet.apply({ type: 'driver', driver: { ...ana, status: 'offline', version: 2 } });
  expect(fleet.driver(ana.id)).toMatchObject({ status: 'offline', location: { lat: -34.906 } });
  fleet.apply({
    type: 'driver',
    driver: { ...ana, version: 3, location: { ...at, fixedAt: fix(20).fixedAt } },
  });
  expect(fleet.driver(ana.id)?.location?.lat).toBe(-34.9);
});

test('a driver off shift is followed only with an order', () => {
  const ana = shop.driver({ status: 'offline' });
  const fleet = fleetOf([ana], []);
  expect(take(fleet, ana.id, fix(-20))).toBe('off_shift');
  expect(fleet.drivers.get(ana.id)?.location).toBeNull();
  const order = shop.unknownOrder({ status: 'assigned', driverId: ana.id });
  fleet.apply({ type: 'order', order });
  expect(take(fleet, ana.id, fix(-10))).toBe('accepted');
  fleet.apply({ type: 'order', order: { ...order, status: 'cancelled', version: 2 } });
  expect(take(fleet, ana.id, fix(-5))).toBe('off_shift');
});

test('only good fixes move the driver', () => {
  const ana = shop.driver();
  const fleet = fleetOf([ana], []);
  expect(take(fleet, ana.id, fix(-10))).toBe('accepted');
  expect(take(fleet, ana.id, fix(-10))).toBe('duplicate');
  expect(take(fleet, ana.id, fix(-11))).toBe('out_of_order');
  expect(take(fleet, ana.id, fix(-9, { lat: 0 }))).toBe('impossible');
  expect(take(fleet, ana.id, fix(600))).toBe('future');
  expect(fleet.drivers.get(ana.id)?.location?.fixedAt).toBe(fix(-10).fixedAt);
});

test('an ETA is told when it comes to be, and then only when it has moved by minutes', () => {
  const ana = shop.driver();
  const order = shop.unknownOrder({ status: 'enroute_to_dropoff', driverId: ana.id });
  const fleet = fleetOf([ana], [order]);
  expect(fleet.estimate(ana.id, NOW)).toEqual([]);
  take(fleet, ana.id, fix(0));
  expect(fleet.estimate(ana.id, NOW)).toEqual([order.id]);
  expect(fleet.estimate(ana.id, NOW + 60_000)).toEqual([]);
  expect(fleet.estimate(ana.id, NOW + 180_000)).toEqual([order.id]);
  expect(fleet.delivery(order.id)?.order.eta.dropoff).not.toBeNull();
});

test('an event keeps the room’s estimate while the driver stays the same', () => {
  const ana = shop.driver();
  const order = shop.unknownOrder({ status: 'picked_up', driverId: ana.id });
  const fleet = fleetOf([ana], [order]);
  take(fleet, ana.id, fix(0));
  fleet.estimate(ana.id, NOW);
  const told = fleet.order(order.id)?.eta;
  fleet.apply({ type: 'order', order: { ...order, status: 'enroute_to_dropoff', version: 2 } });
  expect(fleet.order(order.id)?.eta).toEqual(told);
});

test('a driver who is removed leaves their orders without one', () => {
  const ana = shop.driver();
  const order = shop.unknownOrder({ status: 'assigned', driverId: ana.id });
  const fleet = fleetOf([ana], [order]);
  const change = fleet.apply({ type: 'driver_removed', driverId: ana.id });
  expect([[...change.drivers], [...change.orders]]).toEqual([[ana.id], [order.id]]);
  expect(fleet.delivery(order.id)).toMatchObject({ driver: null, location: null, forCustomer: false });
});

test('a driver who was removed stays so, whatever an event or a load that is late says', () => {
  const [ana, beto] = [shop.driver(), shop.driver()];
  const fleet = fleetOf([ana], []);
  fleet.apply({ type: 'driver_removed', driverId: ana.id });
  // Beto's removal comes before anybody here has heard of Beto.
  fleet.apply({ type: 'driver_removed', driverId: beto.id });
  for (const driver of [ana, beto]) {
    expect(fleet.apply({ type: 'driver', driver: { ...driver, version: 9 } }).drivers.size).toBe(0);
  }
  fleet.load({ merchant: { id: shop.id, name: 'Shop' }, drivers: [ana, beto], orders: [], chats: [] });
  expect(fleet.drivers.size).toBe(0);
});

test('an order with a chat is known as one, whatever is heard of first', () => {
  const [order, other] = [shop.order(), shop.order()];
  const fleet = fleetOf([], [other]);
  fleet.noteChat(order.id);
  fleet.apply({ type: 'order', order });
  expect(fleet.delivery(order.id)).toMatchObject({ hasChat: true });
  expect(fleet.delivery(other.id)).toMatchObject({ hasChat: false });
  const { id } = shop;
  fleet.load({ merchant: { id, name: 'Shop' }, drivers: [], orders: [], chats: [other.id] });
  expect(fleet.delivery(other.id)).toMatchObject({ hasChat: true });
});

test('a robot of the sandbox may cross the town in a moment, and another driver may not', () => {
  const [robot, ana] = [shop.driver(), shop.driver()];
  const fleet = fleetOf([ana], []);
  fleet.apply({ type: 'driver', driver: robot, robot: true });
  expect([robot, ana].map(({ id }) => fleet.isRobot(id))).toEqual([true, false]);
  const [from, to] = [fix(-2), fix(-1, { lat: -34.8 })];
  for (const [{ id }, source, verdict] of [
    [robot, 'sandbox', 'accepted'],
    [ana, 'app', 'impossible'],
  ] as const) {
    const driver = fleet.drivers.get(id);
    if (driver === undefined) throw new Error('no such driver');
    expect(fleet.applyFix(driver, from, source, NOW)).toBe('accepted');
    expect(fleet.applyFix(driver, to, source, NOW)).toBe(verdict);
    // Nor does it go back in time.
    expect(fleet.applyFix(driver, from, source, NOW)).toBe(
      verdict === 'accepted' ? 'out_of_order' : 'duplicate',
    );
  }
});
