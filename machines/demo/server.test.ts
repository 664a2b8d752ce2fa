import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCity } from './city.ts';
import { createRouter } from './router.ts';
import { createCityServer } from './server.ts';

const city = loadCity();
const server = createCityServer(city, createRouter(city));
let base = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address with a port.
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function getJson(path: string) {
  const response = await fetch(base + path);
  return { status: response.status, body: await response.json() };
}

it('is alive', async () => {
  expect(await getJson('/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
});

describe('tiles', () => {
  const TILE = '/tiles/15/11268/19773.svg';

  it('are SVG, compressed, and not sent again when known', async () => {
    const first = await fetch(base + TILE);
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toContain('image/svg+xml');
    expect(first.headers.get('content-encoding')).toBe('gzip');
    expect(first.headers.get('cache-control')).toContain('max-age=');
    expect(await first.text()).toMatch(/^<svg .*<\/svg>$/);
    const etag = first.headers.get('etag') ?? '';
    const second = await fetch(base + TILE, { headers: { 'If-None-Match': etag } });
    expect(second.status).toBe(304);
    expect(await second.text()).toBe('');
  });

  it('are plain for a client without gzip, and dark when asked', async () => {
    const plain = await fetch(base + TILE, { headers: { 'Accept-Encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const light = await plain.text();
    const dark = await (await fetch(`${base + TILE}?theme=dark`)).text();
    expect(dark).not.toBe(light);
    expect(dark).toContain('#141d2e');
  });

  it.each(['/tiles/9/1/1.svg', '/tiles/19/1/1.svg', '/tiles/12/4096/1.svg', '/tiles/15/1/1.svg?theme=pink'])(
    'refuses %s',
    async (path) => {
      expect((await getJson(path)).status).toBe(400);
    },
  );

  it.each(['/tiles/x/1/1.svg', '/tiles/12/1/1.png', '/tiles/', '/tiles/12/-1/1.svg'])(
    'has no %s',
    async (path) => {
      expect((await getJson(path)).status).toBe(404);
    },
  );
});

describe('search', () => {
  it('answers as Nominatim does', async () => {
    const { status, body } = await getJson('/search?q=Jos%C3%A9+Ellauri+739&format=jsonv2&limit=5');
    expect(status).toBe(200);
    expect(body[0]).toMatchObject({
      place_id: expect.any(Number),
      lat: expect.stringMatching(/^-34\.9172/),
      lon: expect.stringMatching(/^-56\.1551/),
      category: 'place',
      type: 'house',
      place_rank: 30,
      licence: expect.stringContaining('OpenStreetMap contributors, ODbL'),
      display_name: '739, José Ellauri, Punta Carretas, Montevideo, Uruguay',
      address: { house_number: '739', road: 'José Ellauri', country_code: 'uy' },
    });
  });

  it('marks a street as one', async () => {
    const { body } = await getJson('/search?q=Jos%C3%A9+Ellauri&format=jsonv2');
    expect(body[0]).toMatchObject({ category: 'highway', addresstype: 'road', place_rank: 26 });
    expect(body[0].address.house_number).toBeUndefined();
  });

  it('finds nothing for nonsense, which is no error', async () => {
    expect(await getJson('/search?q=zzzz+12')).toEqual({ status: 200, body: [] });
  });

  it.each([
    '/search',
    '/search?q=',
    '/search?q=a&format=xml',
    '/search?q=a&limit=x',
    `/search?q=${'a'.repeat(400)}`,
  ])('refuses %s', async (path) => {
    const { status, body } = await getJson(path);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 400, message: expect.any(String) });
  });
});

describe('reverse', () => {
  it('names the nearest house', async () => {
    const { body } = await getJson('/reverse?lat=-34.91724&lon=-56.15511&format=jsonv2');
    expect(body.address).toMatchObject({ road: 'José Ellauri', house_number: '739' });
  });

  it('says when there is none', async () => {
    expect(await getJson('/reverse?lat=0&lon=0')).toEqual({
      status: 200,
      body: { error: 'Unable to geocode' },
    });
  });

  it.each(['/reverse', '/reverse?lat=a&lon=1', '/reverse?lat=91&lon=0'])('refuses %s', async (path) => {
    expect((await getJson(path)).status).toBe(400);
  });
});

describe('route', () => {
  const QUERY = '?overview=full&geometries=geojson';

  it('answers as OSRM does', async () => {
    const { status, body } = await getJson(
      `/route/v1/driving/-56.19135,-34.90530;-56.15511,-34.91724${QUERY}`,
    );
    expect(status).toBe(200);
    expect(body.code).toBe('Ok');
    const [route] = body.routes;
    expect(route.distance).toBeGreaterThan(3_500);
    expect(route.distance).toBeLessThan(6_000);
    expect(route.duration).toBeGreaterThan(300);
    expect(route.geometry.type).toBe('LineString');
    expect(route.geometry.coordinates.length).toBeGreaterThan(20);
    expect(route.legs).toHaveLength(1);
    expect(body.waypoints).toHaveLength(2);
    expect(body.waypoints[1]).toMatchObject({ name: 'José Ellauri', distance: expect.any(Number) });
  });

  it('goes by way of stops, a leg each', async () => {
    const stops = '-56.19135,-34.90530;-56.1744,-34.9132;-56.15511,-34.91724';
    const { body } = await getJson(`/route/v1/driving/${stops}${QUERY}`);
    const [route] = body.routes;
    expect(route.legs).toHaveLength(2);
    expect(route.distance).toBeCloseTo(route.legs[0].distance + route.legs[1].distance, 0);
  });

  it.each([
    ['/route/v1/driving/hello', 'InvalidQuery'],
    ['/route/v1/driving/', 'InvalidQuery'],
    ['/route/v1/driving/-56.2,-34.9;200,-34.9', 'InvalidQuery'],
    ['/route/v1/driving/-56.2,-34.9', 'InvalidOptions'],
    ['/route/v1/driving/-56.19,-34.9;-56.18,-34.9?geometries=polyline', 'InvalidOptions'],
    ['/route/v1/flying/-56.19,-34.9;-56.18,-34.9', 'InvalidProfile'],
    [`/route/v1/driving/-56.19,-34.9;10,50${QUERY}`, 'NoSegment'],
    [`/route/v1/driving/${Array(26).fill('-56.19,-34.9').join(';')}${QUERY}`, 'TooBig'],
  ])('refuses %s', async (path, code) => {
    expect(await getJson(path)).toEqual({ status: 400, body: { code, message: expect.any(String) } });
  });
});

it.each(['/', '/etc/passwd', '/route', '/searching'])('has no %s', async (path) => {
  expect((await getJson(path)).status).toBe(404);
});

it('reads only', async () => {
  const response = await fetch(`${base}/search?q=a`, { method: 'POST', body: 'x' });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET, HEAD');
});
