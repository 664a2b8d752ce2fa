import Flatbush from 'flatbush';
import type { City } from './city.ts';
import { houseNumbers, type Query, readings, unsaid, words } from './street-names.ts';
import { joinStreets } from './streets.ts';
import { at, type Line, type LngLat, metresBetween, metresPerUnit, toLngLat, toWorld } from './world.ts';

/** A found place. `precision` says how far to trust the position. */
export type Found = {
  /** Stable for the same data. */
  id: number;
  precision: 'house' | 'street' | 'place';
  /** The street, or the place's name. */
  name: string;
  number?: string;
  suburb?: string;
  /** OSM's category and type: `amenity` `restaurant`, `highway` `residential`, `place` `house`. */
  category: string;
  type: string;
  location: LngLat;
};

export type Geocoder = {
  /** At most `limit` places for a typed address, best first; none when the street is unknown. */
  search(text: string, limit: number): Found[];
  /** The nearest house within 500 m. */
  reverse(location: LngLat): Found | undefined;
};

type House = { id: number; street: number; number: string; x: number; y: number };
/** A name that can be searched: a street with its houses, or a place without. */
type Entry = {
  name: string;
  words: string[];
  spots: { category: string; type: string; x: number; y: number }[];
  houses: House[];
};
type Neighbourhoods = { name: string; x: number; y: number }[];

const REVERSE_METRES = 500;
const SUBURB_METRES = 1_500;
/** Two finds of one name nearer than this are one: pieces of a street, or an address entered twice. */
const SAME_METRES = 200;
const NEIGHBOUR_NUMBERS = 100;

/** Builds the indexes (about 0.4 s); a look-up takes well under a millisecond. */
export function createGeocoder(city: City): Geocoder {
  const { entries, houses } = gather(city);
  const byWord = indexWords(entries);
  const vocabulary = [...byWord.keys()].sort();
  const neighbourhoods = city.places.filter(({ category }) => category === 'place');
  const near = new Flatbush(houses.length);
  for (const { x, y } of houses) near.add(x, y);
  near.finish();

  const houseFound = (house: House): Found => ({
    id: house.id,
    precision: 'house',
    name: entries[house.street]?.name ?? '',
    number: house.number,
    category: 'place',
    type: 'house',
    ...positioned(house, neighbourhoods),
  });

  return {
    search(text, limit) {
      for (const query of readings(text)) {
        const matches = match(query, entries, byWord, vocabulary);
        const found = matches.flatMap((i) => findIn(i, entries[i], query.number, neighbourhoods, houseFound));
        // Exact houses first; within the same precision the better name stays first (the sort is stable).
        const best = found.sort((a, b) => Number(b.number !== undefined) - Number(a.number !== undefined));
        if (best.length) return distinct(best).slice(0, limit);
      }
      return [];
    },
    reverse(location) {
      const [x, y] = toWorld(location);
      const [nearest] = near.neighbors(x, y, 1, REVERSE_METRES / metresPerUnit(y));
      const house = nearest === undefined ? undefined : houses[nearest];
      return house && houseFound(house);
    },
  };
}

function gather(city: City): { entries: Entry[]; houses: House[] } {
  const entries: Entry[] = [];
  const ids = new Map<string, number>();
  const entryOf = (name: string): number => {
    const key = words(name).join(' ');
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, entries.length);
    return entries.push({ name, words: key.split(' '), spots: [], houses: [] }) - 1;
  };
  const named = joinStreets(city.roads.filter((road) => road.name));
  for (const { name, highway, line } of named.sort((a, b) => b.line.length - a.line.length)) {
    const [x, y] = halfWay(line);
    entries[entryOf(name)]?.spots.push({ category: 'highway', type: highway, x, y });
  }
  for (const { name, category, kind, x, y } of city.places) {
    entries[entryOf(name)]?.spots.push({ category, type: kind, x, y });
  }
  const houses: House[] = [];
  const { addresses } = city;
  const streetIds = new Map<string, number>();
  for (const [i, name] of addresses.street.entries()) {
    const street = streetIds.get(name) ?? entryOf(name);
    streetIds.set(name, street);
    const [x, y] = [at(addresses.x, i), at(addresses.y, i)];
    for (const number of houseNumbers(addresses.number[i] ?? '')) {
      const house = { id: houses.length + 1, street, number, x, y };
      houses.push(house);
      entries[street]?.houses.push(house);
    }
  }
  return { entries, houses };
}

function indexWords(entries: Entry[]): Map<string, number[]> {
  const byWord = new Map<string, number[]>();
  for (const [i, entry] of entries.entries()) {
    for (const word of new Set(entry.words)) {
      const list = byWord.get(word);
      if (list) list.push(i);
      else byWord.set(word, [i]);
    }
  }
  return byWord;
}

/** The entries that have every word of the query, the last one also begun only; the least left unsaid first. */
function match(
  query: Query,
  entries: Entry[],
  byWord: Map<string, number[]>,
  vocabulary: string[],
): number[] {
  const lists = query.name.map((word) => byWord.get(word));
  const lastWord = query.name.at(-1) ?? '';
  if (!lists.at(-1) && lastWord.length >= 3 && !/\d/.test(lastWord)) {
    lists[lists.length - 1] = begun(lastWord, byWord, vocabulary);
  }
  const known = lists.filter((list) => list !== undefined);
  if (known.length < lists.length) return [];
  const [rarest = [], ...others] = known.sort((a, b) => a.length - b.length);
  const sets = others.map((list) => new Set(list));
  const said = new Set(query.name);
  return rarest
    .filter((i) => sets.every((set) => set.has(i)))
    .filter((i) => query.number === undefined || (entries[i]?.houses.length ?? 0) > 0)
    .map((i) => ({ i, rest: unsaid(entries[i]?.words ?? [], said) }))
    .sort(
      (a, b) => a.rest - b.rest || (entries[b.i]?.houses.length ?? 0) - (entries[a.i]?.houses.length ?? 0),
    )
    .map(({ i }) => i)
    .slice(0, 20);
}

function begun(start: string, byWord: Map<string, number[]>, vocabulary: string[]): number[] | undefined {
  const found = new Set<number>();
  for (let i = lowerBound(vocabulary, start); vocabulary[i]?.startsWith(start); i++) {
    for (const entry of byWord.get(vocabulary[i] ?? '') ?? []) found.add(entry);
  }
  return found.size ? [...found] : undefined;
}

function lowerBound(sorted: string[], value: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * What one entry answers. A number that is not in the data is answered as the street alone, as Nominatim does, so that
 * nobody takes a neighbour's door for the one asked for; but at the height of its nearest neighbour, when one is near.
 */
function findIn(
  index: number,
  entry: Entry | undefined,
  number: string | undefined,
  neighbourhoods: Neighbourhoods,
  houseFound: (house: House) => Found,
): Found[] {
  if (!entry) return [];
  if (number === undefined) {
    return entry.spots.map(({ category, type, x, y }) => ({
      id: 10_000_000 + index,
      precision: category === 'highway' ? 'street' : 'place',
      name: entry.name,
      category,
      type,
      ...positioned({ x, y }, neighbourhoods),
    }));
  }
  const exact = entry.houses.filter((house) => house.number === number);
  if (exact.length) return exact.map(houseFound);
  const spot = neighbour(entry, Number.parseInt(number, 10)) ?? entry.spots[0];
  if (!spot) return [];
  const type = entry.spots.find(({ category }) => category === 'highway')?.type ?? 'residential';
  const where = positioned(spot, neighbourhoods);
  return [
    { id: 10_000_000 + index, precision: 'street', name: entry.name, category: 'highway', type, ...where },
  ];
}

/** The house whose number is nearest, on the same side of the street when there is one. */
function neighbour(entry: Entry, wanted: number): House | undefined {
  let best: House | undefined;
  let least = NEIGHBOUR_NUMBERS;
  for (const house of entry.houses) {
    const difference = Math.abs(Number.parseInt(house.number, 10) - wanted);
    const distance = difference + (difference % 2);
    if (distance >= least) continue;
    [best, least] = [house, distance];
  }
  return best;
}

function distinct(found: Found[]): Found[] {
  const kept: Found[] = [];
  for (const one of found) {
    const [x, y] = toWorld(one.location);
    const isKnown = kept.some((other) => {
      const [ox, oy] = toWorld(other.location);
      return (
        other.name === one.name &&
        other.category === one.category &&
        metresBetween(x, y, ox, oy) < SAME_METRES
      );
    });
    if (!isKnown) kept.push(one);
  }
  return kept;
}

function positioned(spot: { x: number; y: number }, neighbourhoods: Neighbourhoods) {
  let suburb: string | undefined;
  let least = SUBURB_METRES;
  for (const { name, x, y } of neighbourhoods) {
    const metres = metresBetween(spot.x, spot.y, x, y);
    if (metres < least) [suburb, least] = [name, metres];
  }
  return { suburb, location: toLngLat(spot.x, spot.y) };
}

/** The position half way along a line. */
function halfWay(line: Line): [number, number] {
  const steps: number[] = [];
  for (let i = 2; i < line.length; i += 2) {
    steps.push(Math.hypot(at(line, i) - at(line, i - 2), at(line, i + 1) - at(line, i - 1)));
  }
  let left = steps.reduce((sum, step) => sum + step, 0) / 2;
  for (const [i, step] of steps.entries()) {
    if (left <= step && step > 0) {
      const [x, y] = [at(line, 2 * i), at(line, 2 * i + 1)];
      return [x + ((at(line, 2 * i + 2) - x) * left) / step, y + ((at(line, 2 * i + 3) - y) * left) / step];
    }
    left -= step;
  }
  return [at(line, 0), at(line, 1)];
}
