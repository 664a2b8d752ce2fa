import { type OsmFeature, type OsmTags, readOsm } from './osm.ts';
import { type ShoreCandidate, seaRing, shoreCandidate } from './shore.ts';
import { at, boundsOf, type Line } from './world.ts';

/** A piece of a way, cut where OpenStreetMap or a tile border cuts it. */
export type Road = {
  name: string;
  /** OSM's `highway`: trunk, residential, footway, … Never `proposed` or `construction`. */
  highway: string;
  line: Line;
  /** Whether traffic may follow the line, or run against it. */
  forward: boolean;
  backward: boolean;
  /** Open to the public's motor vehicles. */
  drivable: boolean;
  /** The signed limit in km/h. */
  maxspeed: number | undefined;
};

/** House numbers, a column a field: there are 205,657, and objects would take five times the memory. */
export type Addresses = { street: string[]; number: string[]; x: number[]; y: number[] };

/** A named shop, restaurant, school, …: `kind` is the value of OSM's `amenity` or `shop`, `category` says which. */
export type Place = {
  name: string;
  category: 'amenity' | 'shop' | 'place';
  kind: string;
  street: string;
  number: string;
  x: number;
  y: number;
};

export const AREA_KINDS = ['water', 'sand', 'park', 'wood', 'pitch', 'works', 'campus', 'building'] as const;
export type AreaKind = (typeof AREA_KINDS)[number];
/** Rings are filled by the even-odd rule. */
export type Area = { kind: AreaKind; rings: Line[] };
export type Track = { kind: 'rail' | 'stream' | 'pier' | 'runway'; line: Line };

export type City = {
  roads: Road[];
  addresses: Addresses;
  places: Place[];
  areas: Area[];
  tracks: Track[];
  /** West, north, east, south of the extract, in world units. */
  bounds: [number, number, number, number];
};

const UNBUILT = new Set(['proposed', 'construction', 'platform', 'corridor']);
const NOT_DRIVABLE = new Set([
  ...['footway', 'path', 'steps', 'pedestrian', 'cycleway', 'track', 'bridleway', 'busway', 'raceway'],
]);
const CLOSED = new Set(['no', 'private']);
const NEIGHBOURHOODS = new Set(['suburb', 'neighbourhood']);

/** Reads the whole city once: about 0.8 s. The result is only read from then on. */
export function loadCity(features: Iterable<OsmFeature> = readOsm()): City {
  const city: City = {
    roads: [],
    addresses: { street: [], number: [], x: [], y: [] },
    places: [],
    areas: [],
    tracks: [],
    bounds: [Infinity, Infinity, -Infinity, -Infinity],
  };
  const shores: ShoreCandidate[] = [];
  for (const feature of features) {
    const { tags } = feature;
    if (tags['addr:housenumber'] && tags['addr:street']) addAddress(city, feature);
    if (tags.name && (tags.amenity || tags.shop || tags.place)) addPlace(city, feature);
    if (feature.shape === 'line' && tags.highway && !UNBUILT.has(tags.highway)) addRoads(city, feature);
    else if (feature.shape !== 'point') addDrawing(city, feature);
    const shore = shoreCandidate(feature);
    if (shore) for (const line of feature.lines()) shores.push({ line, ...shore });
  }
  const sea = seaRing(shores, city.bounds);
  if (sea) city.areas.unshift({ kind: 'water', rings: [sea] });
  return city;
}

function addAddress(city: City, feature: OsmFeature): void {
  const [x, y] = middle(feature.lines()[0] ?? []);
  city.addresses.street.push(feature.tags['addr:street'] ?? '');
  city.addresses.number.push(feature.tags['addr:housenumber'] ?? '');
  city.addresses.x.push(x);
  city.addresses.y.push(y);
}

function addPlace(city: City, feature: OsmFeature): void {
  const { tags } = feature;
  if (tags.place && (feature.shape !== 'point' || !NEIGHBOURHOODS.has(tags.place))) return;
  const category = tags.amenity ? 'amenity' : tags.shop ? 'shop' : 'place';
  const [x, y] = middle(feature.lines()[0] ?? []);
  const kind = tags[category] ?? '';
  const [street, number] = [tags['addr:street'] ?? '', tags['addr:housenumber'] ?? ''];
  city.places.push({ name: tags.name ?? '', category, kind, street, number, x, y });
}

function addRoads(city: City, { tags, lines }: OsmFeature): void {
  const highway = tags.highway ?? '';
  const direction = oneWay(tags);
  const limit = Number(tags.maxspeed);
  for (const line of lines()) {
    city.roads.push({
      name: tags.name ?? '',
      highway,
      line,
      forward: direction !== 'backward',
      backward: direction !== 'forward',
      drivable: !NOT_DRIVABLE.has(highway) && !CLOSED.has(tags.motor_vehicle ?? tags.access ?? ''),
      maxspeed: limit > 0 ? limit : undefined,
    });
    const [west, north, east, south] = boundsOf(line);
    const b = city.bounds;
    city.bounds = [Math.min(b[0], west), Math.min(b[1], north), Math.max(b[2], east), Math.max(b[3], south)];
  }
}

function oneWay({ oneway, junction, highway }: OsmTags): 'forward' | 'backward' | undefined {
  if (oneway === '-1' || oneway === 'reverse') return 'backward';
  if (oneway === 'yes' || oneway === 'true' || oneway === '1') return 'forward';
  // Implied unless denied: https://wiki.openstreetmap.org/wiki/Key:oneway#Implied_oneway_restriction
  if (oneway === undefined && (junction === 'roundabout' || highway === 'motorway')) return 'forward';
  return undefined;
}

function addDrawing(city: City, { shape, tags, lines }: OsmFeature): void {
  if (shape === 'area') {
    const kind = areaKind(tags);
    if (kind) city.areas.push({ kind, rings: lines() });
    return;
  }
  const kind = trackKind(tags);
  if (kind) for (const line of lines()) city.tracks.push({ kind, line });
}

function areaKind(tags: OsmTags): AreaKind | undefined {
  const { natural = '', landuse = '', leisure = '', amenity = '', waterway = '' } = tags;
  if (tags.building && tags.building !== 'no') return 'building';
  if (natural === 'water' || waterway === 'riverbank' || landuse === 'reservoir') return 'water';
  if (natural === 'beach' || natural === 'sand') return 'sand';
  if (landuse === 'forest' || natural === 'wood') return 'wood';
  if (/^(pitch|stadium|track)$/.test(leisure)) return 'pitch';
  if (/^(park|garden|golf_course|recreation_ground|playground)$/.test(leisure)) return 'park';
  if (/^(grass|recreation_ground|meadow|cemetery|allotments|village_green)$/.test(landuse)) return 'park';
  if (/^(wetland|grassland|scrub)$/.test(natural)) return 'park';
  if (/^(industrial|railway|military)$/.test(landuse) || tags.aeroway === 'aerodrome') return 'works';
  if (/^(school|university|hospital|college|kindergarten)$/.test(amenity)) return 'campus';
  return undefined;
}

function trackKind({ railway, waterway, man_made, aeroway }: OsmTags): Track['kind'] | undefined {
  if (railway === 'rail') return 'rail';
  if (waterway === 'river' || waterway === 'stream' || waterway === 'canal') return 'stream';
  if (man_made === 'pier' || man_made === 'breakwater') return 'pier';
  return aeroway === 'runway' ? 'runway' : undefined;
}

/** The middle of a ring's box, or the position itself of a point. */
function middle(line: Line): [number, number] {
  if (line.length === 2) return [at(line, 0), at(line, 1)];
  const [west, north, east, south] = boundsOf(line);
  return [(west + east) / 2, (north + south) / 2];
}
