import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OpeningHours, ZoneArea } from '../../domain/zones.ts';
import { chooseZone } from './choose-zone.ts';

/** A square around 0°, 0° that reaches so far to each side. */
const square = (reach: number) => {
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
    [-1, -1],
  ];
  return corners.map(([x = 0, y = 0]) => [x * reach, y * reach]);
};
const area = (...rings: number[][][]) => ZoneArea.parse({ type: 'Polygon', coordinates: rings });
const zone = (id: string, base: number, change: Record<string, unknown> = {}) => ({
  ...{ id, area: area(square(1)), fee: { base, perKm: 0, minimum: 0 }, hours: null },
  ...change,
});
// A Monday, 12:00 UTC.
const NOON = Date.parse('2026-11-23T12:00:00Z');
const HOUR = 60 * 60_000;
const ask = (zones: ReturnType<typeof zone>[], change: Record<string, unknown> = {}) =>
  chooseZone(zones, {
    ...{ dropoff: { lat: 0, lng: 0 }, metres: 1000, when: { from: NOON, to: NOON }, timezone: 'UTC' },
    ...change,
  });
const open = (from: string, to: string) => OpeningHours.parse([{ day: 1, from, to }]);

describe('of zones that overlap', () => {
  test('the cheapest for the distance counts, and of equals the oldest', () => {
    const zones = [zone('b', 500), zone('a', 500), zone('c', 900)];
    expect(ask(zones)).toMatchObject({ outcome: 'open', fee: 500, zone: { id: 'a' } });
    const perKm = zone('d', 0, { fee: { base: 0, perKm: 100, minimum: 0 } });
    expect(ask([...zones, perKm], { metres: 3000 })).toMatchObject({ fee: 300, zone: { id: 'd' } });
    expect(ask([...zones, perKm], { metres: 8000 })).toMatchObject({ fee: 500, zone: { id: 'a' } });
  });

  test('one that is closed does not count', () => {
    const zones = [zone('a', 100, { hours: open('18:00', '20:00') }), zone('b', 500)];
    expect(ask(zones)).toMatchObject({ outcome: 'open', zone: { id: 'b' }, opensAt: NOON });
  });

  test('no order of theirs changes what is chosen', () => {
    const zones = [3, 1, 2, 1, 5].map((fee, index) => zone(String(index), fee * 100));
    fc.assert(
      fc.property(fc.shuffledSubarray(zones, { minLength: zones.length }), (shuffled) => {
        expect(ask(shuffled)).toMatchObject({ outcome: 'open', zone: { id: '1' } });
      }),
    );
  });
});

describe('a place', () => {
  test('in a hole, or beyond the border, is outside', () => {
    const ring = zone('a', 100, { area: area(square(1), square(0.5)) });
    const outcome = (lat: number, lng: number) => ask([ring], { dropoff: { lat, lng } }).outcome;
    expect([outcome(0, 0), outcome(0.7, 0.7), outcome(0, 1.01)]).toEqual(['outside', 'open', 'outside']);
    expect(ask([])).toEqual({ outcome: 'outside' });
  });

  test('in either part of several is inside; latitude and longitude are not mixed up', () => {
    const parts = ZoneArea.parse({
      type: 'MultiPolygon',
      coordinates: [[square(1)], [square(1).map(([x = 0, y = 0]) => [x + 100, y + 10])]],
    });
    const outcome = (lat: number, lng: number) =>
      ask([zone('a', 100, { area: parts })], { dropoff: { lat, lng } }).outcome;
    expect([outcome(0, 0), outcome(10, 100), outcome(10, 10)]).toEqual(['open', 'open', 'outside']);
  });
});

describe('while it is closed', () => {
  test('the next opening of all that hold the place is told', () => {
    const zones = [
      zone('a', 1, { hours: open('18:00', '20:00') }),
      zone('b', 9, { hours: open('17:00', '18:00') }),
    ];
    expect(ask(zones)).toEqual({ outcome: 'closed', opensAt: NOON + 5 * HOUR });
    expect(ask([zone('a', 1, { hours: [] })])).toEqual({ outcome: 'closed', opensAt: null });
  });

  test('a window is good that it opens in, from then on', () => {
    const zones = [zone('a', 1, { hours: open('18:00', '20:00') })];
    const within = (from: number, to: number) =>
      ask(zones, { when: { from: NOON + from * HOUR, to: NOON + to * HOUR } });
    expect(within(1, 5)).toMatchObject({ outcome: 'closed' });
    expect(within(1, 6)).toMatchObject({ outcome: 'open', opensAt: NOON + 6 * HOUR });
    expect(within(7, 9)).toMatchObject({ outcome: 'open', opensAt: NOON + 7 * HOUR });
    expect(within(8, 9)).toMatchObject({ outcome: 'closed', opensAt: NOON + (7 * 24 + 6) * HOUR });
  });
});
