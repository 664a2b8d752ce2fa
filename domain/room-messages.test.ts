import { describe, expect, test } from 'vitest';
import { anOrder } from './order.fixture.ts';
import { orderForCustomer, orderForDriver, orderForManager } from './order-views.ts';
import {
  CLOSE,
  ClientMessage,
  DeliveryMessage,
  FleetMessage,
  ROOM_ERRORS,
  RoomClaims,
} from './room-messages.ts';

const ORDER = '0198a000-0000-7000-8000-000000000001';
const DRIVER = '0198a000-0000-7000-8000-000000000003';
const AT = '2026-11-22T12:00:00.000Z';
const envelope = { v: 1, epoch: 'e1', seq: 7, at: AT };
const location = {
  driverId: DRIVER,
  lat: -34.9,
  lng: -56.2,
  accuracy: 5,
  heading: null,
  speed: null,
  fixedAt: AT,
  source: 'app',
};
const driver = {
  id: DRIVER,
  name: 'Bruno Silva',
  vehicleType: 'bicycle',
  status: 'available',
  version: 3,
  location: null,
};
const eta = { pickup: null, dropoff: { from: AT, to: AT } };

describe('what a client may send', () => {
  const fix = { type: 'fix', seq: 0, fixedAt: AT, lat: -34.9, lng: -56.2 };

  test.each([
    fix,
    { ...fix, accuracy: 5, heading: 12, speed: 3.1, battery: 0.5 },
    { type: 'ping' },
    { type: 'renew', token: 'eyJ.a.b' },
    { type: 'message', id: ORDER, text: 'x'.repeat(1000) },
    { type: 'read', id: ORDER },
  ])('%o', (message) => {
    expect(ClientMessage.parse(message)).toEqual(message);
  });

  test.each([
    { ...fix, seq: -1 },
    { ...fix, seq: 1.5 },
    { ...fix, lat: 91 },
    { ...fix, heading: -1 },
    { ...fix, driverId: DRIVER },
    { type: 'fix', seq: 1, lat: 1, lng: 1 },
    { type: 'renew', token: 'x'.repeat(2049) },
    { type: 'ping', more: true },
    { type: 'message', id: ORDER, text: 'x'.repeat(1001) },
    { type: 'message', id: ORDER, text: ' ' },
    { type: 'message', id: ORDER, text: 'a\0' },
    { type: 'message', id: '1', text: 'hi' },
    { type: 'message', id: ORDER, text: 'hi', from: 'manager' },
    { type: 'read', id: '1' },
    { type: 'read' },
    { type: 'status', order: {} },
    { type: 'toString' },
    {},
    [[]],
    null,
    'ping',
  ])('not %o', (message) => {
    expect(ClientMessage.safeParse(message).success).toBe(false);
  });
});

describe('what a delivery room sends', () => {
  const snapshot = {
    ...envelope,
    type: 'snapshot',
    driver: null,
    location: null,
    messages: [],
    recovered: false,
  };

  test.each([
    ['customer', orderForCustomer(anOrder())],
    ['driver', orderForDriver(anOrder())],
    ['manager', orderForManager(anOrder())],
  ])('the %s’s view goes through whole', (_, order) => {
    expect(DeliveryMessage.parse({ ...snapshot, order })).toEqual({ ...snapshot, order });
    const status = { ...envelope, type: 'status', order, driver: null, location: null };
    expect(DeliveryMessage.parse(status)).toEqual(status);
  });

  test.each([
    { ...envelope, type: 'location', ...location },
    { ...envelope, type: 'eta', eta },
    { ...envelope, type: 'eta', eta: { from: AT, to: AT } },
    { ...envelope, type: 'eta', eta: null },
    { ...envelope, type: 'pong' },
    { ...envelope, type: 'error', code: 'too_fast', detail: ROOM_ERRORS.too_fast },
    { ...envelope, type: 'error', code: 'not_stored', detail: ROOM_ERRORS.not_stored, id: ORDER },
    { ...envelope, type: 'message', id: ORDER, from: 'driver', text: 'At the door' },
    { ...envelope, type: 'read', by: 'customer', upTo: AT },
  ])('%o', (message) => {
    expect(DeliveryMessage.parse(message)).toEqual(message);
  });

  test('who wrote is a side, and nothing more', () => {
    const message = { id: ORDER, from: 'driver', text: 'At the door', at: AT };
    const order = orderForCustomer(anOrder());
    const messages = [{ ...message, senderId: DRIVER }];
    const seen = DeliveryMessage.parse({ ...snapshot, order, messages, reads: { manager: AT } });
    expect(seen).toMatchObject({ messages: [message], reads: { manager: AT } });
    expect(JSON.stringify(seen)).not.toContain(DRIVER);
  });

  test('a driver whom the customer sees is a first name and a vehicle', () => {
    const order = orderForCustomer(anOrder());
    const seen = DeliveryMessage.parse({ ...snapshot, order, driver: { ...driver, phone: '+598' } });
    expect(seen).toMatchObject({ driver: { name: 'Bruno Silva', vehicleType: 'bicycle' } });
    expect(JSON.stringify(seen)).not.toContain('+598');
  });

  test.each(['v', 'epoch', 'seq', 'at'])('every message carries %s', (key) => {
    const { [key as 'v']: _, ...rest } = { ...envelope, type: 'pong' };
    expect(DeliveryMessage.safeParse(rest).success).toBe(false);
    expect(FleetMessage.safeParse(rest).success).toBe(false);
  });

  test('another version of the protocol is not this one', () => {
    expect(DeliveryMessage.safeParse({ ...envelope, v: 2, type: 'pong' }).success).toBe(false);
  });
});

describe('what a fleet room sends', () => {
  const order = orderForManager(anOrder());

  test.each([
    {
      ...envelope,
      type: 'snapshot',
      drivers: [driver],
      orders: [order, orderForDriver(anOrder())],
      recovered: true,
    },
    { ...envelope, type: 'driver', driver },
    { ...envelope, type: 'order', order },
    { ...envelope, type: 'location', ...location },
    { ...envelope, type: 'eta', orderId: ORDER, eta },
    { ...envelope, type: 'pong' },
  ])('$type', (message) => {
    expect(FleetMessage.parse(message)).toEqual(message);
  });

  test('never a customer’s view', () => {
    expect(
      FleetMessage.safeParse({ ...envelope, type: 'order', order: orderForCustomer(anOrder()) }).success,
    ).toBe(false);
  });
});

test('a room token names a party, a room and an audience', () => {
  const claims = {
    sub: 'user',
    exp: 1_800_000_000,
    merchant: ORDER,
    party: 'delivery-room',
    room: ORDER,
    audience: 'customer',
  };
  expect(RoomClaims.parse(claims)).toEqual(claims);
  expect(RoomClaims.parse({ ...claims, readOnly: true })).toEqual({ ...claims, readOnly: true });
  for (const wrong of [{ party: 'lobby' }, { audience: 'admin' }, { room: '../x' }, { exp: undefined }]) {
    expect(RoomClaims.safeParse({ ...claims, ...wrong }).success).toBe(false);
  }
});

test('the codes that tell a client to stop are those of the contract', () => {
  expect(CLOSE).toEqual({ unauthenticated: 4401, forbidden: 4403, restart: 1012, tryAgain: 1013 });
});
