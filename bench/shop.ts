import { createClient } from '../tests/support/client.ts';

/** A merchant of its own for each client, so that limits by credential are shared by nobody. */
export type Shop = { manager: string; apiKey: string; driver: { id: string; token: string } };

type Session = { accessToken: string };

export async function openShop(url: string, number: number): Promise<Shop> {
  const api = createClient(url);
  const { accessToken: manager } = await api.call<Session>('POST', '/v1/merchants', {
    body: {
      name: `Café ${number}`,
      email: `maria${number}@bench.test`,
      password: 'correct horse battery',
      timezone: 'America/Montevideo',
      address: 'Ituzaingó 1480',
      location: { lat: -34.907, lng: -56.2026 },
    },
  });
  const { key: apiKey } = await api.call<{ key: string }>('POST', '/v1/api-keys', {
    token: manager,
    body: { name: 'web shop', scopes: ['orders:read', 'orders:write'] },
  });
  const { id, inviteUrl } = await api.call<{ id: string; inviteUrl: string }>('POST', '/v1/drivers', {
    token: manager,
    body: { name: 'Ana Pérez', vehicleType: 'bicycle' },
  });
  const { accessToken: token } = await api.call<Session>('POST', '/v1/auth/invite', {
    body: { token: inviteUrl.split('/invite/')[1] },
  });
  await api.call('PUT', '/v1/drivers/me/shift', { token, body: { status: 'available' } });
  return { manager, apiKey, driver: { id, token } };
}
