import { describe, expect, test } from 'vitest';
import { anOrder } from './order.fixture.ts';
import { STATUSES } from './order-status.ts';
import { driverForCustomer, orderForCustomer, orderForDriver, orderForManager } from './order-views.ts';
import { OrderForCustomer, OrderForDriver, OrderForManager, OrderRecord } from './orders.ts';

/** All keys of all objects in a value. */
function keysWithin(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...keysWithin(inner),
  ]);
}

test('the fixture is an order and sets all that can be set', () => {
  expect(OrderRecord.strict().parse(anOrder())).toEqual(anOrder());
});

describe('what the customer sees', () => {
  const view = orderForCustomer(anOrder());

  test('has exactly the keys of the schema', () => {
    expect(Object.keys(view).sort()).toEqual(Object.keys(OrderForCustomer.shape).sort());
    expect(OrderForCustomer.strict().parse(view)).toEqual(view);
  });

  test('never holds the link, the notes, a phone number, an e-mail or anybody else’s id', () => {
    const order = anOrder();
    const text = JSON.stringify(view);
    for (const secret of [
      order.trackingUrl,
      order.notes,
      order.externalId,
      order.merchantId,
      order.driverId,
      order.customerId,
      order.pickup.instructions,
      order.pickup.contact?.phone,
      order.dropoff.contact?.phone,
      order.dropoff.contact?.email,
    ]) {
      expect(typeof secret).toBe('string');
      expect(text).not.toContain(secret);
    }
    for (const key of [
      'trackingUrl',
      'notes',
      'driverId',
      'customerId',
      'merchantId',
      'proof',
      'stopSequence',
      'price',
    ]) {
      expect(keysWithin(view)).not.toContain(key);
    }
  });

  test('says null where nothing is known', () => {
    const bare = orderForCustomer(anOrder({ pickup: { address: 'A' }, dropoff: { address: 'B' } }));
    expect(bare.pickup).toEqual({ address: 'A', location: null });
    expect(bare.dropoff).toEqual({
      address: 'B',
      location: null,
      name: null,
      instructions: null,
      window: null,
    });
  });

  test('tells an arrival only while there is one to wait for', () => {
    const told = STATUSES.filter((status) => orderForCustomer(anOrder({ status })).eta !== null);
    expect(told).toEqual([
      'created',
      'assigned',
      'enroute_to_pickup',
      'arrived_at_pickup',
      'picked_up',
      'enroute_to_dropoff',
      'arrived_at_dropoff',
    ]);
  });

  test('says why it ended badly, not why a driver declined it', () => {
    const told = STATUSES.filter((status) => orderForCustomer(anOrder({ status })).reason !== null);
    expect(told).toEqual(['cancelled', 'failed', 'enroute_to_return', 'returned']);
  });
});

describe('the steps a customer is told', () => {
  const at = (minute: number): string => `2026-11-22T18:${String(minute).padStart(2, '0')}:00.000Z`;
  const stepsOf = (change: Parameters<typeof anOrder>[0]) =>
    orderForCustomer(anOrder(change)).steps.map((step) => `${step.status} ${step.at?.slice(14, 16) ?? '-'}`);

  test('are the usual five, with the times of those that happened', () => {
    expect(
      stepsOf({ status: 'picked_up', steps: { created: at(0), assigned: at(5), picked_up: at(40) } }),
    ).toEqual(['created 00', 'assigned 05', 'picked_up 40', 'arrived_at_dropoff -', 'delivered -']);
  });

  test('forget a delivery that was taken back', () => {
    const steps = {
      created: at(0),
      assigned: at(5),
      picked_up: at(20),
      delivered: at(40),
      arrived_at_dropoff: at(41),
    };
    expect(stepsOf({ status: 'arrived_at_dropoff', steps }).slice(3)).toEqual([
      'arrived_at_dropoff 41',
      'delivered -',
    ]);
  });

  test('forget an assignment that was taken back', () => {
    expect(stepsOf({ status: 'created', steps: { created: at(0), assigned: at(5) } })[1]).toBe('assigned -');
  });

  test('forget the arrival of an attempt that failed, when there is another', () => {
    const steps = {
      created: at(0),
      picked_up: at(20),
      arrived_at_dropoff: at(30),
      failed: at(35),
      enroute_to_dropoff: at(50),
    };
    expect(stepsOf({ status: 'enroute_to_dropoff', steps })[3]).toBe('arrived_at_dropoff -');
  });

  test('of an order that ended otherwise are those that happened, and what ended it', () => {
    expect(stepsOf({ status: 'cancelled', steps: { created: at(0), cancelled: at(9) } })).toEqual([
      'created 00',
      'cancelled 09',
    ]);
    const steps = {
      created: at(0),
      assigned: at(5),
      picked_up: at(20),
      delivered: at(30),
      failed: at(35),
      returned: at(59),
    };
    expect(stepsOf({ status: 'returned', steps })).toEqual([
      'created 00',
      'assigned 05',
      'picked_up 20',
      'failed 35',
      'returned 59',
    ]);
  });
});

describe('what the driver sees', () => {
  const view = orderForDriver(anOrder());

  test('has exactly the keys of the schema', () => {
    expect(Object.keys(view).sort()).toEqual(Object.keys(OrderForDriver.shape).sort());
    expect(OrderForDriver.strict().parse(view)).toEqual(view);
  });

  test('never holds the customer’s link or id, nor the merchant’s', () => {
    const order = anOrder();
    for (const secret of [order.trackingUrl, order.customerId, order.merchantId]) {
      expect(typeof secret).toBe('string');
      expect(JSON.stringify(view)).not.toContain(secret);
    }
    for (const key of ['trackingUrl', 'customerId', 'merchantId', 'pin']) {
      expect(Object.keys(view)).not.toContain(key);
    }
  });

  test('holds what the door needs: whom to call, what to collect, what to prove', () => {
    const order = anOrder();
    expect(view).toMatchObject({
      dropoff: order.dropoff,
      cashOnDelivery: order.cashOnDelivery,
      proof: order.proof,
      notes: order.notes,
    });
  });
});

test('a manager sees all of it but the merchant they are', () => {
  const { merchantId: _, ...rest } = anOrder();
  expect(orderForManager(anOrder())).toEqual(rest);
  expect(OrderForManager.strict().parse(orderForManager(anOrder()))).toEqual(rest);
});

test('a column that is added to the order reaches neither customer nor driver', () => {
  const order = { ...anOrder(), margin: 12 };
  expect(orderForCustomer(order)).not.toHaveProperty('margin');
  expect(orderForDriver(order)).not.toHaveProperty('margin');
});

test('a customer learns the first name of the driver', () => {
  expect(driverForCustomer({ name: ' Bruno  Silva Souza', vehicleType: 'bicycle' })).toEqual({
    name: 'Bruno',
    vehicleType: 'bicycle',
  });
  expect(driverForCustomer({ name: '', vehicleType: 'foot' }).name).toBe('');
});
