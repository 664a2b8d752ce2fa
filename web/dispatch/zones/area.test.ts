import { expect, test } from 'vitest';
import { ZoneArea } from '../../../domain/zones.ts';
import { areaOf, cornersOf, partsOf } from './area.ts';

const corners = [
  { lat: -34.9, lng: -56.2 },
  { lat: -34.9, lng: -56.1 },
  { lat: -34.8, lng: -56.1 },
];

test('what was drawn is an area that the API takes, and comes back as its corners', () => {
  const area = areaOf(corners);
  expect(ZoneArea.parse(area)).toEqual(area);
  expect(cornersOf(area)).toEqual(corners);
});

test('an area with parts or holes has no corners to move, but is shown', () => {
  const { coordinates } = areaOf(corners);
  const ring = (coordinates as [number, number][][])[0] ?? [];
  const parts = { type: 'MultiPolygon' as const, coordinates: [[ring], [ring]] };
  expect([cornersOf(parts), cornersOf({ type: 'Polygon', coordinates: [ring, ring] })]).toEqual([null, null]);
  expect(partsOf(parts)).toHaveLength(2);
  expect(partsOf(parts)[0]?.[0]?.[0]).toEqual(corners[0]);
});
