import { describe, expect, test } from 'vitest';
import { MAX_FIXES } from './batch.ts';
import { FORM, ingest, JSON_TYPE, RECEIVED_AT, TOKEN } from './ingest.fixture.ts';

const form = (body: string, query = '') => ingest('osmand', { headers: FORM, body, query });
const json = (body: unknown) =>
  ingest('osmand', { headers: JSON_TYPE, body: typeof body === 'string' ? body : JSON.stringify(body) });

describe('Traccar Client 10, the form', () => {
  const point = `id=${TOKEN}&timestamp=1795352400&lat=-34.9055&lon=-56.1851&speed=7.775&bearing=90.5&altitude=12.0&accuracy=3.9&batt=55.0&charge=true`;

  test('a point: speed in knots, battery in percent', () => {
    expect(form(point)).toEqual({
      token: TOKEN,
      source: 'traccar',
      fixes: [
        {
          lat: -34.9055,
          lng: -56.1851,
          fixedAt: '2026-11-22T13:00:00.000Z',
          accuracy: 3.9,
          altitude: 12,
          heading: 90.5,
          speed: 4,
          battery: 0.55,
        },
      ],
      rejected: 0,
      ignored: false,
    });
  });

  test('an alarm is a point like any other', () => {
    expect(form(`${point}&alarm=sos`).fixes).toEqual(form(point).fixes);
  });

  test('without lat and lon it is a sign of life, not a bad point', () => {
    expect(form(`id=${TOKEN}&timestamp=1795352400&batt=55.0&charge=false`)).toMatchObject({
      token: TOKEN,
      fixes: [],
      rejected: 0,
      ignored: true,
    });
  });

  test('its push token comes alone and is ignored', () => {
    expect(form(`id=${TOKEN}&notificationToken=fMEP0vJqS0%3AAPA91bH`)).toMatchObject({
      token: TOKEN,
      ignored: true,
      rejected: 0,
    });
  });

  test('what the set-up link put behind the URL does not disturb: the body counts', () => {
    const batch = form(point, `id=${TOKEN}&accuracy=high&interval=10&distance=0`);
    expect(batch).toEqual(form(point));
  });

  test('is understood without a content type', () => {
    expect(ingest('osmand', { body: point }).fixes).toEqual(form(point).fixes);
  });

  test('the device token is never taken for the phone’s name', () => {
    const { token: _, ...batch } = form(point);
    expect(JSON.stringify(batch)).not.toContain('dm_dev_');
  });
});

describe('Traccar Client 10, JSON', () => {
  const point = {
    id: TOKEN,
    timestamp: 1_795_352_400,
    lat: -34.9055,
    lon: -56.1851,
    speed: 7.775,
    bearing: 90.5,
    altitude: 12,
    accuracy: 3.9,
    batt: 55,
    charge: true,
  };

  test('is the same as the form', () => {
    const { fixes } = form(
      `id=${TOKEN}&timestamp=1795352400&lat=-34.9055&lon=-56.1851&speed=7.775&bearing=90.5&altitude=12&accuracy=3.9&batt=55`,
    );
    expect(json(point)).toMatchObject({ token: TOKEN, source: 'traccar', fixes });
    expect(json([point])).toMatchObject({ token: TOKEN, source: 'traccar', fixes });
  });

  test('an array comes out oldest first, each instant once, with the bad ones counted', () => {
    const batch = json([
      { ...point, timestamp: 1_795_352_410 },
      { ...point, timestamp: 1_795_352_400 },
      { ...point, timestamp: 1_795_352_410 },
      { ...point, timestamp: 1_795_352_420, lat: null, lon: null },
      { ...point, timestamp: 1_795_352_430, lat: 'x' },
      { ...point, timestamp: 1_795_352_440, lat: 95 },
      { id: TOKEN, notificationToken: 'fMEP0vJqS0' },
      'nonsense',
      null,
    ]);
    expect(batch.fixes.map(({ fixedAt }) => fixedAt.slice(14, 19))).toEqual(['00:00', '00:10']);
    expect(batch).toMatchObject({ token: TOKEN, rejected: 4, ignored: false });
  });

  test('one request speaks for one device', () => {
    const other = { ...point, id: 'dm_dev_ANOTHERANOTHERANOTHER', timestamp: 1_795_352_410 };
    expect(json([point, other])).toMatchObject({ token: TOKEN, rejected: 1, fixes: [{ lat: -34.9055 }] });
  });

  test('values may be text', () => {
    const text = Object.fromEntries(Object.entries(point).map(([key, value]) => [key, String(value)]));
    expect(json([text]).fixes).toEqual(json([point]).fixes);
  });

  test(`of more than ${MAX_FIXES} the last are kept`, () => {
    const many = Array.from({ length: MAX_FIXES + 7 }, (_, i) => ({
      ...point,
      timestamp: 1_795_340_000 + i,
    }));
    const { fixes, rejected } = json(many);
    expect(fixes).toHaveLength(MAX_FIXES);
    expect(rejected).toBe(7);
    expect(fixes.at(-1)?.fixedAt).toBe(new Date((1_795_340_000 + MAX_FIXES + 6) * 1000).toISOString());
  });

  test('an empty array is nothing, not nonsense', () => {
    expect(json([])).toMatchObject({ token: null, ignored: true, rejected: 0 });
  });

  test('an id that is an object with ways of its own is no id', () => {
    expect(json([{ ...point, id: { toString: 1, valueOf: 1 } }]).token).toBeNull();
  });
});

describe('Traccar Client 9', () => {
  // As in Traccar's OsmAndProtocolDecoderTest, with our token.
  const moving = {
    location: {
      event: 'motionchange',
      is_moving: true,
      uuid: '0e9a2473-a9a7-4c00-997b-fb97d2154e75',
      timestamp: '2026-11-22T13:00:00.444Z',
      odometer: 0,
      coords: {
        latitude: -6.1148096,
        longitude: 106.6837015,
        accuracy: 3.8,
        speed: 18.67,
        speed_accuracy: 0.26,
        heading: 63,
        heading_accuracy: 0.28,
        altitude: 35.7,
        altitude_accuracy: 3.8,
      },
      activity: { type: 'in_vehicle', confidence: 100 },
      battery: { is_charging: false, level: 0.79 },
      extras: {},
      _: '&id=x&lat=-6.1148096&lon=106.6837015&timestamp=2026-11-22T13:00:00.444Z&',
    },
    device_id: TOKEN,
  };

  test('a point: speed in m/s, battery 0 to 1', () => {
    expect(json(moving)).toEqual({
      token: TOKEN,
      source: 'traccar',
      fixes: [
        {
          lat: -6.1148096,
          lng: 106.6837015,
          fixedAt: '2026-11-22T13:00:00.444Z',
          accuracy: 3.8,
          altitude: 35.7,
          heading: 63,
          speed: 18.67,
          battery: 0.79,
        },
      ],
      rejected: 0,
      ignored: false,
    });
  });

  test('-1 is unknown: speed, heading and battery are left out', () => {
    const still = structuredClone(moving);
    Object.assign(still.location.coords, { speed: -1, heading: -1, altitude: 0 });
    still.location.battery.level = -1;
    expect(json(still).fixes).toEqual([
      { lat: -6.1148096, lng: 106.6837015, fixedAt: '2026-11-22T13:00:00.444Z', accuracy: 3.8, altitude: 0 },
    ]);
  });

  test.each([
    { location: {}, device_id: TOKEN },
    { location: { coords: 5, timestamp: '2026-11-22T13:00:00Z' }, device_id: TOKEN },
    { location: { coords: { latitude: 1, longitude: 2 } }, device_id: TOKEN },
    { location: { ...moving.location, timestamp: 'soon' }, device_id: TOKEN },
  ])('%j is rejected and counted, its token found', (body) => {
    expect(json(body)).toMatchObject({ token: TOKEN, fixes: [], rejected: 1, ignored: false });
  });
});

test('a body that is cut short is rejected and counted', () => {
  expect(json(`{"device_id":"${TOKEN}","location":{"coords"`)).toMatchObject({
    token: null,
    rejected: 1,
    fixes: [],
  });
  expect(
    ingest('osmand', { query: `id=${TOKEN}`, body: '[{"lat":1', receivedAt: RECEIVED_AT }),
  ).toMatchObject({ token: TOKEN, rejected: 1 });
});
