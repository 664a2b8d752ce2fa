import { expect, test } from 'vitest';
import type { OrderForManager } from '../domain/orders.ts';
import { type Client, createClient, eventually } from './support/client.ts';
import { joinRoom, type RoomAddress } from './support/room.ts';
import { createSystem } from './support/system.ts';

type Session = { accessToken: string; refreshToken: string };
type Tracking = { order: { status: string; deliveryTime: string | null }; driver: { name: string } | null };

const DROPOFF = {
  address: 'Bulevar Artigas 1500',
  location: { lat: -34.9, lng: -56.165 },
  contact: { name: 'Julia Sosa', phone: '+598 99 123 456' },
};

test('an order goes from the API to the doorstep, live, and survives kill -9 of every process', async () => {
  const system = await createSystem();
  const first = await system.start();
  const api = createClient(system.url);
  const { manager, apiKey } = await openShop(api);
  const driver = await hireDriver(api, manager);

  const order = await api.call<OrderForManager>('POST', '/v1/orders', {
    token: apiKey,
    body: { dropoff: DROPOFF },
    status: 201,
  });
  expect(order).toMatchObject({ status: 'created', number: 1, driverId: null });
  const link = `/v1/tracking/${order.trackingUrl?.split('/t/')[1]}`;
  const customer = joinRoom(await api.call<RoomAddress>('GET', `${link}/room`), async () =>
    api.call<RoomAddress>('GET', `${link}/room`).then(({ token }) => token),
  );
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
    await api.call('POST', `/v1/orders/${order.id}/status`, { token: driver.token, body: { status } });
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
  phone.send({ type: 'fix', seq: 2, fixedAt: new Date().toISOString(), lat: -34.902, lng: -56.18 });
  phone.send({ type: 'fix', seq: 3, fixedAt: new Date(Date.now() + 1).toISOString(), lat: -34.90201, lng: -56.18001 });
  await customer.received((message) => message.type === 'location' && message.lat < -34.9, before);

  await api.call('POST', `/v1/orders/${order.id}/status`, {
    token: driver.token,
    body: { status: 'delivered' },
  });
  await customer.received(
    (message) => message.type === 'status' && message.order.status === 'delivered',
    before,
  );
  const end = await api.call<Tracking>('GET', link);
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
  expect(trail.geometry.coordinates).toContainEqual([-56.18, -34.902]);
}, 120_000);

/** A merchant signs up and makes a key for its web shop. */
async function openShop(api: Client): Promise<{ manager: string; apiKey: string }> {
  const { accessToken: manager } = await api.call<Session>('POST', '/v1/merchants', {
    status: 201,
    body: {
      name: 'Café Sur',
      email: 'maria@cafesur.test',
      password: 'correct horse battery',
      timezone: 'America/Montevideo',
      address: 'Ituzaingó 1480',
      location: { lat: -34.907, lng: -56.2026 },
    },
  });
  const { key } = await api.call<{ key: string }>('POST', '/v1/api-keys', {
    token: manager,
    status: 201,
    body: { name: 'web shop', scopes: ['orders:read', 'orders:write'] },
  });
  return { manager, apiKey: key };
}

/** A driver is invited, accepts, and starts the shift. */
async function hireDriver(api: Client, manager: string): Promise<{ id: string; token: string }> {
  const { id, inviteUrl } = await api.call<{ id: string; inviteUrl: string }>('POST', '/v1/drivers', {
    token: manager,
    status: 201,
    body: { name: 'Ana Pérez', vehicleType: 'bicycle' },
  });
  const invitation = inviteUrl.split('/invite/')[1];
  const { accessToken: token } = await api.call<Session>('POST', '/v1/auth/invite', {
    body: { token: invitation },
  });
  await api.call('PUT', '/v1/drivers/me/shift', { token, body: { status: 'available' } });
  return { id, token };
}
