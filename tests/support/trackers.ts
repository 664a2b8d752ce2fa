import type { FixSource } from '../../domain/fix.ts';

type Position = { lat: number; lng: number; at: Date };
type Tracker = {
  name: string;
  source: FixSource;
  /** What the client takes for success. */
  success: string;
  send: (url: string, token: string, position: Position) => Promise<Response>;
};

const json = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const seconds = (at: Date): string => String(at.getTime() / 1000);

/** The six phone trackers, each in its own wire format (see functions/ingest for the sources of each). */
export const TRACKERS: Tracker[] = [
  {
    name: 'Traccar Client 10',
    source: 'traccar',
    success: 'OK',
    send: (url, token, { lat, lng, at }) =>
      fetch(`${url}/v1/ingest/osmand`, {
        method: 'POST',
        body: new URLSearchParams({
          id: token,
          lat: String(lat),
          lon: String(lng),
          timestamp: seconds(at),
          accuracy: '6.5',
          speed: '9.7',
          bearing: '180',
          batt: '81',
        }),
      }),
  },
  {
    name: 'Traccar Client 9',
    source: 'traccar',
    success: 'OK',
    send: (url, token, { lat, lng, at }) =>
      json(`${url}/v1/ingest/osmand`, {
        device_id: token,
        location: {
          timestamp: at.toISOString(),
          coords: { latitude: lat, longitude: lng, accuracy: 4, speed: -1, heading: -1, altitude: 20 },
          is_moving: true,
          odometer: 12,
          event: 'motionchange',
          battery: { level: 0.8, is_charging: false },
          activity: { type: 'on_bicycle' },
        },
      }),
  },
  {
    name: 'OsmAnd',
    source: 'osmand',
    success: 'OK',
    send: (url, token, { lat, lng, at }) =>
      fetch(
        `${url}/v1/ingest/osmand?deviceid=${token}&location=${lat},${lng}&timestamp=${at.getTime()}&heading=90&hdop=1`,
        { method: 'POST' },
      ),
  },
  {
    name: 'OwnTracks',
    source: 'owntracks',
    success: '[]',
    send: (url, token, { lat, lng, at }) =>
      json(
        `${url}/v1/ingest/owntracks`,
        {
          _type: 'location',
          lat,
          lon: lng,
          tst: Number(seconds(at)),
          tid: 'an',
          acc: 5,
          vel: 18,
          cog: 10,
          batt: 70,
        },
        {
          Authorization: `Basic ${Buffer.from(`ana:${token}`).toString('base64')}`,
          'X-Limit-U': 'ana',
          'X-Limit-D': 'phone',
        },
      ),
  },
  {
    name: 'GPSLogger',
    source: 'gpslogger',
    success: 'OK',
    send: (url, token, { lat, lng, at }) =>
      fetch(
        `${url}/v1/ingest/osmand?id=${token}&lat=${lat}&lon=${lng}&timestamp=${seconds(at)}&accuracy=5&altitude=20&bearing=90&spd=5.1&batt=66`,
      ),
  },
  {
    name: 'Overland',
    source: 'overland',
    success: '{"result":"ok"}',
    send: (url, token, { lat, lng, at }) =>
      json(
        `${url}/v1/ingest/overland`,
        {
          locations: [
            {
              type: 'Feature',
              geometry: { type: 'Point', coordinates: [lng, lat] },
              properties: {
                timestamp: at.toISOString(),
                speed: 4,
                course: 90,
                altitude: 20,
                horizontal_accuracy: 8,
                battery_level: 0.5,
                motion: ['cycling'],
                device_id: 'ana',
              },
            },
          ],
        },
        { Authorization: `Bearer ${token}` },
      ),
  },
];
