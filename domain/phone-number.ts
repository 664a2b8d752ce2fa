import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';

/** In E.164 (`+59899123456`), or null when it is none. `country` (ISO 3166-1): of numbers that are written without theirs. */
export function phoneNumber(written: string, country: string | null): string | null {
  const known = country !== null && isSupportedCountry(country) ? country : undefined;
  const phone = parsePhoneNumberFromString(written, known);
  return phone?.isValid() ? phone.number : null;
}
