import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import { createRoomsClient } from '../rooms.ts';
import { FORM, JSON_TYPE } from './ingest.fixture.ts';
import { MAX_INGEST_BYTES } from './parse.ts';
import { DEVICE_CACHE_MS } from './post-fixes.ts';

let t: TestApp;
let merchant: TestMerchant;
let driver: TestDriver;
let device: { id: string; token: string };

beforeAll(async () => {
  t = await createTestApp();
  merchant = await t.addMerchant();
});
afterAll(() => t.end());

beforeEach(async () => {
  driver = await t.addDriver(merchant.id);
  device = await addDevice();
  t.posted.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

async function addDevice() {
  const body = { name: 'Phone' };
  const path = '/v1/drivers/me/devices';
  return (await t.request<typeof device>('POST', path, { token: driver.token, body })).body;
}

const revoke = ({ id } = device) =>
  t.request('DELETE', `/v1/drivers/me/devices/${id}`, { token: driver.token });

async function send(
  method: string,
  path: string,
  init: { headers?: Record<string, string>; body?: string } = {},
) {
  const response = await t.app.request(path, { method, ...init });
  const { status, headers } = response;
  return { status, type: headers.get('Content-Type'), headers, body: await response.text() };
}

/** What came to a source's fixes since the last look, by outcome. */
async function counted(): Promise<Record<string, number>> {
  const { values } = await t.deps.metrics.fixes.get();
  t.deps.metrics.fixes.reset();
  return Object.fromEntries(values.map(({ labels, value }) => [`${labels.source} ${labels.outcome}`, value]));
}

const json = (body: unknown, headers: Record<string, string> = {}) => ({
  headers: { ...JSON_TYPE, ...headers },
  body: JSON.stringify(body),
});
const basic = (token: string) => ({
  Authorization: `Basic ${Buffer.from(`dropmate:${token}`).toString('base64')}`,
});
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

const OSMAND = '/v1/ingest/osmand';
const OWNTRACKS = '/v1/ingest/owntracks';
const OVERLAND = '/v1/ingest/overland';

/** What all six send here, each in its own way. */
const fix = {
  lat: -34.9055,
  lng: -56.1851,
  fixedAt: '2026-11-22T13:00:00.000Z',
  accuracy: 4,
  altitude: 12,
  heading: 90,
  speed: 5,
  battery: 0.55,
};
const SECONDS = 1_795_352_400;
const KNOTS = '9.7192';

const form = (id: string) =>
  `id=${id}&timestamp=${SECONDS}&lat=-34.9055&lon=-56.1851&speed=${KNOTS}&bearing=90&altitude=12&accuracy=4&batt=55&charge=true`;
const owntracks = {
  _type: 'location',
  ...{ lat: -34.9055, lon: -56.1851, tst: SECONDS, acc: 4, alt: 12, vel: 18, cog: 90, batt: 55, tid: 'AP' },
};
const overland = (timestamp = '2026-11-22T10:00:00-0300') => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [-56.1851, -34.9055] },
  properties: {
    timestamp,
    ...{
      speed: 5,
      course: 90,
      altitude: 12,
      horizontal_accuracy: 4,
      battery_level: 0.55,
      motion: ['driving'],
    },
  },
});
const traccar9 = (device_id: string) => ({
  device_id,
  location: {
    timestamp: '2026-11-22T13:00:00.000Z',
    coords: { latitude: -34.9055, longitude: -56.1851, accuracy: 4, speed: 5, heading: 90, altitude: 12 },
    battery: { level: 0.55, is_charging: false },
  },
});
const query = (id: string) =>
  `id=${id}&lat=-34.9055&lon=-56.1851&timestamp=${SECONDS}&accuracy=4&altitude=12&bearing=90`;

describe("each tracker's fix reaches the room of its driver, and it gets the answer that it knows", () => {
  const ok = { status: 200, type: 'text/plain; charset=utf-8', body: 'OK' };
  const arrived = (source: string, fixes: object[] = [fix]) =>
    expect(t.posted).toEqual([
      { merchantId: merchant.id, event: { type: 'fixes', driverId: driver.id, source, fixes } },
    ]);

  test('Traccar Client 10, the form', async () => {
    expect(await send('POST', OSMAND, { headers: FORM, body: form(device.token) })).toMatchObject(ok);
    arrived('traccar');
  });

  test('Traccar Client 10, a list in JSON', async () => {
    const point = Object.fromEntries(new URLSearchParams(form(device.token)));
    const later = { ...point, timestamp: SECONDS + 10 };
    expect(await send('POST', OSMAND, json([point, later]))).toMatchObject(ok);
    arrived('traccar', [fix, { ...fix, fixedAt: '2026-11-22T13:00:10.000Z' }]);
  });

  test('Traccar Client 9', async () => {
    expect(await send('POST', OSMAND, json(traccar9(device.token)))).toMatchObject(ok);
    arrived('traccar');
  });

  test('OsmAnd', async () => {
    const { battery: _, ...known } = fix;
    expect(await send('GET', `${OSMAND}?${query(device.token)}&spd=5.0`)).toMatchObject(ok);
    arrived('osmand', [known]);
  });

  test('GPSLogger', async () => {
    expect(await send('GET', `${OSMAND}?${query(device.token)}&spd=5.0&batt=55`)).toMatchObject(ok);
    arrived('gpslogger');
  });

  test('OwnTracks', async () => {
    const answer = await send('POST', OWNTRACKS, json(owntracks, basic(device.token)));
    expect(answer).toMatchObject({ status: 200, type: 'application/json', body: '[]' });
    arrived('owntracks');
  });

  test('Overland', async () => {
    const body = { locations: [overland(), overland('2026-11-22T10:00:10-0300')] };
    const answer = await send('POST', OVERLAND, json(body, bearer(device.token)));
    expect(answer).toMatchObject({ status: 200, type: 'application/json', body: '{"result":"ok"}' });
    arrived('overland', [fix, { ...fix, fixedAt: '2026-11-22T13:00:10.000Z' }]);
  });

  test('whatever content type it names, or none', async () => {
    const body = new TextEncoder().encode(form(device.token));
    expect((await t.app.request(OSMAND, { method: 'POST', body })).status).toBe(200);
    arrived('traccar');
    t.posted.length = 0;
    const text = { headers: { 'Content-Type': 'text/plain', ...basic(device.token) } };
    await send('POST', OWNTRACKS, { ...text, body: JSON.stringify(owntracks) });
    arrived('owntracks');
  });
});

describe('a good token with nothing to keep is a success, counted and told to no room', () => {
  test.each([
    [
      'a point that is none',
      OSMAND,
      'POST',
      (id: string) => `id=${id}&lat=x&lon=y`,
      'traccar rejected',
      'OK',
    ],
    [
      'a push token',
      OSMAND,
      'POST',
      (id: string) => `id=${id}&notificationToken=abc`,
      'traccar ignored',
      'OK',
    ],
    ['JSON cut short', OWNTRACKS, 'POST', () => '{"_type":"loc', 'owntracks rejected', '[]'],
    [
      'a waypoint',
      OWNTRACKS,
      'POST',
      () => '{"_type":"waypoint","lat":1,"lon":2}',
      'owntracks ignored',
      '[]',
    ],
    ['an empty body', OWNTRACKS, 'POST', () => '', 'owntracks ignored', '[]'],
    ['a number', OVERLAND, 'POST', () => '7', 'overland rejected', '{"result":"ok"}'],
    ['no locations', OVERLAND, 'POST', () => '{"locations":[]}', 'overland ignored', '{"result":"ok"}'],
  ])('%s', async (_, path, method, body, outcome, success) => {
    await counted();
    const { token } = device;
    const headers = {
      ...(path === OSMAND ? FORM : JSON_TYPE),
      ...(path === OWNTRACKS ? basic(token) : bearer(token)),
    };
    const answer = await send(method, path, { headers, body: body(token) });
    expect(answer).toMatchObject({ status: 200, body: success });
    expect(t.posted).toEqual([]);
    expect(await counted()).toEqual({ [outcome]: 1 });
  });

  test('a bad point among good ones does not hold them up', async () => {
    await counted();
    const bad = { ...overland(), geometry: null };
    await send('POST', OVERLAND, json({ locations: [bad, overland()] }, bearer(device.token)));
    expect(t.posted).toMatchObject([{ event: { fixes: [fix] } }]);
    expect(await counted()).toEqual({ 'overland rejected': 1, 'overland posted': 1 });
  });
});

describe('without a token that was given out it is 401, at each endpoint', () => {
  const unknown = `dm_dev_${'A'.repeat(22)}`;
  const requests = (token: string): [string, string, object][] => [
    ['GET', `${OSMAND}?${query(token)}`, {}],
    ['POST', OSMAND, { headers: FORM, body: form(token) }],
    ['POST', OSMAND, json(traccar9(token))],
    ['POST', OWNTRACKS, json(owntracks, basic(token))],
    ['POST', OVERLAND, json({ locations: [overland()] }, bearer(token))],
  ];

  test('unknown, none, and what opens other doors', async () => {
    for (const token of [unknown, '', 'x', merchant.token]) {
      for (const [method, path, init] of requests(token)) {
        const { status, type } = await send(method, path, init);
        expect([token, path, status, type]).toEqual([token, path, 401, 'application/problem+json']);
      }
    }
    expect(t.posted).toEqual([]);
  });

  test('an unknown one that is asked for again costs the database nothing', async () => {
    const look = vi.spyOn(t.deps.db.system, 'select');
    const other = `dm_dev_${'B'.repeat(22)}`;
    for (let i = 0; i < 5; i++) await send('GET', `${OSMAND}?${query(other)}`);
    expect(look).toHaveBeenCalledTimes(1);
    look.mockRestore();
  });
});

describe('a device that was revoked', () => {
  test('drains its queue into nothing', async () => {
    await revoke();
    await counted();
    expect((await send('POST', OSMAND, { headers: FORM, body: form(device.token) })).status).toBe(200);
    expect(t.posted).toEqual([]);
    expect(await counted()).toEqual({ 'traccar revoked': 1 });
  });

  test('is heard of ten seconds later where it was just in use', async () => {
    const post = () => send('POST', OSMAND, { headers: FORM, body: form(device.token) });
    await post();
    await revoke();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + DEVICE_CACHE_MS + 1 });
    t.posted.length = 0;
    expect((await post()).status).toBe(200);
    expect(t.posted).toEqual([]);
  });

  test('has a successor with a token of its own', async () => {
    await revoke();
    device = await addDevice();
    await send('POST', OSMAND, { headers: FORM, body: form(device.token) });
    expect(t.posted).toHaveLength(1);
  });

  test('is one with its driver, when that one is removed', async () => {
    await t.request('DELETE', `/v1/drivers/${driver.id}`, { token: merchant.token });
    expect((await send('POST', OSMAND, { headers: FORM, body: form(device.token) })).status).toBe(200);
    expect(t.posted).toEqual([]);
  });
});

describe('while rooms are down', () => {
  test('the tracker is told to keep its fixes and come again, and then gets through', async () => {
    const working = t.deps.rooms;
    const { tokens, serviceKey } = t.deps;
    const nowhere = { publicUrl: 'http://dropmate.test', internalUrl: 'http://127.0.0.1:9' };
    t.deps.rooms = createRoomsClient({ ...nowhere, tokens, serviceKey });
    await counted();
    const post = () => send('POST', OVERLAND, json({ locations: [overland()] }, bearer(device.token)));
    try {
      const refused = await post();
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
      expect(JSON.parse(refused.body)).toMatchObject({ code: 'unavailable' });
      expect(await counted()).toEqual({ 'overland unavailable': 1 });
      // What brings nothing for a room needs none.
      expect((await send('POST', OWNTRACKS, { headers: basic(device.token) })).status).toBe(200);
    } finally {
      t.deps.rooms = working;
    }
    expect((await post()).status).toBe(200);
    expect(t.posted).toHaveLength(1);
  });
});

test('a body over the limit is 413', async () => {
  const body = JSON.stringify({ locations: [overland()], padding: 'x'.repeat(MAX_INGEST_BYTES) });
  const answer = await send('POST', OVERLAND, { headers: { ...JSON_TYPE, ...bearer(device.token) }, body });
  expect(answer.status).toBe(413);
  expect(t.posted).toEqual([]);
});

test('the routes are part of the described API', async () => {
  const { body } = await t.request<{ paths: Record<string, object> }>('GET', '/openapi.json');
  expect(Object.keys(body.paths[OSMAND] ?? {})).toEqual(['get', 'post']);
  expect(body.paths).toHaveProperty([OWNTRACKS, 'post', 'responses', '401']);
  expect(body.paths).toHaveProperty([OVERLAND, 'post', 'responses', '503']);
});
