import { describe, expect, test } from 'vitest';
import { MAX_FIXES } from './batch.ts';
import { ingest, JSON_TYPE, TOKEN } from './ingest.fixture.ts';

const post = (body: unknown, headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) =>
  ingest('overland', {
    headers: { ...JSON_TYPE, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

// README.md of aaronpk/Overland-iOS, at a time of ours.
const feature = (
  properties: Record<string, unknown> = {},
  coordinates: unknown = [-122.030581, 37.3318],
) => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates },
  properties: {
    timestamp: '2026-11-22T10:00:00-0300',
    altitude: 0,
    speed: 4,
    course: 212,
    horizontal_accuracy: 30,
    vertical_accuracy: -1,
    motion: ['driving', 'stationary'],
    pauses: false,
    activity: 'other_navigation',
    locations_in_payload: 1,
    battery_state: 'charging',
    battery_level: 0.89,
    device_id: 'bruno-iphone',
    wifi: '',
    ...properties,
  },
});

describe('Overland', () => {
  test('a batch: longitude first, an offset without colon, m/s', () => {
    expect(post({ locations: [feature()] })).toEqual({
      token: TOKEN,
      source: 'overland',
      fixes: [
        {
          lat: 37.3318,
          lng: -122.030581,
          fixedAt: '2026-11-22T13:00:00.000Z',
          accuracy: 30,
          altitude: 0,
          heading: 212,
          speed: 4,
          battery: 0.89,
        },
      ],
      rejected: 0,
      ignored: false,
      device: 'bruno-iphone',
    });
  });

  test('negative is unknown', () => {
    const { fixes } = post({ locations: [feature({ speed: -1, course: -1, battery_level: -1 })] });
    expect(fixes).toEqual([
      { lat: 37.3318, lng: -122.030581, fixedAt: '2026-11-22T13:00:00.000Z', accuracy: 30, altitude: 0 },
    ]);
  });

  test('a negative accuracy says that the place is not valid', () => {
    expect(post({ locations: [feature({ horizontal_accuracy: -1 })] })).toMatchObject({
      fixes: [],
      rejected: 1,
    });
  });

  test('visits, trips and notes among the positions are passed over', () => {
    const batch = post({
      locations: [
        feature({ timestamp: '2026-11-22T13:00:01Z', action: 'visit', arrival_date: null }),
        feature({ timestamp: '2026-11-22T13:00:02Z', action: 'paused_location_updates' }),
        feature({ timestamp: '2026-11-22T13:00:03Z', type: 'trip', mode: 'bicycle', distance: 812 }),
        feature({ timestamp: '2026-11-22T13:00:04Z' }),
      ],
      trip: { mode: 'bicycle', current_location: feature() },
    });
    expect(batch.fixes.map(({ fixedAt }) => fixedAt)).toEqual(['2026-11-22T13:00:04.000Z']);
    expect(batch.rejected).toBe(0);
  });

  test('the newest position rides along a long queue', () => {
    const batch = post({
      locations: [
        feature({ timestamp: '2026-11-22T12:00:01Z' }),
        feature({ timestamp: '2026-11-22T12:00:00Z' }),
      ],
      current: feature({ timestamp: '2026-11-22T13:00:00Z' }),
    });
    expect(batch.fixes.map(({ fixedAt }) => fixedAt.slice(11, 19))).toEqual([
      '12:00:00',
      '12:00:01',
      '13:00:00',
    ]);
  });

  test('the largest batch and the newest position come to the most there may be, the newest among them', () => {
    const locations = Array.from({ length: MAX_FIXES }, (_, i) => feature({ timestamp: 1_795_340_000 + i }));
    const batch = post({ locations, current: feature({ timestamp: '2026-11-22T13:00:00Z' }) });
    expect(batch.fixes).toHaveLength(MAX_FIXES);
    expect(batch.fixes.at(-1)?.fixedAt).toBe('2026-11-22T13:00:00.000Z');
    expect(batch.rejected).toBe(1);
  });

  test('an empty batch is nothing, not nonsense', () => {
    expect(post({ locations: [] })).toMatchObject({ token: TOKEN, fixes: [], rejected: 0, ignored: true });
  });

  test('bad positions are counted and do not keep the good ones back', () => {
    const batch = post({
      locations: [
        feature({}, [200, 37]),
        feature({}, [-122]),
        feature({}, '-122,37'),
        feature({}, [37.3318, -122.030581]),
        feature({ timestamp: '2026-02-30T10:00:00-0300' }),
        feature({ timestamp: undefined }),
        {},
        null,
        7,
        feature(),
      ],
    });
    expect(batch).toMatchObject({ token: TOKEN, rejected: 9, fixes: [{ lat: 37.3318 }] });
  });

  test.each(['', '{', '[]', 'null', '{"locations":{}}', '{"locations":"x"}', 'locations=1'])(
    '%s is rejected and counted',
    (body) => {
      expect(post(body)).toMatchObject({ token: TOKEN, fixes: [], rejected: 1, ignored: false });
    },
  );

  test('the phone’s unique id names it when nothing else does', () => {
    expect(post({ locations: [feature({ device_id: '', unique_id: 'A1B2' })] }).device).toBe('A1B2');
  });

  test('a token that was put into the device’s name is found, and not passed on', () => {
    const batch = post({ locations: [feature({ device_id: TOKEN })] }, {});
    expect(batch.token).toBe(TOKEN);
    expect(batch).not.toHaveProperty('device');
  });
});
