import { expect, test } from 'vitest';
import { FleetFlush } from '../domain/room-events.ts';
import { decodeTrail } from '../domain/trail.ts';
import { FlushBuffer } from './flush-buffer.ts';

const ANA = '0192a000-0000-7000-8000-000000000001';
const ORDER = '0192a000-0000-7000-8000-000000000002';
const start = Date.parse('2026-11-22T10:00:00.000Z');
const fix = (second: number) => ({
  lat: -34.9 + second / 1e5,
  lng: -56.2,
  heading: null,
  speed: 3,
  fixedAt: new Date(start + second * 1000).toISOString(),
});
const range = { from: '2026-11-22T10:10:00.000Z', to: '2026-11-22T10:20:00.000Z' };

function pointsOf(trail: FleetFlush['trails'][number] | undefined) {
  return decodeTrail(Uint8Array.from(atob(trail?.points ?? ''), (c) => c.charCodeAt(0)));
}

test('packs the fixes of a driver into one chunk, with the last location', () => {
  const buffer = new FlushBuffer();
  for (const second of [0, 1, 2]) buffer.addFix(ANA, fix(second));
  buffer.setEta(ORDER, { pickup: null, dropoff: range });
  const flush = FleetFlush.parse(buffer.take());
  expect(flush.trails).toMatchObject([{ driverId: ANA, startedAt: '2026-11-22T10:00:00.000Z' }]);
  const points = pointsOf(flush.trails[0]);
  expect(points.map((point) => point.at - start)).toEqual([0, 1000, 2000]);
  expect(points[2]?.lat).toBeCloseTo(-34.89998, 5);
  expect(flush.locations).toEqual([{ driverId: ANA, ...fix(2) }]);
  expect(flush.etas).toEqual([{ orderId: ORDER, eta: { pickup: null, dropoff: range } }]);
  expect(buffer.empty).toBe(true);
});

test('a thousand fixes at once become chunks of at most 500', () => {
  const buffer = new FlushBuffer();
  for (let second = 0; second < 1001; second++) buffer.addFix(ANA, fix(second));
  expect(buffer.take().trails.map((trail) => pointsOf(trail).length)).toEqual([500, 500, 1]);
});

test('what could not be written goes along next time, unchanged and before what came since', () => {
  const buffer = new FlushBuffer();
  buffer.addFix(ANA, fix(0));
  buffer.setEta(ORDER, { pickup: null, dropoff: range });
  const failed = buffer.take();
  buffer.addFix(ANA, fix(1));
  buffer.setEta(ORDER, { pickup: null, dropoff: null });
  buffer.restore(failed);
  const flush = buffer.take();
  expect(flush.trails[0]).toEqual(failed.trails[0]);
  expect(flush.trails.map((trail) => trail.startedAt)).toEqual([fix(0).fixedAt, fix(1).fixedAt]);
  expect(flush.locations).toEqual([{ driverId: ANA, ...fix(1) }]);
  expect(flush.etas).toEqual([{ orderId: ORDER, eta: { pickup: null, dropoff: null } }]);
});

test('keeps a bounded number of chunks while nobody takes them', () => {
  const buffer = new FlushBuffer();
  buffer.addFix(ANA, fix(0));
  const { trails, locations, etas } = buffer.take();
  const [trail] = trails;
  if (trail === undefined) throw new Error('no trail');
  buffer.restore({ trails: Array.from({ length: 36_005 }, () => trail), locations, etas });
  let kept = 0;
  while (!buffer.empty) kept += buffer.take().trails.length;
  expect(kept).toBe(36_000);
  expect(buffer.lost).toBe(5);
});

test('a long outage is handed over in parts, the oldest first', () => {
  const buffer = new FlushBuffer();
  const chunk = (second: number, points = 'AA==') => ({
    driverId: ANA,
    startedAt: fix(second).fixedAt,
    points,
  });
  const trails = Array.from({ length: 4_500 }, (_, second) => chunk(second));
  buffer.restore({ trails, locations: [{ driverId: ANA, ...fix(0) }], etas: [] });
  const parts = [buffer.take(), buffer.take(), buffer.take()];
  expect(parts.map((part) => part.trails.length)).toEqual([2_000, 2_000, 500]);
  expect(parts.flatMap((part) => part.trails)).toEqual(trails);
  expect(parts.map((part) => part.locations.length)).toEqual([1, 0, 0]);
  expect(buffer.empty).toBe(true);

  const large = Array.from({ length: 1_500 }, (_, second) => chunk(second, 'A'.repeat(8_000)));
  buffer.restore({ trails: large, locations: [], etas: [] });
  while (!buffer.empty) expect(JSON.stringify(buffer.take()).length).toBeLessThan(5_000_000);
});

test('a chunk larger than any part goes alone', () => {
  const buffer = new FlushBuffer();
  const trails = [0, 1].map((second) => ({
    driverId: ANA,
    startedAt: fix(second).fixedAt,
    points: 'A'.repeat(5_000_000),
  }));
  buffer.restore({ trails, locations: [], etas: [] });
  expect([buffer.take(), buffer.take()].map((part) => part.trails.length)).toEqual([1, 1]);
});
