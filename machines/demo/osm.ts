import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { VectorTile, type VectorTileFeature } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import type { Line } from './world.ts';

/** Must be shown wherever the map, the addresses or the routes are shown: the data is under the ODbL 1.0. */
export const ATTRIBUTION = '© OpenStreetMap contributors';
export const LICENCE = 'Data © OpenStreetMap contributors, ODbL 1.0. https://www.openstreetmap.org/copyright';

export type OsmFeature = {
  shape: 'point' | 'line' | 'area';
  tags: OsmTags;
  /** One line for a point (a single position), one or more for a line or an area (rings; even-odd). */
  lines(): Line[];
};

export type OsmTags = Readonly<Record<string, string | undefined>>;

const ZOOM_FOLDERS = 'real-world/osm-qa-montevideo';
const SHAPES = [undefined, 'point', 'line', 'area'] as const;

/**
 * Everything that OpenStreetMap knew of Montevideo, from the tiles `12-x-y.mvt` of `@mapbox/mvt-fixtures`: OSM QA
 * tiles, which hold each object with all its tags. The `@…` ones say who edited it when: nothing may keep them.
 */
export function* readOsm(folder = fixtureFolder()): Generator<OsmFeature> {
  for (const file of readdirSync(folder).sort()) {
    const [, zoom, column, row] = /^(\d+)-(\d+)-(\d+)\.mvt$/.exec(file) ?? [];
    if (zoom !== '12') continue;
    const layer = new VectorTile(new PbfReader(readFileSync(join(folder, file)))).layers.osm;
    if (!layer) throw new Error(`${file} has no layer "osm".`);
    for (let i = 0; i < layer.length; i++) {
      const feature = layer.feature(i);
      const shape = SHAPES[feature.type];
      if (!shape) continue;
      // OSM's tags are strings; only the `@…` bookkeeping holds numbers, and nothing reads it.
      const tags = feature.properties as OsmTags;
      const [left, top] = [Number(column) * layer.extent, Number(row) * layer.extent];
      yield {
        shape,
        tags,
        lines: () => worldLines(feature, left, top),
      };
    }
  }
}

function worldLines(feature: VectorTileFeature, left: number, top: number): Line[] {
  const lines: Line[] = [];
  for (const points of feature.loadGeometry()) {
    const line: Line = [];
    for (const { x, y } of points) line.push(left + x, top + y);
    lines.push(line);
  }
  return lines;
}

function fixtureFolder(): string {
  const main = createRequire(import.meta.url).resolve('@mapbox/mvt-fixtures');
  return join(dirname(main), ZOOM_FOLDERS);
}
