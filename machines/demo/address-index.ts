import type { City } from './city.ts';
import { houseNumbers, type Query, unsaid, words } from './street-names.ts';
import { joinStreets } from './streets.ts';
import { at, type Line } from './world.ts';

export type House = { id: number; street: number; number: string; x: number; y: number };
/** A name that can be searched: a street with its houses, or a place without. */
export type Entry = {
  name: string;
  words: string[];
  spots: { category: string; type: string; x: number; y: number }[];
  houses: House[];
};

export type AddressIndex = {
  entries: Entry[];
  houses: House[];
  /** The entries that have every word of the query, the last one also begun only; the least left unsaid first. */
  match(query: Query): number[];
};

const MOST_MATCHES = 20;

/** Streets, named places and house numbers, by the words of their names. */
export function indexAddresses(city: City): AddressIndex {
  const { entries, houses } = gather(city);
  const byWord = indexWords(entries);
  const vocabulary = [...byWord.keys()].sort();
  return { entries, houses, match: (query) => match(query, entries, byWord, vocabulary) };
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
    .slice(0, MOST_MATCHES);
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
