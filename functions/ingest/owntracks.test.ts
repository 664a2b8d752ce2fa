import { describe, expect, test } from 'vitest';
import { ingest, JSON_TYPE, TOKEN } from './ingest.fixture.ts';

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const HEADERS = { ...JSON_TYPE, authorization: basic('bruno', TOKEN) };
const post = (body: unknown, headers: Record<string, string> = {}, query = '') =>
  ingest('owntracks', {
    headers: { ...HEADERS, ...headers },
    query,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

// owntracks/booklet, features/traccar.md, at a time of ours.
const location = {
  cog: 271,
  batt: 41,
  lon: 2.29513,
  acc: 5,
  vel: 61,
  vac: 21,
  lat: 48.85833,
  t: 'u',
  tst: 1_795_352_400,
  created_at: 1_795_352_425,
  alt: 167,
  _type: 'location',
  topic: 'owntracks/jane/iphone',
  p: 71,
  tid: 'JJ',
};

describe('OwnTracks', () => {
  test('a location: km/h, percent, and the time of the fix rather than of the message', () => {
    expect(post(location)).toEqual({
      token: TOKEN,
      source: 'owntracks',
      fixes: [
        {
          lat: 48.85833,
          lng: 2.29513,
          fixedAt: '2026-11-22T13:00:00.000Z',
          accuracy: 5,
          altitude: 167,
          heading: 271,
          speed: 16.94,
          battery: 0.41,
        },
      ],
      rejected: 0,
      ignored: false,
      device: 'jane/iphone',
    });
  });

  test('what is zero is left out by the app: that is unknown', () => {
    expect(
      post({ _type: 'location', lat: 48.85833, lon: 2.29513, tst: 1_795_352_400, tid: 'JJ' }),
    ).toMatchObject({
      fixes: [{ lat: 48.85833, lng: 2.29513, fixedAt: '2026-11-22T13:00:00.000Z' }],
      device: 'JJ',
    });
  });

  test.each([
    { _type: 'lwt', tst: 1_380_738_247 },
    {
      _type: 'transition',
      wtst: 1,
      lat: 12.34,
      lon: 44.5,
      tst: 1_795_352_400,
      acc: 130,
      tid: 'JP',
      event: 'enter',
    },
    { _type: 'waypoint', desc: 'Shop', lat: 12.34, lon: 44.5, rad: 50, tst: 1_795_352_400 },
    { _type: 'waypoints', waypoints: [] },
    { _type: 'steps', tst: 1_795_352_400, steps: 7, from: 1, to: 2 },
    { _type: 'status', android: {} },
    { _type: 'card', name: 'Jane', tid: 'JJ' },
    { _type: 'encrypted', data: 'abcd' },
    { _type: 'something new' },
  ])('$_type is accepted and ignored', (message) => {
    expect(post(message)).toMatchObject({ token: TOKEN, fixes: [], rejected: 0, ignored: true });
  });

  test.each(['', ' \n'])('an empty body is accepted and ignored', (body) => {
    expect(post(body)).toMatchObject({ token: TOKEN, fixes: [], rejected: 0, ignored: true });
  });

  test.each([
    '{',
    'null',
    '[]',
    '7',
    'lat=1&lon=2',
    { lat: 1, lon: 2, tst: 1_795_352_400 },
    { ...location, lat: 91 },
    { ...location, lon: undefined },
    { ...location, tst: undefined },
    { ...location, tst: 'yesterday' },
    { ...location, lat: 0, lon: 0 },
  ])('%j is rejected and counted', (body) => {
    expect(post(body)).toMatchObject({ token: TOKEN, fixes: [], rejected: 1, ignored: false });
  });

  test.each([
    [{ 'x-limit-u': 'bruno', 'x-limit-d': 'pixel' }, '', 'bruno/pixel'],
    [{}, 'u=bruno&d=pixel', 'bruno/pixel'],
    [{ 'x-limit-u': 'bruno' }, 'u=other&d=pixel', 'bruno/pixel'],
    [{}, '', 'jane/iphone'],
  ])('the phone is named by headers, query or topic: %j %s', (headers, query, device) => {
    expect(post(location, headers, query).device).toBe(device);
  });

  test('a token in the wrong field is not passed on as the phone’s name', () => {
    expect(post(location, { 'x-limit-d': TOKEN })).not.toHaveProperty('device');
  });
});
