import { geoJSONToTile } from '@maplibre/geojson-vt';
import Flatbush from 'flatbush';
import type { Feature, Position } from 'geojson';
import type { AreaKind, City, Track } from './city.ts';
import { joinStreets } from './streets.ts';
import { AREA_ZOOM, type RoadStyle, roadStyle, roadWidth } from './tile-style.ts';
import { at, boundsOf, type Line, WORLD } from './world.ts';

/** A tile's own coordinates: 4 units a pixel, so that whole numbers are sharp enough. */
export const EXTENT = 1024;
const BUFFER = 96;
const TOLERANCE = 1.2;

/** One shape inside a tile, in tile coordinates: flat lines, or closed rings for an area. */
export type TileFeature = {
  road?: { style: RoadStyle; name: string };
  area?: AreaKind;
  track?: Track['kind'];
  lines: Line[];
};
type Drawn = Omit<TileFeature, 'lines'>;

export type TileSource = (z: number, x: number, y: number) => TileFeature[];

/**
 * The shapes of each tile, cut out and simplified when asked for. No tile pyramid is kept: a box index finds what
 * touches the tile, so that memory does not grow with what visitors look at.
 */
export function tileSource(city: City): TileSource {
  const drawn: Drawn[] = [];
  const features: Feature[] = [];
  const boxes: [number, number, number, number][] = [];
  const add = (what: Drawn, type: 'Polygon' | 'LineString', lines: Line[]) => {
    const coordinates = lines.map(positions);
    const geometry = type === 'Polygon' ? { type, coordinates } : { type, coordinates: coordinates[0] ?? [] };
    features.push({ type: 'Feature', id: drawn.length, properties: null, geometry });
    boxes.push(boundsOf(lines.flat()));
    drawn.push(what);
  };
  for (const { kind, rings } of city.areas) add({ area: kind }, 'Polygon', rings);
  for (const { kind, line } of city.tracks) add({ track: kind }, 'LineString', [line]);
  for (const { name, highway, line } of joinStreets(city.roads)) {
    add({ road: { style: roadStyle(highway), name } }, 'LineString', [line]);
  }
  const index = new Flatbush(boxes.length);
  for (const box of boxes) index.add(...box);
  index.finish();

  return (z, x, y) => {
    const size = WORLD / 2 ** z;
    const edge = (size * BUFFER) / EXTENT;
    const [left, top] = [x * size - edge, y * size - edge];
    const found = index
      .search(left, top, left + size + 2 * edge, top + size + 2 * edge)
      .filter((i) => isVisible(drawn[i], z))
      .sort((a, b) => a - b)
      .flatMap((i) => features[i] ?? []);
    const cut = geoJSONToTile({ type: 'FeatureCollection', features: found }, z, x, y, {
      coordinates: 'unitSquare',
      clip: true,
      extent: EXTENT,
      buffer: BUFFER,
      tolerance: TOLERANCE,
      maxZoom: 19,
    });
    return cut.features.flatMap((feature) => {
      const what = drawn[Number(feature.id)];
      if (!what || feature.type === 1) return [];
      return [{ ...what, lines: feature.geometry.map((points) => points.flat()) }];
    });
  };
}

function isVisible(what: Drawn | undefined, z: number): boolean {
  if (what?.area) return z >= AREA_ZOOM[what.area];
  if (what?.track) return z >= (what.track === 'stream' || what.track === 'rail' ? 13 : 12);
  return what?.road !== undefined && roadWidth(what.road.style, z) > 0;
}

function positions(line: Line): Position[] {
  const out: Position[] = [];
  for (let i = 0; i < line.length; i += 2) out.push([at(line, i) / WORLD, at(line, i + 1) / WORLD]);
  return out;
}
