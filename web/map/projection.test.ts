import { expect, test } from 'vitest';
import { metresBetween, project, unproject, viewOf } from './projection.ts';
import { OSM_ATTRIBUTION, posterTiles, type Tiles } from './tiles.ts';

const MONTEVIDEO = { lat: -34.9011, lng: -56.1781 };
const ZOOMS = { minZoom: 12, maxZoom: 17 };
const tiles: Tiles = { url: '/tiles/{z}/{x}/{y}.svg', attribution: OSM_ATTRIBUTION };

test('agrees with the tile numbering of OpenStreetMap', () => {
  // wiki.openstreetmap.org/wiki/Slippy_map_tilenames: 35.6590699, 139.7006793 at zoom 18 is 232798/103246.
  const { x, y } = project({ lat: 35.6590699, lng: 139.7006793 }, 18);
  expect([Math.floor(x / 256), Math.floor(y / 256)]).toEqual([232798, 103246]);
});

test('goes there and back', () => {
  const back = unproject(project(MONTEVIDEO, 15), 15);
  expect(back.lat).toBeCloseTo(MONTEVIDEO.lat, 9);
  expect(back.lng).toBeCloseTo(MONTEVIDEO.lng, 9);
});

test('the view is as close as shows all points', () => {
  expect(viewOf([], ZOOMS)).toBeNull();
  expect(viewOf([MONTEVIDEO], ZOOMS)?.zoom).toBe(16);
  expect(viewOf([MONTEVIDEO, { lat: -34.9052, lng: -56.1903 }], ZOOMS)?.zoom).toBe(14);
  expect(viewOf([MONTEVIDEO, { lat: 40, lng: 3 }], ZOOMS)?.zoom).toBe(12);
});

test('the still picture covers a phone around its middle, without a gap', () => {
  const poster = posterTiles(tiles, { center: MONTEVIDEO, zoom: 15 });
  const xs = poster.map((tile) => tile.x);
  const ys = poster.map((tile) => tile.y);
  expect(Math.min(...xs)).toBeLessThanOrEqual(-269);
  expect(Math.max(...xs) + 256).toBeGreaterThanOrEqual(269);
  expect(Math.min(...ys)).toBeLessThanOrEqual(-229);
  expect(Math.max(...ys) + 256).toBeGreaterThanOrEqual(229);
  expect(poster.length).toBe(new Set(xs).size * new Set(ys).size);
  expect(poster[0]?.href).toMatch(/^\/tiles\/15\/\d+\/\d+\.svg$/);
});

test('tiles beyond the date line begin anew', () => {
  const poster = posterTiles(tiles, { center: { lat: 0, lng: 179.999 }, zoom: 12 });
  expect(poster.map((tile) => tile.href)).toContain('/tiles/12/0/2048.svg');
});

test('measures metres', () => {
  expect(metresBetween({ lat: 0, lng: 0 }, { lat: 0, lng: 1 })).toBeCloseTo(111_195, -1);
});
