import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Money } from './orders.ts';
import { FeeRule, feeFor, OpeningHours, ZoneArea } from './zones.ts';

const SQUARE = [
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 4],
  [0, 0],
];
const HOLE = SQUARE.map(([x = 0, y = 0]) => [1 + x / 4, 1 + y / 4]);
const polygon = (...coordinates: unknown[]) => ({ type: 'Polygon', coordinates });
const pathsOf = (schema: typeof ZoneArea | typeof OpeningHours | typeof FeeRule, value: unknown) =>
  schema.safeParse(value).error?.issues.map(({ path }) => path.join('.'));

describe('an area', () => {
  test('is a polygon or several, with or without holes', () => {
    for (const area of [polygon(SQUARE), polygon(SQUARE, HOLE)]) {
      expect(ZoneArea.parse(area)).toEqual(area);
      const several = { type: 'MultiPolygon', coordinates: [area.coordinates, area.coordinates] };
      expect(ZoneArea.parse(several)).toEqual(several);
    }
  });

  test.each([
    ['type', { type: 'Point', coordinates: [0, 0] }],
    ['coordinates', polygon()],
    ['coordinates.0', polygon(SQUARE.slice(0, 3))],
    ['coordinates.0', polygon(SQUARE.slice(0, 4))],
    ['coordinates.1', polygon(SQUARE, HOLE.slice(0, 4))],
    ['coordinates.0.1', polygon(SQUARE.toSpliced(2, 2, [0, 4], [4, 4]))],
    ['coordinates.0.2.0', polygon(SQUARE.with(2, [180.1, 0]))],
    ['coordinates.0.2.1', polygon(SQUARE.with(2, [0, -90.1]))],
    ['coordinates.0.2', polygon(SQUARE.with(2, [4, 4, 10]))],
    ['coordinates.1.0', { type: 'MultiPolygon', coordinates: [[SQUARE], [SQUARE.slice(0, 4)]] }],
  ])('tells the path of what is wrong: %s', (path, area) => {
    expect(pathsOf(ZoneArea, area)).toEqual([path]);
  });

  test('holds at most 2,000 positions in all', () => {
    const circle = (positions: number) => {
      const points = Array.from({ length: positions - 1 }, (_, index) => {
        const angle = (2 * Math.PI * index) / (positions - 1);
        return [Math.cos(angle), Math.sin(angle)];
      });
      return [...points, points[0]];
    };
    expect(pathsOf(ZoneArea, polygon(circle(2000)))).toBeUndefined();
    expect(pathsOf(ZoneArea, polygon(circle(2001)))).toEqual(['coordinates.0']);
    expect(pathsOf(ZoneArea, polygon(circle(1000), circle(1001)))).toEqual(['coordinates']);
    const several = { type: 'MultiPolygon', coordinates: [[circle(1000)], [circle(1001)]] };
    expect(pathsOf(ZoneArea, several)).toEqual(['coordinates']);
    // Which is said at once: what is too long is not looked at closely.
    const bows = Array.from({ length: 50 }, () => [[0, 0], [4, 4], [4, 0], [0, 4], ...circle(100), [0, 0]]);
    expect(pathsOf(ZoneArea, polygon(...bows))).toEqual(['coordinates']);
  });
});

describe('the fee', () => {
  test.each([
    [{ base: 5000 }, 12_345, 5000],
    [{ base: 5000, perKm: 1000 }, 0, 5000],
    [{ base: 5000, perKm: 1000 }, 2500, 7500],
    [{ base: 0, perKm: 1000 }, 1, 1],
    [{ base: 0, perKm: 999 }, 500, 500],
    [{ base: 0, perKm: 1000, minimum: 4000 }, 3999, 4000],
    [{ base: 0, perKm: 1000, minimum: 4000 }, 4001, 4001],
    [{ base: 0, perKm: 1e12 }, 20_000_000, 1e12],
  ])('of %o over %i m is %i', (rule, metres, fee) => {
    expect(feeFor(FeeRule.parse(rule), metres)).toBe(fee);
  });

  test('is money, never below the base nor the minimum, and never falls with the distance', () => {
    const money = fc.integer({ min: 0, max: 1e12 });
    const rule = fc.record({ base: money, perKm: money, minimum: money });
    const metres = fc.integer({ min: 0, max: 20_100_000 });
    fc.assert(
      fc.property(rule, metres, metres, (fees, a, b) => {
        const fee = feeFor(fees, a);
        expect(Money.safeParse(fee).success).toBe(true);
        expect(fee).toBeGreaterThanOrEqual(Math.max(fees.base, fees.minimum));
        if (a <= b) expect(fee).toBeLessThanOrEqual(feeFor(fees, b));
      }),
    );
  });

  test.each([
    ['base', {}],
    ['base', { base: 1.5 }],
    ['perKm', { base: 1, perKm: -1 }],
    ['minimum', { base: 1, minimum: 1e13 }],
  ])('tells the path of what is wrong: %s', (path, rule) => {
    expect(pathsOf(FeeRule, rule)).toEqual([path]);
  });
});

test('hours tell the path of what is wrong', () => {
  const good = { day: 1, from: '09:00', to: '24:00' };
  expect(OpeningHours.parse([good])).toEqual([good]);
  expect(OpeningHours.parse([])).toEqual([]);
  for (const [path, change] of [
    ['1.day', { day: 0 }],
    ['1.day', { day: 8 }],
    ['1.from', { from: '9:00' }],
    ['1.to', { to: '24:01' }],
    ['1.to', { to: '09:00' }],
    ['1.to', { from: '22:00', to: '02:00' }],
  ] as const) {
    expect(pathsOf(OpeningHours, [good, { ...good, ...change }])).toEqual([path]);
  }
  expect(pathsOf(OpeningHours, Array(51).fill(good))).toEqual(['']);
});
