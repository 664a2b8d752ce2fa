import { decodeJwt } from 'jose';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeTrail, type TrailPoint } from '../../domain/trail.ts';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import { act, addOrder, addOrderIn } from '../../tests/support/orders.ts';
import type { RoomAddress } from '../room-address.ts';

let app: TestApp;
let merchant: TestMerchant;
let ana: TestDriver;
let ben: TestDriver;

beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
  ana = await app.addDriver(merchant.id);
  ben = await app.addDriver(merchant.id, 'Ben');
});
afterAll(() => app.end());

type Trail = {
  type: string;
  geometry: { type: string; coordinates: [number, number][] } | null;
  properties: { orderId: string; times: string[] };
};
const trailOf = (id: string, { token } = merchant as { token: string }) =>
  app.request<Trail>('GET', `/v1/orders/${id}/trail`, { token });

/** As a fleet room writes it. */
async function flush(driver: TestDriver, points: TrailPoint[]): Promise<void> {
  const trails = [
    {
      driverId: driver.id,
      startedAt: new Date(points[0]?.at ?? 0).toISOString(),
      points: Buffer.from(encodeTrail(points)).toString('base64'),
    },
  ];
  const { status } = await app.request('POST', `/internal/flush/${merchant.id}`, {
    token: await app.serviceToken(),
    body: { trails, locations: [], etas: [] },
  });
  expect(status).toBe(200);
}

/** Moves the whole history of an order back in time: line `i` of its log is then that many minutes old. */
async function age(orderId: string, minutes: number[]): Promise<number> {
  const now = Date.now();
  for (const [index, ago] of minutes.entries()) {
    await app.owner`update delivery_updates set received_at = ${new Date(now - ago * 60_000)}
      where order_id = ${orderId} and version = ${index + 1}`;
  }
  return now;
}

describe('the trail of an order', () => {
  test('is the way of its drivers while each had it, as GeoJSON', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'picked_up');
    await act(app, merchant, id, 'assign', { driverId: ben.id, replaces: ana.id });
    await act(app, ben, id, 'status', { status: 'delivered' });
    // Created 60 minutes ago, Ana's from 50 (picked up at 40), Ben's from 30, delivered 10 minutes ago.
    const now = await age(id, [60, 50, 40, 30, 10]);
    const ago = (minutes: number): number => now - minutes * 60_000;
    const at = (minutes: number, lat: number): TrailPoint => ({ lat, lng: -56.1, at: ago(minutes) });
    // The first chunk starts before she had it, the last one goes on after she had handed it over.
    await flush(ana, [at(50.1, -34.1), at(49.9, -34.2), at(49.8, -34.3)]);
    await flush(ana, [at(30.05, -34.4), at(29.9, -34.5)]);
    await flush(ben, [at(45, -34.6)]);
    await flush(ben, [at(20, -34.7), at(19.9, -34.8)]);
    await flush(ben, [at(5, -34.9)]);
    const { status, body } = await trailOf(id);
    expect(status).toBe(200);
    expect(body).toEqual({
      type: 'Feature',
      geometry: {
        type: 'LineString',
        coordinates: [-34.2, -34.3, -34.4, -34.7, -34.8].map((lat) => [-56.1, lat]),
      },
      properties: {
        orderId: id,
        times: [49.9, 49.8, 30.05, 20, 19.9].map((minutes) => new Date(ago(minutes)).toISOString()),
      },
    });
  });

  test('grows while it is on the way, and a chunk that comes twice is one', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'enroute_to_dropoff');
    const now = await age(id, [5, 4, 3, 2]);
    const chunk = [
      { lat: -34.9, lng: -56.1, at: now - 60_000 },
      { lat: -34.91, lng: -56.11, at: now - 55_000 },
    ];
    await flush(ana, chunk);
    await flush(ana, chunk);
    expect((await trailOf(id)).body.geometry?.coordinates).toEqual([
      [-56.1, -34.9],
      [-56.11, -34.91],
    ]);
  });

  test('has no line without two fixes', async () => {
    const { id } = await addOrder(app, merchant);
    expect((await trailOf(id)).body).toEqual({
      type: 'Feature',
      geometry: null,
      properties: { orderId: id, times: [] },
    });
  });

  test('is for who may read the order', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'assigned');
    expect((await trailOf(id, ana)).status).toBe(200);
    expect((await trailOf(id, ben)).status).toBe(404);
    expect((await trailOf(id, await app.addMerchant())).status).toBe(404);
    const { token } = await app.addApiKey(merchant.id, ['drivers:read']);
    expect((await trailOf(id, { token })).status).toBe(403);
    expect((await app.request('GET', `/v1/orders/${id}/trail`)).status).toBe(401);
  });
});

describe('the log of an order', () => {
  const logOf = (id: string, { token } = merchant as { token: string }) =>
    app.request<{ data: unknown[]; nextCursor: null }>('GET', `/v1/orders/${id}/updates`, { token });

  test('holds each version, oldest first', async () => {
    const order = await addOrder(app, merchant);
    await act(app, merchant, order.id, 'assign', { driverId: ana.id });
    const updateId = uuidv7();
    await act(app, ana, order.id, 'status', { status: 'created', reason: 'Too far', updateId });
    const { status, body } = await logOf(order.id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: [
        { version: 1, kind: 'created', status: 'created' },
        { version: 2, kind: 'assigned', status: 'assigned', driverId: ana.id },
        {
          id: expect.any(String),
          version: 3,
          kind: 'status',
          status: 'created',
          driverId: null,
          updateId,
          actor: { type: 'driver', id: ana.userId },
          reason: 'Too far',
          location: null,
        },
      ],
      nextCursor: null,
    });
    expect(Object.keys(body.data[0] ?? {}).sort()).toEqual(
      'actor cashCollected driverId id kind location occurredAt proof reason reasonCode receivedAt status updateId version'.split(
        ' ',
      ),
    );
  });

  test('is read in pages', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'picked_up');
    const versions = async (query: string) => {
      const path = `/v1/orders/${id}/updates${query}`;
      const { body } = await app.request<{ data: { version: number }[]; nextCursor: string | null }>(
        'GET',
        path,
        {
          token: merchant.token,
        },
      );
      return [body.data.map(({ version }) => version), body.nextCursor];
    };
    expect(await versions('?limit=2')).toEqual([[1, 2], '2']);
    expect(await versions('?limit=2&cursor=2')).toEqual([[3], null]);
  });

  test('is for who may read the order', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'assigned');
    expect((await logOf(id, ana)).status).toBe(200);
    expect((await logOf(id, ben)).status).toBe(404);
    expect((await logOf(id, await app.addMerchant())).status).toBe(404);
    expect((await logOf(uuidv7())).status).toBe(404);
    expect((await app.request('GET', `/v1/orders/${id}/updates`)).status).toBe(401);
  });
});

describe('the way into a room', () => {
  const enter = (path: string, { token }: { token: string }) =>
    app.request<RoomAddress>('GET', path, { token });

  test('of an order is an address and a token for that room, as the manager or driver one is', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'assigned');
    const path = `/v1/orders/${id}/room`;
    const { status, body } = await enter(path, merchant);
    expect(status).toBe(200);
    expect(body).toEqual({
      host: 'dropmate.test',
      protocol: 'ws',
      party: 'delivery-room',
      room: id,
      token: expect.any(String),
      expiresAt: expect.any(String),
    });
    const claims = decodeJwt(body.token);
    expect(claims).toMatchObject({
      iss: 'dropmate',
      aud: 'dropmate:room',
      sub: merchant.userId,
      merchant: merchant.id,
      party: 'delivery-room',
      room: id,
      audience: 'manager',
    });
    expect(new Date((claims.exp ?? 0) * 1000).toISOString()).toBe(body.expiresAt);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600);
    expect(decodeJwt((await enter(path, ana)).body.token)).toMatchObject({
      sub: ana.userId,
      audience: 'driver',
      driver: ana.id,
    });
    expect((await enter(path, ben)).status).toBe(404);
    expect((await enter(path, await app.addMerchant())).status).toBe(404);
    expect((await app.request('GET', path)).status).toBe(401);
    const { token: writes } = await app.addApiKey(merchant.id, ['orders:write']);
    expect((await enter(path, { token: writes })).status).toBe(403);
  });

  test('of the fleet is the merchant’s own', async () => {
    const path = '/v1/fleet/room';
    const { body } = await enter(path, merchant);
    expect(body).toMatchObject({ party: 'fleet-room', room: merchant.id });
    expect(decodeJwt(body.token)).toMatchObject({ room: merchant.id, audience: 'manager' });
    const driver = decodeJwt((await enter(path, ana)).body.token);
    expect(driver).toMatchObject({ room: merchant.id, audience: 'driver', driver: ana.id });
    const { token } = await app.addApiKey(merchant.id, ['orders:read', 'orders:write']);
    expect((await enter(path, { token })).status).toBe(403);
    expect((await app.request('GET', path)).status).toBe(401);
  });
});
