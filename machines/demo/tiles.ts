import { AREA_KINDS, type City, type Track } from './city.ts';
import { createPointLabels, type PointLabel } from './point-labels.ts';
import { EXTENT, type TileFeature, tileSource } from './tile-features.ts';
import { type Box, type Label, placeLabels } from './tile-labels.ts';
import { PALETTES, type Palette, ROAD_STYLES, type RoadStyle, roadWidth, type Theme } from './tile-style.ts';
import { at, type Line } from './world.ts';

export const MIN_ZOOM = 10;
export const MAX_ZOOM = 18;

/** The SVG of one 256 px street tile. A place outside the city is plain land. `z` within MIN_ZOOM and MAX_ZOOM. */
export type RenderTile = (z: number, x: number, y: number, theme?: Theme) => string;

const UNITS_PER_PIXEL = EXTENT / 256;
const TRACK_WIDTHS: Record<Track['kind'], number> = { stream: 1.6, rail: 1.2, pier: 2.5, runway: 6 };
/** A thinner road is a plain line: its casing would be all there is to see. */
const CASED_FROM = 1.5;
const ROUND = 'stroke-linecap="round" stroke-linejoin="round"';
const TRACKS_UNDER_ROADS: Track['kind'][] = ['stream', 'pier', 'runway'];

/** Prepares the map of a city. Rendering is pure: 0.5 to 25 ms, nothing is kept. */
export function createTiles(city: City): RenderTile {
  const source = tileSource(city);
  const pointLabels = createPointLabels(city);
  return (z, x, y, theme = 'light') => {
    const features = source(z, x, y);
    const palette = PALETTES[theme];
    const taken: Box[] = [];
    const neighbourhoods = pointLabels.neighbourhoods(z, x, y, taken);
    const names = placeLabels(features, z, taken);
    const points = [...neighbourhoods, ...pointLabels.numbers(z, x, y, taken)];
    const body = [
      ...AREA_KINDS.map((kind) => fill(features, (f) => f.area === kind, palette.areas[kind])),
      ...TRACKS_UNDER_ROADS.map((kind) => drawTrack(features, kind, palette)),
      ...drawRoads(features, z, palette),
      drawTrack(features, 'rail', palette),
      drawLabels(names, points, palette),
    ];
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 ${EXTENT} ${EXTENT}">` +
      `<rect width="${EXTENT}" height="${EXTENT}" fill="${palette.land}"/>${body.join('')}</svg>`
    );
  };
}

function fill(features: TileFeature[], wanted: (feature: TileFeature) => boolean, colour: string): string {
  const rings = features.filter(wanted).flatMap(({ lines }) => lines);
  return rings.length ? `<path d="${pathOf(rings, true)}" fill="${colour}" fill-rule="evenodd"/>` : '';
}

function drawTrack(features: TileFeature[], kind: Track['kind'], { tracks }: Palette): string {
  const lines = features.filter(({ track }) => track === kind).flatMap((feature) => feature.lines);
  const dash = kind === 'rail' ? ' stroke-dasharray="16 8"' : '';
  return stroke(lines, TRACK_WIDTHS[kind], tracks[kind], dash);
}

/** First all the casings, then all the surfaces: crossings then look open, as they are. */
function drawRoads(features: TileFeature[], z: number, palette: Palette): string[] {
  const shapes: string[] = [];
  const casings: string[] = [];
  const surfaces: string[] = [];
  for (const style of ROAD_STYLES) {
    const lines = features.filter(({ road }) => road?.style === style).flatMap((feature) => feature.lines);
    const width = roadWidth(style, z);
    if (!lines.length || style === 'path' || width < CASED_FROM) {
      const dash = style === 'path' ? ' stroke-dasharray="10 8"' : '';
      surfaces.push(stroke(lines, width, palette.roads[style], dash));
      continue;
    }
    shapes.push(`<path id="${style}" d="${pathOf(lines, false)}"/>`);
    casings.push(useRoad(style, width + (z < 15 ? 1 : 1.6), palette.casing));
    surfaces.push(useRoad(style, width, palette.roads[style]));
  }
  return [
    shapes.length ? `<defs>${shapes.join('')}</defs>` : '',
    `<g fill="none" ${ROUND}>`,
    ...casings,
    ...surfaces,
    '</g>',
  ];
}

function useRoad(style: RoadStyle, pixels: number, colour: string): string {
  return `<use href="#${style}" stroke="${colour}" stroke-width="${units(pixels)}"/>`;
}

function stroke(lines: Line[], pixels: number, colour: string, more = ''): string {
  if (!lines.length) return '';
  return (
    `<path${more} d="${pathOf(lines, false)}" fill="none" stroke="${colour}" ` +
    `stroke-width="${units(pixels)}" ${ROUND}/>`
  );
}

function units(pixels: number): number {
  return Math.round(pixels * UNITS_PER_PIXEL * 10) / 10;
}

function drawLabels(names: Label[], points: PointLabel[], { text, muted, halo }: Palette): string {
  if (!names.length && !points.length) return '';
  const lines = names.map(({ line }, i) => `<path id="l${i}" d="${pathOf([line], false)}"/>`);
  const along = names.map(
    (label, i) =>
      `<text font-size="${label.size}"><textPath href="#l${i}" startOffset="50%">${escapeXml(label.text)}</textPath></text>`,
  );
  const centred = points.map(
    ({ kind, text: name, x, y, size }) =>
      `<text x="${x}" y="${y}" font-size="${size}"${kind === 'neighbourhood' ? ' font-weight="600"' : ''}>${escapeXml(name)}</text>`,
  );
  return (
    `<defs>${lines.join('')}</defs><g font-family="system-ui,sans-serif" stroke="${halo}" ` +
    'stroke-width="12" stroke-linejoin="round" paint-order="stroke" text-anchor="middle" ' +
    `dominant-baseline="central"><g fill="${text}">${along.join('')}</g><g fill="${muted}">${centred.join('')}</g></g>`
  );
}

/** Relative coordinates: they are shorter and compress better. */
function pathOf(lines: Line[], closed: boolean): string {
  let path = '';
  let [x, y] = [0, 0];
  for (const line of lines) {
    const last = closed ? line.length - 2 : line.length;
    for (let i = 0; i < last; i += 2) {
      const [dx, dy] = [at(line, i) - x, at(line, i + 1) - y];
      if (i > 0 && dx === 0 && dy === 0) continue;
      path += `${i === 0 ? 'm' : i === 2 ? 'l' : dx < 0 ? '' : ' '}${dx}${dy < 0 ? '' : ' '}${dy}`;
      [x, y] = [at(line, i), at(line, i + 1)];
    }
    if (closed) {
      path += 'z';
      [x, y] = [at(line, 0), at(line, 1)];
    }
  }
  return path;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (c) => ESCAPES[c] ?? c);
}
