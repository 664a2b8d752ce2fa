import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeTrail, encodeTrail, type TrailPoint } from './trail.ts';

const point = fc.record({
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lng: fc.double({ min: -180, max: 180, noNaN: true }),
  at: fc.integer({ min: 0, max: Date.parse('2200-01-01T00:00:00Z') }),
});
/** Half of 1e-5 degrees, and a hair for the arithmetic. */
const HALF_STEP = 0.5e-5 + 1e-9;

/** A walk as a phone measures it: a fix each two seconds or so, at up to 1.6 m/s, turning. */
const walk = fc
  .array(
    fc.record({
      metres: fc.double({ min: 0, max: 3.2, noNaN: true }),
      turn: fc.double({ min: -1, max: 1, noNaN: true }),
      jitterMs: fc.integer({ min: -20, max: 20 }),
    }),
    {
      minLength: 50,
      maxLength: 200,
    },
  )
  .map((steps) => {
    let heading = 0;
    const at = { lat: -34.9011, lng: -56.1645, at: Date.parse('2026-11-22T12:00:00.123Z') };
    return steps.map(({ metres, turn, jitterMs }): TrailPoint => {
      heading += turn;
      at.lat += (metres * Math.cos(heading)) / 111_195;
      at.lng += (metres * Math.sin(heading)) / (111_195 * Math.cos((at.lat * Math.PI) / 180));
      at.at += 2000 + jitterMs;
      return { ...at };
    });
  });

function expectSame(decoded: TrailPoint[], points: readonly TrailPoint[]): void {
  expect(decoded).toHaveLength(points.length);
  for (const [index, { lat, lng, at }] of points.entries()) {
    expect(decoded[index]?.at).toBe(at);
    expect(Math.abs((decoded[index]?.lat ?? Number.NaN) - lat)).toBeLessThanOrEqual(HALF_STEP);
    expect(Math.abs((decoded[index]?.lng ?? Number.NaN) - lng)).toBeLessThanOrEqual(HALF_STEP);
  }
}

describe('a trail', () => {
  test('comes back to the metre and to the millisecond, wherever and whenever its points are', () => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 50 }), (points) =>
        expectSame(decodeTrail(encodeTrail(points)), points),
      ),
    );
  });

  test('does not drift: the last point of a long one is as exact as the first', () => {
    const points = Array.from({ length: 5000 }, (_, i) => ({
      lat: -34 + i * 3.3e-6,
      lng: -56 - i * 7.7e-6,
      at: 1e12 + i * 999,
    }));
    expectSame(decodeTrail(encodeTrail(points)), points);
  });

  test('of a walk takes at most 8 bytes a fix', () => {
    fc.assert(
      fc.property(walk, (points) => {
        const bytes = encodeTrail(points);
        expectSame(decodeTrail(bytes), points);
        expect(bytes.length / points.length).toBeLessThanOrEqual(8);
        // After the first point, which is whole, two bytes of time and one each of latitude and longitude.
        expect(
          (bytes.length - encodeTrail(points.slice(0, 1)).length) / (points.length - 1),
        ).toBeLessThanOrEqual(4.01);
      }),
    );
  });

  test('without points is empty', () => {
    expect(encodeTrail([])).toEqual(new Uint8Array());
    expect(decodeTrail(new Uint8Array())).toEqual([]);
  });

  test('has these bytes: what was stored years ago must still be read', () => {
    const points = [
      { lat: 0.00001, lng: -0.00001, at: 64 },
      { lat: 0, lng: 0.00063, at: 63 },
    ];
    // zigzag: 64 → 128 → 80 01; 1 → 2; -1 → 1; then -1 → 1; -1 → 1; 64 → 80 01.
    expect(Buffer.from(encodeTrail(points)).toString('hex')).toBe('80010201' + '01018001');
    expect(decodeTrail(Buffer.from('8001020101018001', 'hex'))).toEqual(points);
  });

  test('that is cut short throws, unless the cut is between two points', () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 5 }), (points) => {
        const bytes = encodeTrail(points);
        const whole = points.map((_, index) => encodeTrail(points.slice(0, index)).length);
        for (let length = 0; length < bytes.length; length++) {
          const read = () => decodeTrail(bytes.subarray(0, length));
          if (whole.includes(length)) expect(read()).toHaveLength(whole.indexOf(length));
          else expect(read).toThrow(RangeError);
        }
      }),
    );
  });
});
