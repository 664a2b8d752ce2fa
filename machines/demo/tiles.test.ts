import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadCity } from './city.ts';
import { EXTENT, tileSource } from './tile-features.ts';
import { placeLabels } from './tile-labels.ts';
import { createTiles } from './tiles.ts';
import { toWorld, WORLD } from './world.ts';

const city = loadCity();
const render = createTiles(city);
const source = tileSource(city);
const CENTRE = { lat: -34.9058, lng: -56.1913 };

function tileOf(z: number, location = CENTRE): [z: number, x: number, y: number] {
  const [x, y] = toWorld(location);
  return [z, Math.floor((x / WORLD) * 2 ** z), Math.floor((y / WORLD) * 2 ** z)];
}

it.each([10, 11, 12, 13, 14, 15, 16, 17, 18])(
  'downtown and around is at most 13 kB gzipped at zoom %i',
  (z) => {
    const [, x, y] = tileOf(z);
    for (const [dx, dy] of [
      [-1, -1],
      [0, -1],
      [1, -1],
      [-1, 0],
      [0, 0],
      [1, 0],
      [2, 0],
      [2, -1],
      [3, -1],
    ] as const) {
      const svg = render(z, x + dx, y + dy);
      expect(gzipSync(svg).length).toBeLessThanOrEqual(13_000);
      expect(svg).toMatch(/^<svg .*<\/svg>$/);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  },
);

it('writes the name along the main street', () => {
  const svg = render(...tileOf(17));
  expect(svg).toContain('>Avenida 18 de Julio</textPath>');
});

it('names a street once a tile', () => {
  const names = [...render(...tileOf(15)).matchAll(/<textPath[^>]*>([^<]+)/g)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(5);
  expect(new Set(names).size).toBe(names.length);
});

it('is the same each time, and another in the dark theme', () => {
  const tile = tileOf(14);
  expect(render(...tile)).toBe(render(...tile));
  expect(render(...tile, 'dark')).not.toBe(render(...tile, 'light'));
  expect(render(...tile, 'dark')).toContain('#141d2e');
});

it('names neighbourhoods from afar and numbers houses from near', () => {
  expect(render(...tileOf(13))).toContain('>Centro</text>');
  expect(render(...tileOf(17))).not.toContain('>Centro</text>');
  const [, x, y] = tileOf(18);
  const near = [0, 1, 2, 3].map((i) => render(18, x + (i % 2), y + (i >> 1))).join('');
  expect(near).toMatch(/<text x="\d+" y="\d+" font-size="36">\d{3,4}<\/text>/);
});

it('shows buildings from zoom 16 on only', () => {
  expect(render(...tileOf(15))).not.toContain('#e4e1db');
  expect(render(...tileOf(16))).toContain('#e4e1db');
});

it('is all water on the river and plain land far away', () => {
  expect(render(...tileOf(14, { lat: -34.96, lng: -56.17 }))).toContain('#bcd9e8');
  const far = render(...tileOf(12, { lat: 48.2, lng: 16.37 }));
  expect(far).toContain('#f4f4f1');
  expect(far).not.toContain('<path');
});

describe('labels', () => {
  it.each([13, 14, 15, 16, 17])('lie wholly inside their tile at zoom %i, none on another', (z) => {
    const labels = placeLabels(source(...tileOf(z)), z);
    for (const { line } of labels) for (const v of line) expect(v > 0 && v < EXTENT).toBe(true);
  });

  it('read from left to right', () => {
    for (const { line } of placeLabels(source(...tileOf(16)), 16)) {
      expect(line[0]).toBeLessThanOrEqual(line.at(-2) ?? 0);
    }
  });
});
