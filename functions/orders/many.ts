import type { Location } from '../../domain/geo.ts';
import type { Geocoder } from '../geocoder.ts';

/** The results of `work` in the items' order, so many under way at a time. */
export async function eachAtOnce<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const rest = items.entries();
  const take = async () => {
    for (const [index, item] of rest) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: atOnce }, take));
  return results;
}

/**
 * The geocoder of one request with many addresses: each is asked for once, and none any more `ms` after the first. The
 * orders whose turn does not come wait for the manager to place them.
 */
export function geocoderFor(geocoder: Geocoder, ms: number): Geocoder {
  const asked = new Map<string, Promise<Location | undefined>>();
  let ends: number | undefined;
  return async (address) => {
    ends ??= performance.now() + ms;
    const before = asked.get(address);
    if (before !== undefined) return before;
    if (performance.now() >= ends) return undefined;
    const found = geocoder(address);
    asked.set(address, found);
    return found;
  };
}
