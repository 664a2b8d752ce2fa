/**
 * Positions inside the demo city. They are kept as the vector tiles have them: whole numbers on a square of 2^32 units
 * that is the world in Web Mercator, y growing southward (about 8 mm a unit in Montevideo). Two pieces of road that
 * met in one OpenStreetMap node still meet in exactly the same numbers.
 */
export const WORLD = 2 ** 32;

/** One line or ring, flat: x0, y0, x1, y1, … in world units. */
export type Line = number[];

export type LngLat = { lng: number; lat: number };

const EARTH_RADIUS_M = 6_371_008.8;

export function toLngLat(x: number, y: number): LngLat {
  return {
    lng: (x / WORLD) * 360 - 180,
    lat: (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / WORLD))) * 180) / Math.PI,
  };
}

export function toWorld({ lng, lat }: LngLat): [x: number, y: number] {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [((lng + 180) / 360) * WORLD, (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * WORLD];
}

/** Metres that one world unit spans at the height `y`. Mercator is conformal: the same in every direction. */
export function metresPerUnit(y: number): number {
  const { lat } = toLngLat(0, y);
  return (2 * Math.PI * EARTH_RADIUS_M * Math.cos((lat * Math.PI) / 180)) / WORLD;
}

/** Metres between two positions no further apart than a city: flat, with the scale of their middle. */
export function metresBetween(x0: number, y0: number, x1: number, y1: number): number {
  return Math.hypot(x1 - x0, y1 - y0) * metresPerUnit((y0 + y1) / 2);
}

/** Number `i` of a flat array whose length the caller has already checked. */
export function at(line: ArrayLike<number>, i: number): number {
  const value = line[i];
  if (value === undefined) throw new RangeError(`No number at ${i} of ${line.length}.`);
  return value;
}

/** The smallest box around a line: west, north, east, south. */
export function boundsOf(line: Line): [number, number, number, number] {
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < line.length; i += 2) {
    west = Math.min(west, at(line, i));
    east = Math.max(east, at(line, i));
    north = Math.min(north, at(line, i + 1));
    south = Math.max(south, at(line, i + 1));
  }
  return [west, north, east, south];
}
