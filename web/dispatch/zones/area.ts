import type { Location } from '../../../domain/geo.ts';
import type { Zone } from '../../../functions/zones/zone.ts';

type Area = Zone['area'];

/** The corners of an area that is one ring, without the repeated last one; null when it has parts or holes. */
export function cornersOf(area: Area): Location[] | null {
  if (area.type !== 'Polygon' || area.coordinates.length !== 1) return null;
  return (area.coordinates[0] ?? []).slice(0, -1).map(([lng, lat]) => ({ lat, lng }));
}

/** GeoJSON wants longitude first, and the ring closed. */
export function areaOf(corners: readonly Location[]): Area {
  const ring = [...corners, ...corners.slice(0, 1)].map(({ lng, lat }): [number, number] => [lng, lat]);
  return { type: 'Polygon', coordinates: [ring] };
}

/** Its parts, each with its rings, for a map. */
export function partsOf(area: Area): Location[][][] {
  const parts = area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
  return parts.map((rings) => rings.map((ring) => ring.map(([lng, lat]) => ({ lat, lng }))));
}
