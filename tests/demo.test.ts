import { expect, test } from 'vitest';
import { createClient } from './support/client.ts';
import { joinRoom, type RoomAddress } from './support/room.ts';
import { createSystem } from './support/system.ts';

type Placed = { dropoff: { address: string; location: { lat: number; lng: number } }; trackingUrl: string };

test('the demo city lives: an order comes in, is assigned, and its driver moves; and it finds real addresses', async () => {
  const system = await createSystem({ DROPMATE_DEMO: 'on' });
  const program = await system.start();
  const [, email, password] = await program.printed(/Demo manager\s+(\S+)\s+password (\S+)/);
  const api = createClient(system.url);
  const { accessToken: token } = await api.call<{ accessToken: string }>('POST', '/v1/auth/login', {
    body: { email, password },
  });

  const fleet = joinRoom(await api.call<RoomAddress>('GET', '/v1/fleet/room', { token }));
  await fleet.received((message) => message.type === 'order' && message.order.status === 'assigned');
  const first = await fleet.received(({ type }) => type === 'location');
  await fleet.received(
    (message) =>
      message.type === 'location' &&
      first.type === 'location' &&
      message.driverId === first.driverId &&
      message.lat !== first.lat,
  );

  const order = await api.call<Placed>('POST', '/v1/orders', {
    token,
    status: 201,
    body: { dropoff: { address: 'Bulevar Artigas 1500', contact: { name: 'Julia Sosa' } } },
  });
  expect(order.dropoff.location).toMatchObject({
    lat: expect.closeTo(-34.9, 1),
    lng: expect.closeTo(-56.16, 1),
  });
  const tile = await fetch(`${system.url}/tiles/15/11269/19778.svg`);
  expect(tile.headers.get('Content-Type')).toContain('image/svg+xml');
  expect((await fetch(order.trackingUrl)).status).toBe(200);
}, 90_000);
