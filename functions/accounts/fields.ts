import { z } from '@hono/zod-openapi';
import { isSupportedCountry } from 'libphonenumber-js';
import { isStorable } from '../../domain/text.ts';

/** Trimmed and in lower case: that is how it is stored and looked up. */
export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .check(z.email())
  .openapi({ type: 'string', format: 'email', example: 'maria@cafesur.example' });

/** A password that is being chosen. */
export const NewPassword = z.string().min(8).max(200).refine(isStorable, {
  message: 'holds a character that cannot be typed',
});

/** An opaque token of ours, as it came: whether it is good, the database says. */
export const OpaqueToken = z.string().min(1).max(200);

/** An IANA time zone, by its name. */
export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, { message: 'is not an IANA time zone' })
  .openapi({ type: 'string', example: 'America/Montevideo' });

/** An ISO 4217 code. */
export const Currency = z
  .string()
  .refine((code) => currencies().has(code), { message: 'is not an ISO 4217 currency code' })
  .openapi({ type: 'string', example: 'UYU', pattern: '^[A-Z]{3}$' });

/** An ISO 3166-1 code of two letters, of a country that has telephones. */
export const Country = z
  .string()
  .refine(isSupportedCountry, { message: 'is not an ISO 3166-1 country code' })
  .openapi({ type: 'string', example: 'UY', pattern: '^[A-Z]{2}$' });

/** A BCP 47 language tag. */
export const LanguageTag = z
  .string()
  .max(35)
  .refine(isLanguage, { message: 'is not a language tag' })
  .openapi({ type: 'string', example: 'es-UY' });

function isTimeZone(name: string): boolean {
  // Intl takes offsets as well; they know no summer time.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

let known: Set<string> | undefined;
const currencies = (): Set<string> => {
  known ??= new Set(Intl.supportedValuesOf('currency'));
  return known;
};
