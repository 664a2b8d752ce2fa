import { expect, it } from 'vitest';
import { loadCity } from './city.ts';
import { at, toLngLat, toWorld } from './world.ts';

const city = loadCity();

it('has the roads and addresses of Montevideo', () => {
  expect(city.roads).toHaveLength(13_466);
  expect(city.addresses.number).toHaveLength(205_657);
  expect(city.roads.filter(({ drivable }) => drivable)).toHaveLength(11_393);
  expect(city.places.filter(({ kind }) => kind === 'restaurant').length).toBe(393);
});

it('lies where Montevideo lies', () => {
  const [west, north, east, south] = city.bounds;
  expect(toLngLat(west, north)).toEqual({ lng: expect.closeTo(-56.34, 1), lat: expect.closeTo(-34.81, 1) });
  expect(toLngLat(east, south)).toEqual({ lng: expect.closeTo(-55.99, 1), lat: expect.closeTo(-34.94, 1) });
});

it('knows a one-way street and its limit', () => {
  const pieces = city.roads.filter(({ name }) => name === 'Mercedes');
  expect(pieces).toHaveLength(7);
  for (const { forward, backward, maxspeed } of pieces) {
    expect([forward, backward, maxspeed]).toEqual([true, false, 45]);
  }
});

it('keeps nothing of who edited the map', () => {
  const { addresses, ...rest } = city;
  expect(Object.keys(addresses)).toEqual(['street', 'number', 'x', 'y']);
  const kept = JSON.stringify(rest);
  expect(kept).not.toContain('muralito');
  expect(kept).not.toContain('@');
});

it('closes the Río de la Plata south of the city, with the bay in it', () => {
  const sea = city.areas[0];
  expect(sea?.kind).toBe('water');
  const ring = sea?.rings[0] ?? [];
  const isWet = (lat: number, lng: number) => isInside(ring, ...toWorld({ lat, lng }));
  expect(isWet(-34.95, -56.17)).toBe(true);
  expect(isWet(-34.89, -56.22)).toBe(true);
  expect(isWet(-34.9058, -56.1913)).toBe(false);
  expect(isWet(-34.885, -56.06)).toBe(false);
  expect(isWet(-34.92, -56.155)).toBe(false);
});

it('comes back from world units to the same degrees', () => {
  const back = toLngLat(...toWorld({ lat: -34.9058, lng: -56.1913 }));
  expect(back.lat).toBeCloseTo(-34.9058, 9);
  expect(back.lng).toBeCloseTo(-56.1913, 9);
});

/** Even-odd: how often a ray to the east crosses the ring. */
function isInside(ring: number[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [x0, y0, x1, y1] = [at(ring, i), at(ring, i + 1), at(ring, j), at(ring, j + 1)];
    if (y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0) inside = !inside;
  }
  return inside;
}
