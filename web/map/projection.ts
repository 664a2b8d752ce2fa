import type { Location } from '../../domain/geo.ts';

/** A tile of the Web Mercator pyramid is this many pixels wide (OpenStreetMap's "slippy map" numbering). */
export const TILE_SIZE = 256;

export type Pixel = { x: number; y: number };
export type MapView = { center: Location; zoom: number };
export type Zooms = { minZoom: number; maxZoom: number };

/** The pixel of a point on the whole world's map at that zoom; x grows eastwards, y southwards. */
export function project({ lat, lng }: Location, zoom: number): Pixel {
  const size = TILE_SIZE * 2 ** zoom;
  // The map ends at 85.05 degrees, where it is as high as wide.
  const sin = Math.sin((Math.max(-85.0511, Math.min(85.0511, lat)) * Math.PI) / 180);
  return {
    x: size * (lng / 360 + 0.5),
    y: size * (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)),
  };
}

/** The inverse of `project`. */
export function unproject({ x, y }: Pixel, zoom: number): Location {
  const size = TILE_SIZE * 2 ** zoom;
  return {
    lat: (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / size))) * 180) / Math.PI,
    lng: (x / size - 0.5) * 360,
  };
}

/** Points are shown within this many pixels, which the smallest phone's map has. */
const FIT = { width: 240, height: 200 };
/** A single point is shown at the zoom of a few streets. */
const SINGLE_ZOOM = 16;

/** The closest view that shows all the points, or null without any. Server and browser must come to the same. */
export function viewOf(points: readonly Location[], { minZoom, maxZoom }: Zooms): MapView | null {
  const [first] = points;
  if (first === undefined) return null;
  for (let zoom = Math.min(maxZoom, SINGLE_ZOOM); ; zoom--) {
    const pixels = points.map((point) => project(point, zoom));
    const xs = pixels.map((pixel) => pixel.x);
    const ys = pixels.map((pixel) => pixel.y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    if (zoom > minZoom && (right - left > FIT.width || bottom - top > FIT.height)) continue;
    return { center: unproject({ x: (left + right) / 2, y: (top + bottom) / 2 }, zoom), zoom };
  }
}

/** Metres between two points on a sphere (haversine). domain's own comes with a validator that no phone needs. */
export function metresBetween(a: Location, b: Location): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const h =
    Math.sin(radians(b.lat - a.lat) / 2) ** 2 +
    Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(radians(b.lng - a.lng) / 2) ** 2;
  return 2 * 6_371_009 * Math.asin(Math.min(1, Math.sqrt(h)));
}
