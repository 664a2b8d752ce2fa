import { expect, it } from 'vitest';
import { loadCity } from './city.ts';
import { createRouter, type Position, type Route, type Snap } from './router.ts';
import { at, type LngLat, metresBetween, toLngLat, toWorld } from './world.ts';

const city = loadCity();
const router = createRouter(city);
/** Mercedes runs one way, to the east; the middles of two of its blocks, three apart. */
const MERCEDES = { west: onMercedes(3), east: onMercedes(6) };

function onMercedes(block: number): LngLat {
  const line = city.roads.find((road) => road.name === 'Mercedes' && road.line.length === 26)?.line ?? [];
  const [x0, y0, x1, y1] = line.slice(2 * block, 2 * block + 4);
  return toLngLat(((x0 ?? 0) + (x1 ?? 0)) / 2, ((y0 ?? 0) + (y1 ?? 0)) / 2);
}

function snap(location: LngLat): Snap {
  const found = router.snap(location);
  if (!found) throw new Error('There is a road near.');
  return found;
}

function route(from: LngLat, to: LngLat): Route {
  const found = router.route(snap(from), snap(to));
  if (!found) throw new Error('There is a way.');
  return found;
}

/** Doors spread over the whole city, always the same ones. */
function doors(count: number): LngLat[] {
  const step = Math.floor(city.addresses.x.length / count);
  const chosen = Array.from({ length: count }, (_, i) => (i * 7919 * step) % city.addresses.x.length);
  return chosen.map((i) => toLngLat(at(city.addresses.x, i), at(city.addresses.y, i)));
}

it('follows a one-way street with the traffic, and goes round the block against it', () => {
  const names = (found: Route) => new Set(found.roads.map((road) => city.roads[road]?.name));
  const there = route(MERCEDES.west, MERCEDES.east);
  const back = route(MERCEDES.east, MERCEDES.west);
  expect(names(there)).toEqual(new Set(['Mercedes']));
  expect(there.distance).toBeLessThan(400);
  expect(back.distance).toBeGreaterThan(there.distance + 100);
  expect(names(back).size).toBeGreaterThan(2);
});

it('never runs against a one-way street, nor off the roads', () => {
  const allowed = new Set<string>();
  const key = (a: Position, b: Position) =>
    `${a[0].toFixed(6)},${a[1].toFixed(6)}>${b[0].toFixed(6)},${b[1].toFixed(6)}`;
  for (const { line, drivable, forward, backward } of city.roads) {
    if (!drivable) continue;
    for (let i = 2; i < line.length; i += 2) {
      const [a, b] = [toLngLat(at(line, i - 2), at(line, i - 1)), toLngLat(at(line, i), at(line, i + 1))];
      if (forward) allowed.add(key([a.lng, a.lat], [b.lng, b.lat]));
      if (backward) allowed.add(key([b.lng, b.lat], [a.lng, a.lat]));
    }
  }
  const ends = doors(80);
  let steps = 0;
  for (let i = 0; i + 1 < ends.length; i += 2) {
    const { coordinates } = route(ends[i] ?? MERCEDES.west, ends[i + 1] ?? MERCEDES.east).geometry;
    // The first and the last stretch begin and end in the middle of a block.
    for (let k = 2; k < coordinates.length - 1; k++) {
      const [a, b] = [coordinates[k - 1], coordinates[k]];
      if (!a || !b) continue;
      steps++;
      expect(allowed.has(key(a, b)), `${key(a, b)} of route ${i}`).toBe(true);
    }
  }
  expect(steps).toBeGreaterThan(2_000);
});

it('is as long as its line, and no faster than the limits allow', () => {
  for (const [i, from] of doors(20).entries()) {
    const { distance, duration, geometry } = route(from, doors(21)[i + 1] ?? MERCEDES.east);
    const measured = lengthOf(geometry.coordinates);
    expect(Math.abs(measured - distance)).toBeLessThan(5 + distance * 0.002);
    expect(distance / duration).toBeLessThan(110 / 3.6);
    expect(distance / duration).toBeGreaterThan(2);
  }
});

it('crosses the borders of the tiles the data came in', () => {
  const { distance } = route({ lat: -34.8721, lng: -56.2545 }, { lat: -34.8903, lng: -56.0531 });
  expect(distance).toBeGreaterThan(18_000);
  expect(distance).toBeLessThan(30_000);
});

it('is nothing from a place to itself', () => {
  const { distance, duration, geometry } = route(MERCEDES.west, MERCEDES.west);
  expect([distance, duration]).toEqual([0, 0]);
  expect(geometry.coordinates).toHaveLength(2);
});

it('finds the road nearest to a door, and none on the open river', () => {
  const found = snap({ lat: -34.91724, lng: -56.15511 });
  expect(city.roads[found.road]?.name).toBe('José Ellauri');
  expect(found.distance).toBeLessThan(30);
  expect(router.snap({ lat: -35.1, lng: -56.2 })).toBeUndefined();
});

function lengthOf(coordinates: Position[]): number {
  let sum = 0;
  for (const [i, [lng, lat]] of coordinates.entries()) {
    const before = coordinates[i - 1];
    if (before)
      sum += metresBetween(...toWorld({ lng: before[0], lat: before[1] }), ...toWorld({ lng, lat }));
  }
  return sum;
}
