import type { Logger } from 'pino';
import { z } from 'zod';
import { Location } from '../domain/geo.ts';

/** Finds the place of an address; undefined when it is not found, or the geocoder is not to be had. Never throws. */
export type Geocoder = (address: string) => Promise<Location | undefined>;

// Nominatim's answer to /search?format=jsonv2 (nominatim.org/release-docs/latest/api/Search): numbers come as text.
const SearchAnswer = z.array(z.object({ lat: z.coerce.number(), lon: z.coerce.number() }));

/** Any Nominatim-compatible service, by its base URL. Without one, no address is found. */
export function createGeocoder(options: {
  url: string | undefined;
  log: Logger;
  count: (outcome: 'found' | 'not_found' | 'failed') => void;
  /** How long an address may take; left out: 2 s. */
  timeoutMs?: number;
}): Geocoder {
  const { url, log, count, timeoutMs = 2000 } = options;
  if (url === undefined) return async () => undefined;
  return async (address) => {
    try {
      const search = new URL(`${url.replace(/\/$/, '')}/search`);
      search.search = new URLSearchParams({ q: address, format: 'jsonv2', limit: '1' }).toString();
      const response = await fetch(search, {
        signal: AbortSignal.timeout(timeoutMs),
        headers: { 'User-Agent': 'DropMate' },
      });
      if (!response.ok) throw new Error(`The geocoder answered ${response.status}.`);
      const [first] = SearchAnswer.parse(await response.json());
      const location = Location.safeParse({ lat: first?.lat, lng: first?.lon });
      count(location.success ? 'found' : 'not_found');
      return location.data;
    } catch (error) {
      // The address stays out of the log; the order is accepted and waits for the manager to place it.
      log.warn({ reason: error instanceof Error ? error.name : 'unknown' }, 'the geocoder cannot be had');
      count('failed');
      return undefined;
    }
  };
}
