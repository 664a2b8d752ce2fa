import { expect, test } from 'vitest';
import { aim, isAtRest, poseAt } from './glide.ts';

const fix = (lat: number, lng: number, fixedAt: number, heading: number | null = null) => ({
  lat,
  lng,
  fixedAt,
  heading,
});
const first = aim(null, fix(0, 0, 1000, 90), 500, false);

test('the first fix is where the marker stands', () => {
  expect(poseAt(first, 500)).toEqual({ lat: 0, lng: 0, heading: 90 });
  expect(isAtRest(first, 500)).toBe(true);
});

test('the marker travels evenly over the time between two fixes', () => {
  const glide = aim(first, fix(0, 0.001, 5000, 90), 10_000, false);
  expect(poseAt(glide, 10_000).lng).toBe(0);
  expect(poseAt(glide, 11_000).lng).toBeCloseTo(0.00025, 9);
  expect(poseAt(glide, 12_000).lng).toBeCloseTo(0.0005, 9);
  expect(poseAt(glide, 14_000).lng).toBe(0.001);
  expect(isAtRest(glide, 13_999)).toBe(false);
  expect(isAtRest(glide, 14_000)).toBe(true);
});

test('a fix that comes early goes on from where the marker is drawn', () => {
  const glide = aim(first, fix(0, 0.001, 5000, 90), 10_000, false);
  const next = aim(glide, fix(0, 0.002, 9000, 90), 12_000, false);
  expect(poseAt(next, 12_000).lng).toBeCloseTo(0.0005, 9);
  expect(poseAt(next, 16_000).lng).toBe(0.002);
});

test('an older or repeated fix changes nothing', () => {
  expect(aim(first, fix(1, 1, 1000), 2000, false)).toBe(first);
  expect(aim(first, fix(1, 1, 400), 2000, false)).toBe(first);
});

test('after a long silence the marker catches up quickly', () => {
  const glide = aim(first, fix(0, 0.01, 121_000, 90), 200_000, false);
  expect(isAtRest(glide, 201_000)).toBe(true);
});

test('it jumps for those who want no motion', () => {
  const glide = aim(first, fix(0, 0.001, 5000, 180), 10_000, true);
  expect(poseAt(glide, 10_000)).toEqual({ lat: 0, lng: 0.001, heading: 180 });
  expect(isAtRest(glide, 10_000)).toBe(true);
});

test('it turns the short way round, over north', () => {
  const north = aim(null, fix(0, 0, 1000, 350), 0, false);
  const glide = aim(north, fix(0.001, 0, 5000, 10), 0, false);
  expect(poseAt(glide, 200).heading).toBeCloseTo(0, 6);
  expect(poseAt(glide, 400).heading).toBeCloseTo(10, 6);
});

test('without a heading it looks where it moves', () => {
  const east = aim(first, fix(0, 0.001, 5000), 0, false);
  const southWest = aim(first, fix(-0.001, -0.001, 5000), 0, false);
  expect(poseAt(east, 5000).heading).toBeCloseTo(90, 3);
  expect(poseAt(southWest, 5000).heading).toBeCloseTo(225, 3);
});

test('a phone that stands still keeps its heading', () => {
  const glide = aim(first, fix(0.00001, 0, 5000), 0, false);
  expect(poseAt(glide, 5000).heading).toBe(90);
});
