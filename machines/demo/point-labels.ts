import Flatbush from 'flatbush';
import type { City } from './city.ts';
import { houseNumbers } from './street-names.ts';
import { EXTENT } from './tile-features.ts';
import { type Box, isFree } from './tile-labels.ts';
import { at, WORLD } from './world.ts';

/** A text centred on a point, in tile units. */
export type PointLabel = {
  kind: 'neighbourhood' | 'number';
  text: string;
  x: number;
  y: number;
  size: number;
};

/** Names of neighbourhoods where streets have none yet; house numbers where there is room for them. */
export type PointLabels = {
  neighbourhoods(z: number, x: number, y: number, taken: Box[]): PointLabel[];
  numbers(z: number, x: number, y: number, taken: Box[]): PointLabel[];
};

const NEIGHBOURHOOD_ZOOMS = { from: 12, to: 15 };
const NUMBER_ZOOM = 18;
const NEIGHBOURHOOD_SIZE = 44;
const NUMBER_SIZE = 36;
const LETTER_WIDTH = 0.62;
const MARGIN = 10;

export function createPointLabels({ places, addresses }: City): PointLabels {
  const neighbourhoods = places.filter(({ category }) => category === 'place');
  let index: Flatbush | undefined;
  return {
    neighbourhoods(z, x, y, taken) {
      if (z < NEIGHBOURHOOD_ZOOMS.from || z > NEIGHBOURHOOD_ZOOMS.to) return [];
      const spots = neighbourhoods.map((place) => ({ text: place.name, ...inTile(z, x, y, place) }));
      return place(spots, 'neighbourhood', NEIGHBOURHOOD_SIZE, taken);
    },
    numbers(z, x, y, taken) {
      if (z < NUMBER_ZOOM) return [];
      const size = WORLD / 2 ** z;
      // Few maps are ever looked at from so near: the index is made when the first one is.
      index ??= indexPoints(addresses);
      const found = index.search(x * size, y * size, (x + 1) * size, (y + 1) * size).sort((a, b) => a - b);
      const spots = found.map((i) => {
        const [text = ''] = houseNumbers(addresses.number[i] ?? '');
        return { text, ...inTile(z, x, y, { x: at(addresses.x, i), y: at(addresses.y, i) }) };
      });
      return place(spots, 'number', NUMBER_SIZE, taken);
    },
  };
}

function indexPoints({ x, y }: City['addresses']): Flatbush {
  const index = new Flatbush(x.length);
  for (const [i, px] of x.entries()) index.add(px, at(y, i));
  index.finish();
  return index;
}

function inTile(z: number, x: number, y: number, point: { x: number; y: number }) {
  const size = WORLD / 2 ** z;
  return {
    x: Math.round((point.x / size - x) * EXTENT),
    y: Math.round((point.y / size - y) * EXTENT),
  };
}

/** Those that are wholly inside and free, in the order given; what is placed is added to `taken`. */
function place(
  spots: { text: string; x: number; y: number }[],
  kind: PointLabel['kind'],
  size: number,
  taken: Box[],
): PointLabel[] {
  const placed: PointLabel[] = [];
  for (const { text, x, y } of spots) {
    const half = (text.length * size * LETTER_WIDTH) / 2;
    const isInside =
      x - half > MARGIN && x + half < EXTENT - MARGIN && y - size > MARGIN && y + size < EXTENT - MARGIN;
    if (!text || !isInside) continue;
    const boxes: Box[] = [];
    for (let dx = -half; dx <= half; dx += size) boxes.push({ x: x + dx, y, half: size * 0.7 });
    if (!boxes.every((box) => isFree(box, taken))) continue;
    taken.push(...boxes);
    placed.push({ kind, text, x, y, size });
  }
  return placed;
}
