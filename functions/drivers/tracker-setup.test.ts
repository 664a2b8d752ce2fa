import { describe, expect, test } from 'vitest';
import { readIngest } from '../ingest/parse.ts';
import { trackerSetups } from './tracker-setup.ts';

const token = 'dm_dev_q7Xb2mZ0t4WcV9sLhK3eRA';
const phone = {
  publicUrl: 'https://dropmate.example',
  token,
  deviceName: 'Moto G & más',
};
const setups = trackerSetups(phone);

test('Traccar Client is set up by a link whose parameters are its own preferences', () => {
  const link = new URL(setups.traccarClient.link ?? '');
  expect(link.origin + link.pathname).toBe('https://dropmate.example/v1/ingest/osmand');
  expect(Object.fromEntries(link.searchParams)).toEqual({
    id: token,
    accuracy: 'high',
    interval: '10',
    distance: '0',
  });
});

test('OwnTracks gets its configuration inline: HTTP mode, the token as password', () => {
  const inline = new URL(setups.owntracks.link ?? '').searchParams.get('inline') ?? '';
  expect(JSON.parse(Buffer.from(inline, 'base64').toString())).toEqual({
    _type: 'configuration',
    mode: 3,
    url: 'https://dropmate.example/v1/ingest/owntracks',
    auth: true,
    username: 'dropmate',
    password: token,
    deviceId: 'phone',
    monitoring: 2,
  });
});

test('Overland is set up by its own link, where no space is a plus', () => {
  expect(setups.overland.link).toBe(
    `overland://setup?url=https%3A%2F%2Fdropmate.example%2Fv1%2Fingest%2Foverland&token=${token}&device_id=Moto%20G%20%26%20m%C3%A1s`,
  );
});

describe('what an app makes of the URL we give it is read as it was meant', () => {
  const read = (url: string) =>
    readIngest('osmand', {
      method: 'GET',
      query: new URL(url).search.slice(1),
      headers: {},
      body: '',
      receivedAt: Date.parse('2026-11-22T13:00:30.000Z'),
    });
  const expected = {
    lat: -34.9,
    lng: -56.2,
    fixedAt: '2026-11-22T13:00:00.000Z',
    accuracy: 12.5,
    altitude: 30,
    heading: 271,
    speed: 5.25,
  };

  test('OsmAnd fills the places by number', () => {
    const values = ['-34.9', '-56.2', '1795352400000', '12.5', '30.0', '5.25', '271.0'];
    const url = setups.osmand.url.replace(/\{(\d)\}/g, (_, place: string) => values[Number(place)] ?? '');
    const { token: found, parse } = read(url);
    expect(found).toBe(token);
    expect(parse()).toMatchObject({ source: 'osmand', fixes: [expected] });
  });

  test('GPSLogger fills the places by name', () => {
    const values: Record<string, string> = {
      LAT: '-34.9',
      LON: '-56.2',
      TIMESTAMP: '1795352400',
      ACC: '12.5',
      ALT: '30',
      DIR: '271',
      SPD: '5.25',
      BATT: '80',
    };
    const url = setups.gpslogger.url.replace(/%([A-Z]+)/g, (_, name: string) => values[name] ?? '');
    const { token: found, parse } = read(url);
    expect(found).toBe(token);
    expect(parse()).toMatchObject({ source: 'gpslogger', fixes: [{ ...expected, battery: 0.8 }] });
  });
});
