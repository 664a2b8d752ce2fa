import { type MapView, project, TILE_SIZE } from './projection.ts';

/**
 * Where the map's squares come from. `url` has `{z}/{x}/{y}`; `attribution` is the credit its licence asks for, with the
 * page it links to; `bounds` the only area that has tiles. Zooms outside `minZoom`…`maxZoom` are enlarged or reduced.
 */
export type Tiles = {
  url: string;
  attribution: { text: string; url: string };
  bounds?: { south: number; west: number; north: number; east: number };
  minZoom?: number;
  maxZoom?: number;
};

/** The credit that OpenStreetMap's licence asks for (openstreetmap.org/copyright). */
export const OSM_ATTRIBUTION = {
  text: '© OpenStreetMap contributors',
  url: 'https://www.openstreetmap.org/copyright',
};

export const zoomsOf = (tiles: Tiles): { minZoom: number; maxZoom: number } => ({
  minZoom: tiles.minZoom ?? 12,
  maxZoom: tiles.maxZoom ?? 17,
});

/** A tile of the still picture: its address and where its left upper corner lies from the picture's middle, in pixels. */
export type PosterTile = { href: string; x: number; y: number };

/** The picture reaches this far from its middle: a phone's width, the rest is filled in by the live map. */
const REACH = { x: 270, y: 230 };

/** The tiles of a still picture of that view. */
export function posterTiles(tiles: Tiles, { center, zoom }: MapView): PosterTile[] {
  const middle = project(center, zoom);
  const count = 2 ** zoom;
  const poster: PosterTile[] = [];
  const first = (at: number, reach: number): number => Math.floor((at - reach) / TILE_SIZE);
  for (let y = first(middle.y, REACH.y); y * TILE_SIZE < middle.y + REACH.y; y++) {
    if (y < 0 || y >= count) continue;
    for (let x = first(middle.x, REACH.x); x * TILE_SIZE < middle.x + REACH.x; x++) {
      // East of the date line the tiles begin anew.
      const href = tileUrl(tiles.url, zoom, ((x % count) + count) % count, y);
      poster.push({
        href,
        x: Math.round(x * TILE_SIZE - middle.x),
        y: Math.round(y * TILE_SIZE - middle.y),
      });
    }
  }
  return poster;
}

function tileUrl(template: string, z: number, x: number, y: number): string {
  const values: Record<string, string> = { z: String(z), x: String(x), y: String(y), s: 'a', r: '' };
  return template.replace(/\{([zxysr])\}/g, (_, key: string) => values[key] ?? '');
}
