import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distance, Location } from './geo.ts';

const point = fc.record({
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lng: fc.double({ min: -180, max: 180, noNaN: true }),
});
const HALF_ROUND_M = Math.PI * 6_371_008.8;

describe('the distance between two points', () => {
  test.each([
    // A degree of a great circle is 2πR / 360.
    ['a degree of latitude', { lat: 0, lng: 0 }, { lat: 1, lng: 0 }, 111_195],
    ['a degree of longitude at 60° north: half of it', { lat: 60, lng: 0 }, { lat: 60, lng: 1 }, 55_597],
    [
      'Montevideo to Buenos Aires',
      { lat: -34.9033, lng: -56.1882 },
      { lat: -34.6037, lng: -58.3816 },
      203_400,
    ],
    ['Paris to London', { lat: 48.8566, lng: 2.3522 }, { lat: 51.5074, lng: -0.1278 }, 343_600],
    ['across the date line', { lat: 0, lng: 179.5 }, { lat: 0, lng: -179.5 }, 111_195],
    ['pole to pole', { lat: 90, lng: 0 }, { lat: -90, lng: 77 }, 20_015_115],
  ])('%s', (_, a, b, metres) => {
    expect(Math.abs(distance(a, b) - metres) / metres).toBeLessThan(0.002);
  });

  test('is a metre where it should be', () => {
    expect(distance({ lat: -34.9, lng: -56.2 }, { lat: -34.900009, lng: -56.2 })).toBeCloseTo(1, 1);
  });

  test('is nothing to itself, the same both ways, and never beyond half round the Earth', () => {
    fc.assert(
      fc.property(point, point, (a, b) => {
        expect(distance(a, a)).toBe(0);
        expect(distance(a, b)).toBeCloseTo(distance(b, a), 6);
        expect(distance(a, b)).toBeGreaterThanOrEqual(0);
        expect(distance(a, b)).toBeLessThanOrEqual(HALF_ROUND_M + 1e-6);
      }),
    );
  });
});

test('a location is two numbers within the Earth and nothing else', () => {
  expect(Location.safeParse({ lat: 90, lng: -180 }).success).toBe(true);
  const wrong = [
    { lat: 90.01, lng: 0 },
    { lat: 0, lng: 180.5 },
    { lat: '1', lng: 0 },
    { lat: Number.NaN, lng: 0 },
    { lat: 1 },
  ];
  for (const value of [...wrong, { lat: 1, lng: 1, alt: 5 }, null]) {
    expect(Location.safeParse(value).success).toBe(false);
  }
});
