import { reverse } from './streets.ts';
import { EXTENT, type TileFeature } from './tile-features.ts';
import { labelSize, ROAD_STYLES } from './tile-style.ts';
import { at, type Line } from './world.ts';

/** A street's name and the line it is written along, left to right, wholly inside the tile; sizes in tile units. */
export type Label = { text: string; line: Line; size: number };

/** A name cut by the tile's edge would be half a name: `<img>` tiles do not overlap. */
const MARGIN = 14;
/** Of the font's size, generously: the widest of the usual system fonts must not be cut. */
const LETTER_WIDTH = 0.63;
const MAX_BEND = 0.6;
const UNITS_PER_PIXEL = 4;

/** Where names fit, important streets first; none overlaps another, nor what is `taken`, to which they are added. */
export function placeLabels(features: TileFeature[], z: number, taken: Box[] = []): Label[] {
  const labels: Label[] = [];
  const named = new Set<string>();
  const streets = features
    .flatMap(({ road, lines }) => lines.map((line) => ({ road, line, length: lengthOf(line) })))
    .sort((a, b) => rank(b.road) - rank(a.road) || b.length - a.length);
  for (const { road, line, length } of streets) {
    const pixels = road?.name ? labelSize(road.style, z) : undefined;
    if (!road || !pixels || named.has(road.name)) continue;
    const size = pixels * UNITS_PER_PIXEL;
    const width = road.name.length * size * LETTER_WIDTH;
    if (length < width) continue;
    const stretch = findStretch(line, width, size, taken);
    if (!stretch) continue;
    taken.push(...boxesAlong(stretch, size));
    named.add(road.name);
    labels.push({ text: road.name, line: stretch, size });
  }
  return labels;
}

/** A square of the tile that a text covers. */
export type Box = { x: number; y: number; half: number };

export function isFree(box: Box, taken: Box[]): boolean {
  return !taken.some((other) => overlap(box, other));
}

function rank(road: TileFeature['road']): number {
  return road ? ROAD_STYLES.indexOf(road.style) : -1;
}

/** The first stretch of `width`, tried from the line's middle outwards, that is inside, straight enough and free. */
function findStretch(line: Line, width: number, size: number, taken: Box[]): Line | undefined {
  const length = lengthOf(line);
  const room = length - width;
  const steps = Math.min(24, Math.max(1, Math.ceil(room / (size * 2))));
  for (let i = 0; i <= steps; i++) {
    const sideways = (i % 2 === 0 ? 1 : -1) * Math.ceil(i / 2);
    const start = room / 2 + (sideways * room) / steps;
    if (start < 0 || start > room) continue;
    const stretch = cut(line, start, start + width);
    if (!isInside(stretch, size) || bend(stretch) > MAX_BEND) continue;
    if (!boxesAlong(stretch, size).every((box) => isFree(box, taken))) continue;
    return at(stretch, 0) <= at(stretch, stretch.length - 2) ? stretch : reverse(stretch);
  }
  return undefined;
}

/** The part of a line between two distances from its start. */
function cut(line: Line, from: number, to: number): Line {
  const out: Line = [];
  let walked = 0;
  for (let i = 2; i < line.length; i += 2) {
    const [x0, y0, x1, y1] = [at(line, i - 2), at(line, i - 1), at(line, i), at(line, i + 1)];
    const step = Math.hypot(x1 - x0, y1 - y0);
    if (step > 0 && walked + step >= from && walked <= to) {
      const a = Math.max(0, (from - walked) / step);
      const b = Math.min(1, (to - walked) / step);
      if (out.length === 0) out.push(x0 + (x1 - x0) * a, y0 + (y1 - y0) * a);
      out.push(x0 + (x1 - x0) * b, y0 + (y1 - y0) * b);
    }
    walked += step;
  }
  return out.map(Math.round);
}

function isInside(line: Line, size: number): boolean {
  const edge = MARGIN + size / 2;
  return line.length >= 4 && line.every((v) => v >= edge && v <= EXTENT - edge);
}

/** The sharpest turn together with all the others, in radians. */
function bend(line: Line): number {
  let sum = 0;
  for (let i = 4; i < line.length; i += 2) {
    const before = Math.atan2(at(line, i - 1) - at(line, i - 3), at(line, i - 2) - at(line, i - 4));
    const after = Math.atan2(at(line, i + 1) - at(line, i - 1), at(line, i) - at(line, i - 2));
    const turn = Math.abs(after - before);
    sum += turn > Math.PI ? 2 * Math.PI - turn : turn;
  }
  return sum;
}

/** Squares strung along the text: close enough to its true outline, at any angle. */
function boxesAlong(line: Line, size: number): Box[] {
  const boxes: Box[] = [];
  const length = lengthOf(line);
  for (let d = 0; d <= length; d += size) {
    const [x = 0, y = 0] = cut(line, d, d + 1);
    boxes.push({ x, y, half: size * 0.75 });
  }
  return boxes;
}

function overlap(a: Box, b: Box): boolean {
  return Math.abs(a.x - b.x) < a.half + b.half && Math.abs(a.y - b.y) < a.half + b.half;
}

function lengthOf(line: Line): number {
  let sum = 0;
  for (let i = 2; i < line.length; i += 2) {
    sum += Math.hypot(at(line, i) - at(line, i - 2), at(line, i + 1) - at(line, i - 1));
  }
  return sum;
}
