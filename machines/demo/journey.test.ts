import { expect, it } from 'vitest';
import { advance, isOver, lengthOf, startJourney, turnWithin, whereabouts } from './journey.ts';

const CORNER = [
  { lat: -34.9, lng: -56.2 },
  { lat: -34.9, lng: -56.199 },
  { lat: -34.899, lng: -56.199 },
];

it('walks along the line and turns with it', () => {
  const journey = startJourney(CORNER);
  expect(lengthOf(journey)).toBeCloseTo(91.2 + 111.2, 0);
  expect(whereabouts(journey)).toMatchObject({ location: CORNER[0], heading: expect.closeTo(90, 0) });
  advance(journey, 100);
  const { location, heading } = whereabouts(journey);
  expect(location.lng).toBeCloseTo(-56.199, 6);
  expect(location.lat).toBeGreaterThan(-34.9);
  expect(heading).toBeCloseTo(0, 5);
  expect(isOver(journey)).toBe(false);
  advance(journey, 1_000);
  expect(isOver(journey)).toBe(true);
  expect(whereabouts(journey).location).toEqual(CORNER[2]);
});

it('sees a corner coming', () => {
  const journey = startJourney(CORNER);
  expect(turnWithin(journey, 20)).toBe(0);
  advance(journey, 85);
  expect(turnWithin(journey, 20)).toBeCloseTo(90, 0);
});

it('is over at once without a way to go, and skips positions that come twice', () => {
  const here = { lat: -34.9, lng: -56.2 };
  const still = startJourney([here]);
  expect(isOver(still)).toBe(true);
  expect(whereabouts(still)).toEqual({ location: here, heading: undefined });
  const doubled = startJourney([here, here, { lat: -34.89, lng: -56.2 }]);
  advance(doubled, 10);
  expect(whereabouts(doubled).heading).toBeCloseTo(0, 5);
});
