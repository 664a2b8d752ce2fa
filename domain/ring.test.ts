import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ring, ringFault } from './ring.ts';

type Point = [number, number];
const close = (points: readonly Point[]): Ring => [...points, ...points.slice(0, 1)];
/** Around a centre by growing angle, so that it is a border however the distances vary. */
const star = (radii: number[], [x, y]: Point): Point[] =>
  radii.map((radius, index) => {
    const angle = (2 * Math.PI * index) / radii.length;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });

describe('a ring', () => {
  test.each<[string, Point[]]>([
    [
      'a triangle',
      [
        [0, 0],
        [1, 0],
        [0, 1],
      ],
    ],
    [
      'the other way round',
      [
        [0, 0],
        [0, 1],
        [1, 0],
      ],
    ],
    [
      'a few metres, far from 0°, 0°',
      [
        [-56.16, -34.9],
        [-56.16001, -34.9],
        [-56.16, -34.90001],
      ],
    ],
    [
      'a position given twice',
      [
        [0, 0],
        [1, 0],
        [1, 0],
        [0, 1],
      ],
    ],
    [
      'one that touches itself at a corner',
      [
        [0, 0],
        [2, 0],
        [1, 1],
        [2, 2],
        [0, 2],
        [1, 1],
      ],
    ],
    [
      'a comb',
      [
        [0, 0],
        [5, 0],
        [5, 3],
        [4, 3],
        [4, 1],
        [3, 1],
        [3, 3],
        [2, 3],
        [2, 1],
        [1, 1],
        [1, 3],
        [0, 3],
      ],
    ],
  ])('%s is good', (_, points) => {
    expect(ringFault(close(points))).toBeNull();
  });

  test('must be closed and enclose something', () => {
    expect(
      ringFault([
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ]),
    ).toEqual({ message: 'must end where it starts' });
    for (const flat of [
      [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
      [
        [3, 3],
        [3, 3],
        [3, 3],
      ],
    ] as Point[][]) {
      expect(ringFault(close(flat))).toEqual({ message: 'encloses nothing' });
    }
  });

  test('that crosses itself is told where', () => {
    const fault = ringFault(
      close([
        [0, 0],
        [2, 2],
        [2, 0],
        [0, 1.5],
      ]),
    );
    expect(fault).toEqual({ at: 0, message: 'the edge from here crosses the edge from position 2' });
  });

  test('of any star is good, and of a circle with two positions exchanged it is not', () => {
    const radii = fc.array(fc.double({ min: 1, max: 3, noNaN: true }), { minLength: 5, maxLength: 60 });
    const centre = fc.tuple(
      fc.double({ min: -170, max: 170, noNaN: true }),
      fc.double({ min: -80, max: 80, noNaN: true }),
    );
    fc.assert(
      fc.property(radii, centre, fc.nat(), (lengths, at, seed) => {
        const points = star(lengths, at);
        expect(ringFault(close(points))).toBeNull();
        const index = seed % (points.length - 1);
        // On a circle the edges beside two exchanged positions do cross.
        const even = star(
          lengths.map(() => 1),
          at,
        );
        const crossed = even.toSpliced(index, 2, ...even.slice(index, index + 2).toReversed());
        expect(ringFault(close(crossed))).toMatchObject({ message: expect.stringContaining('crosses') });
      }),
    );
  });
});
