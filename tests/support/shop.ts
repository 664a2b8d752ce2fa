import type { OrderForManager } from '../../domain/orders.ts';
import type { Client } from './client.ts';
import { joinRoom, type RoomAddress } from './room.ts';

type Session = { accessToken: string; refreshToken: string };
export type Hired = { id: string; token: string };

export const DROPOFF = {
  address: 'Bulevar Artigas 1500',
  location: { lat: -34.9, lng: -56.165 },
  contact: { name: 'Julia Sosa', phone: '+598 99 123 456' },
};

let shops = 0;

/** A merchant signs up and makes a key for its web shop. */
export async function openShop(api: Client): Promise<{ manager: string; apiKey: string }> {
  const { accessToken: manager } = await api.call<Session>('POST', '/v1/merchants', {
    status: 201,
    body: {
      name: 'Café Sur',
      email: `maria${++shops}@cafesur.test`,
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
export async function hireDriver(api: Client, manager: string): Promise<Hired> {
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

export const createOrder = (api: Client, token: string): Promise<OrderForManager> =>
  api.call('POST', '/v1/orders', { token, status: 201, body: { dropoff: DROPOFF } });

export const changeStatus = (
  api: Client,
  token: string,
  orderId: string,
  status: string,
): Promise<OrderForManager> => api.call('POST', `/v1/orders/${orderId}/status`, { token, body: { status } });

/** The path of an order's tracking view. */
export const trackingPath = (order: OrderForManager): string =>
  `/v1/tracking/${order.trackingUrl?.split('/t/')[1]}`;

/** Opens the customer's live view, as the page does: a token of its own for each connection. */
export async function follow(api: Client, order: OrderForManager) {
  const path = `${trackingPath(order)}/room`;
  const address = await api.call<RoomAddress>('GET', path);
  return joinRoom(address, async () => (await api.call<RoomAddress>('GET', path)).token);
}
