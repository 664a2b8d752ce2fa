import type { AreaKind, Track } from './city.ts';

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export type RoadStyle = 'trunk' | 'main' | 'middle' | 'minor' | 'street' | 'service' | 'path';

/** Drawn in this order, so that the important ones lie on top. */
export const ROAD_STYLES: RoadStyle[] = ['path', 'service', 'street', 'minor', 'middle', 'main', 'trunk'];

export type Palette = {
  land: string;
  casing: string;
  text: string;
  muted: string;
  halo: string;
  roads: Record<RoadStyle, string>;
  areas: Record<AreaKind, string>;
  tracks: Record<Track['kind'], string>;
};

/** Quiet enough that a driver's marker and a route stand out. Texts have at least 4.5:1 on their halo. */
export const PALETTES: Record<Theme, Palette> = {
  light: {
    land: '#f4f4f1',
    casing: '#d9d8d3',
    text: '#535c68',
    muted: '#6b7280',
    halo: '#ffffff',
    roads: {
      trunk: '#fbe3a6',
      main: '#fdeec6',
      middle: '#ffffff',
      minor: '#ffffff',
      street: '#ffffff',
      service: '#ffffff',
      path: '#cfcdc4',
    },
    areas: {
      water: '#bcd9e8',
      sand: '#f3e9cc',
      park: '#dcead2',
      wood: '#cde0c3',
      pitch: '#cfe3cf',
      works: '#ecebee',
      campus: '#f1ece2',
      building: '#e4e1db',
    },
    tracks: { rail: '#c3c1c9', stream: '#bcd9e8', pier: '#e4e1db', runway: '#dddce3' },
  },
  dark: {
    land: '#141d2e',
    casing: '#0f1726',
    text: '#a9b8cd',
    muted: '#8194ad',
    halo: '#141d2e',
    roads: {
      trunk: '#5b5640',
      main: '#474a4a',
      middle: '#364460',
      minor: '#2f3d58',
      street: '#2b3851',
      service: '#253148',
      path: '#2b3a4f',
    },
    areas: {
      water: '#0c2438',
      sand: '#2b2f35',
      park: '#17302f',
      wood: '#15302b',
      pitch: '#1b3735',
      works: '#1a2233',
      campus: '#1f2736',
      building: '#202b40',
    },
    tracks: { rail: '#39445a', stream: '#0c2438', pier: '#202b40', runway: '#2a3346' },
  },
};

const STYLE_OF: Record<string, RoadStyle> = {
  motorway: 'trunk',
  trunk: 'trunk',
  primary: 'main',
  motorway_link: 'middle',
  trunk_link: 'middle',
  primary_link: 'middle',
  secondary: 'middle',
  secondary_link: 'minor',
  tertiary: 'minor',
  tertiary_link: 'minor',
  residential: 'street',
  unclassified: 'street',
  living_street: 'street',
  road: 'street',
  service: 'service',
  pedestrian: 'service',
  track: 'path',
};

/** Every other way (footway, steps, cycleway, …) is a path. */
export function roadStyle(highway: string): RoadStyle {
  return STYLE_OF[highway] ?? 'path';
}

/** Pixels at zooms 10 to 18; 0 is not drawn. */
const WIDTHS: Record<RoadStyle, number[]> = {
  trunk: [1.3, 1.8, 2.4, 3.2, 5, 7, 10, 15, 22],
  main: [0.9, 1.3, 2, 2.8, 4.4, 6.4, 9.5, 14, 21],
  middle: [0, 0.8, 1.5, 2.3, 3.8, 5.8, 8.8, 13, 19],
  minor: [0, 0, 0.9, 1.4, 2.6, 4.6, 7.4, 11.5, 17],
  street: [0, 0, 0, 0.9, 1.7, 3.6, 6.2, 10, 16],
  service: [0, 0, 0, 0, 0, 1.2, 2.8, 4.6, 8],
  path: [0, 0, 0, 0, 0, 0, 0.8, 1.2, 1.8],
};

export function roadWidth(style: RoadStyle, zoom: number): number {
  return WIDTHS[style][zoom - 10] ?? 0;
}

/** From which zoom a kind is drawn at all. */
export const AREA_ZOOM: Record<AreaKind, number> = {
  water: 10,
  sand: 12,
  park: 12,
  wood: 11,
  works: 13,
  campus: 14,
  pitch: 14,
  building: 16,
};

/** The size of a street's name in pixels; undefined where this style's streets are not named at this zoom. */
export function labelSize(style: RoadStyle, zoom: number): number | undefined {
  if (style === 'path') return zoom >= 17 ? 10 : undefined;
  if (style === 'service') return zoom >= 16 ? 10 : undefined;
  if (style === 'street') return zoom >= 15 ? 10.5 : undefined;
  if (style === 'minor') return zoom >= 15 ? 11 : undefined;
  if (style === 'middle') return zoom >= 14 ? 11 : undefined;
  return zoom >= 13 ? 11.5 : undefined;
}
