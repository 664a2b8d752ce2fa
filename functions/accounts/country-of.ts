import { getCountries } from 'libphonenumber-js';

/** The country (ISO 3166-1) whose clocks a time zone sets, by Intl's data; null for UTC and others of no country. */
export function countryOf(timezone: string): string | null {
  // Intl lists its own names only; this is its name for the zone, whatever the alias.
  const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: timezone }).resolvedOptions();
  zones ??= new Map(
    getCountries().flatMap((country) => zonesOf(country).map((zone) => [zone, country] as const)),
  );
  return zones.get(timeZone) ?? null;
}

// Made at the first sign-up: it takes 80 ms.
let zones: Map<string, string> | undefined;

/** TypeScript's library does not know the method of ECMA-402's Intl Locale Info yet. */
function zonesOf(country: string): string[] {
  const locale: Intl.Locale & { getTimeZones?: () => string[] | undefined } = new Intl.Locale(
    `und-${country}`,
  );
  return locale.getTimeZones?.() ?? [];
}
