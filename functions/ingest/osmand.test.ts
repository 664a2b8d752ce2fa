import { describe, expect, test } from 'vitest';
import { FORM, ingest, RECEIVED_AT, TOKEN } from './ingest.fixture.ts';

const get = (query: string) => ingest('osmand', { method: 'GET', query });

describe('OsmAnd’s parameters in a query string', () => {
  test('as the trackers send them: speed in knots, course, battery in percent', () => {
    const batch = get(
      `id=${TOKEN}&timestamp=1795352400&lat=-34.9055&lon=-56.1851&bearing=7.19889788244&speed=10&altitude=43&accuracy=4.5&batt=87`,
    );
    expect(batch).toEqual({
      token: TOKEN,
      source: 'osmand',
      fixes: [
        {
          lat: -34.9055,
          lng: -56.1851,
          fixedAt: '2026-11-22T13:00:00.000Z',
          accuracy: 4.5,
          altitude: 43,
          heading: 7.19889788244,
          speed: 5.14,
          battery: 0.87,
        },
      ],
      rejected: 0,
      ignored: false,
    });
  });

  // From Traccar's own OsmAndProtocolDecoderTest, with our token and a time it can have now.
  test.each([
    [
      'ISO time, percent-encoded',
      'lat=42.06288&lon=-88.23412&timestamp=2026-11-22T13%3A00%3A00Z&hdop=6.0&altitude=224.0&speed=0.0',
    ],
    ['milliseconds', 'lat=42.06288&lon=-88.23412&timestamp=1795352400000&hdop=6.0&altitude=224.0&speed=0.0'],
    [
      'date and time with a plus between',
      'lat=42.06288&lon=-88.23412&timestamp=2026-11-22+13%3A00%3A00&altitude=224&speed=0.0',
    ],
    ['lat and lon in one', 'location=42.06288,-88.23412&timestamp=1795352400&altitude=224&speed=0'],
    [
      'deviceid and heading',
      'deviceid=x&lat=42.06288&lon=-88.23412&heading=0.0&timestamp=1795352400&vacc=0&hacc=0&altitude=224&speed=0',
    ],
  ])('%s', (_, query) => {
    const { fixes, rejected } = get(`id=${TOKEN}&${query}`);
    expect(rejected).toBe(0);
    expect(fixes).toHaveLength(1);
    expect(fixes[0]).toMatchObject({
      lat: 42.06288,
      lng: -88.23412,
      fixedAt: '2026-11-22T13:00:00.000Z',
      altitude: 224,
      speed: 0,
    });
  });

  test('without a time it is now', () => {
    expect(get(`id=${TOKEN}&lat=60.0&lon=30.0`).fixes[0]?.fixedAt).toBe(new Date(RECEIVED_AT).toISOString());
  });

  test('cells and networks without a position are ignored', () => {
    const batch = get(
      `id=${TOKEN}&timestamp=1377177267&cell=257,02,16,2224&cell=257,02,16,2223,-90&wifi=00-14-22-01-23-45,-80`,
    );
    expect(batch).toMatchObject({ token: TOKEN, fixes: [], rejected: 0, ignored: true });
  });

  test.each(['valid=false', 'valid=0', 'valid=no'])(
    'what the tracker itself calls invalid (%s) is rejected',
    (valid) => {
      expect(get(`id=${TOKEN}&lat=60&lon=30&${valid}`)).toMatchObject({
        fixes: [],
        rejected: 1,
        ignored: false,
      });
    },
  );

  test.each(['valid=true', 'valid=True', 'valid=1', 'valid='])('%s is valid', (valid) => {
    expect(get(`id=${TOKEN}&lat=60&lon=30&${valid}`).fixes).toHaveLength(1);
  });

  test('a speed, course, battery or accuracy that cannot be is left out, the fix stays', () => {
    const batch = get(
      `id=${TOKEN}&lat=60&lon=30&timestamp=1795352400&speed=-1&bearing=-1&batt=-1&accuracy=high&altitude=NaN`,
    );
    expect(batch.fixes).toEqual([{ lat: 60, lng: 30, fixedAt: '2026-11-22T13:00:00.000Z' }]);
  });

  test('hdop is no accuracy', () => {
    expect(get(`id=${TOKEN}&lat=60&lon=30&hdop=6.0`).fixes[0]).not.toHaveProperty('accuracy');
  });

  test.each([
    'lat=91&lon=30',
    'lat=abc&lon=30',
    'lat=52,5&lon=13,4',
    'lat=60',
    'lon=30',
    'lat=0x3c&lon=30',
    'lat=0.0&lon=0.0',
    'lat=NaN&lon=NaN',
    'lat=60&lon=30&timestamp=yesterday',
    'location=60',
    'location=60;30',
    'lat={0}&lon={1}&timestamp={2}',
    'lat=%LAT&lon=%LON',
  ])('%s is rejected and counted', (query) => {
    expect(get(`id=${TOKEN}&${query}`)).toMatchObject({
      token: TOKEN,
      fixes: [],
      rejected: 1,
      ignored: false,
    });
  });

  test('a POST that has them in the query, as older Traccar Clients do', () => {
    const batch = ingest('osmand', {
      query: `id=${TOKEN}&timestamp=1795352400&lat=-34.9&lon=-56.1&speed=0.211914&bearing=26.21394&altitude=0&accuracy=22.975999&batt=64.0`,
    });
    expect(batch).toMatchObject({
      token: TOKEN,
      source: 'traccar',
      fixes: [{ speed: 0.11, accuracy: 22.975999, battery: 0.64 }],
    });
  });
});

describe('OsmAnd itself, by the URL we give it', () => {
  test('counts m/s and says its accuracy in metres, its time in ms', () => {
    const batch = get(
      `id=${TOKEN}&lat=-34.9055&lon=-56.1851&timestamp=1795352400123&accuracy=12.3&altitude=21.0&spd=13.9&bearing=270.0`,
    );
    expect(batch.source).toBe('osmand');
    expect(batch.fixes).toEqual([
      {
        lat: -34.9055,
        lng: -56.1851,
        fixedAt: '2026-11-22T13:00:00.123Z',
        accuracy: 12.3,
        altitude: 21,
        heading: 270,
        speed: 13.9,
      },
    ]);
  });
});

describe('GPSLogger, by the URL we give it', () => {
  const url = `id=${TOKEN}&lat=-34.905512&lon=-56.185134&timestamp=1795352400&accuracy=7.504&altitude=48.7&bearing=182.3&spd=4.32&batt=71.0`;

  test('counts m/s, not knots', () => {
    const batch = get(url);
    expect(batch.source).toBe('gpslogger');
    expect(batch.fixes).toEqual([
      {
        lat: -34.905512,
        lng: -56.185134,
        fixedAt: '2026-11-22T13:00:00.000Z',
        accuracy: 7.504,
        altitude: 48.7,
        heading: 182.3,
        speed: 4.32,
        battery: 0.71,
      },
    ]);
  });

  test('may be set to POST the same as a body', () => {
    expect(ingest('osmand', { headers: FORM, body: url }).fixes).toEqual(get(url).fixes);
  });

  test('with %TIMEOFFSET, whose plus comes unescaped', () => {
    const { fixes } = get(url.replace('1795352400', '2026-11-22T15:00:00.000+02:00'));
    expect(fixes[0]?.fixedAt).toBe('2026-11-22T13:00:00.000Z');
  });

  test('replaying a file gives the same fixes again, so that they can be told to be doubles', () => {
    expect(get(url)).toEqual(get(url));
  });
});
