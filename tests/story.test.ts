import { expect, test } from 'vitest';
import type { OrderForManager } from '../domain/orders.ts';
import { createClient, eventually } from './support/client.ts';
import { joinRoom, type RoomAddress } from './support/room.ts';
import { changeStatus, createOrder, follow, hireDriver, openShop, trackingPath } from './support/shop.ts';
import { createSystem } from './support/system.ts';

type Tracking = { order: { status: string; deliveryTime: string | null }; driver: { name: string } | null };

test('an order goes from the API to the doorstep, live, and survives kill -9 of every process', async () => {
  const system = await createSystem();
  const first = await system.start();
  const api = createClient(system.url);
  const { manager, apiKey } = await openShop(api);
  const driver = await hireDriver(api, manager);

  const order = await createOrder(api, apiKey);
  expect(order).toMatchObject({ status: 'created', number: 1, driverId: null });
  const customer = await follow(api, order);
  await customer.received(({ type }) => type === 'snapshot');

  await api.call('POST', `/v1/orders/${order.id}/assign`, { token: manager, body: { driverId: driver.id } });
  const phone = joinRoom(await api.call<RoomAddress>('GET', '/v1/fleet/room', { token: driver.token }));
  // Whether the assignment came before the phone or after it.
  await phone.received(
    (message) =>
      message.type === 'order' ||
      (message.type === 'snapshot' && 'orders' in message && message.orders.length === 1),
  );
  for (const status of ['picked_up', 'enroute_to_dropoff']) {
    await changeStatus(api, driver.token, order.id, status);
  }
  await customer.received(
    (message) => message.type === 'status' && message.order.status === 'enroute_to_dropoff',
  );
  phone.send({
    type: 'fix',
    seq: 1,
    fixedAt: new Date().toISOString(),
    lat: -34.905,
    lng: -56.19,
    accuracy: 5,
  });
  const seen = await customer.received(({ type }) => type === 'location');
  expect(seen).toMatchObject({ lat: -34.905, lng: -56.19, driverId: driver.id, source: 'app' });

  const before = customer.messages.length;
  await system.killAll(first);
  const second = await system.start();
  expect(second.log()).not.toContain('error');

  const kept = await api.call<OrderForManager>('GET', `/v1/orders/${order.id}`, { token: apiKey });
  expect(kept).toMatchObject({ status: 'enroute_to_dropoff', driverId: driver.id, version: 4 });
  await customer.received(({ type }) => type === 'snapshot', before);
  // The phone's socket finds the rooms again by itself too, with the token it has.
  await eventually(async () => (phone.socket.readyState === WebSocket.OPEN ? true : undefined));
  const now = Date.now();
  for (const [seq, lat] of [
    [2, -34.9051],
    [3, -34.9052],
  ] as const) {
    phone.send({
      type: 'fix',
      seq,
      fixedAt: new Date(now + (seq - 3) * 1000).toISOString(),
      lat,
      lng: -56.19,
    });
  }
  await customer.received((message) => message.type === 'location' && message.lat === -34.9052, before);

  await changeStatus(api, driver.token, order.id, 'delivered');
  await customer.received(
    (message) => message.type === 'status' && message.order.status === 'delivered',
    before,
  );
  const end = await api.call<Tracking>('GET', trackingPath(order));
  expect(end).toMatchObject({ order: { status: 'delivered' }, driver: null, location: null });

  expect(await second.end('SIGTERM')).toBe(0);
  await system.start();
  const { data: log } = await api.call<{ data: { status: string; version: number }[] }>(
    'GET',
    `/v1/orders/${order.id}/updates`,
    { token: apiKey },
  );
  expect(log.map(({ status }) => status)).toEqual([
    'created',
    'assigned',
    'picked_up',
    'enroute_to_dropoff',
    'delivered',
  ]);
  const trail = await api.call<{ geometry: { coordinates: number[][] } }>(
    'GET',
    `/v1/orders/${order.id}/trail`,
    { token: manager },
  );
  expect(trail.geometry.coordinates).toEqual([
    [-56.19, -34.9051],
    [-56.19, -34.9052],
  ]);
}, 120_000);
