/** The work of each role has its own page. */
export const pageOf = ({ role }: { role: 'manager' | 'driver' }): string =>
  role === 'driver' ? '/drive' : '/dispatch';

/** Where the shop is, as its first browser knows: the time zone of its figures and messages. */
export function localDefaults(locale: string): { timezone: string; currency?: string } {
  const { timeZone: timezone } = new Intl.DateTimeFormat().resolvedOptions();
  const region = new Intl.Locale(locale).region ?? new Intl.Locale(navigator.language).region;
  const currency = CURRENCIES[region ?? ''];
  return currency === undefined ? { timezone } : { timezone, currency };
}

/** No browser knows a country's money. These are a start; the settings change it. */
const CURRENCIES: Readonly<Record<string, string>> = {
  AR: 'ARS',
  BO: 'BOB',
  BR: 'BRL',
  CA: 'CAD',
  CL: 'CLP',
  CO: 'COP',
  CR: 'CRC',
  DE: 'EUR',
  ES: 'EUR',
  FR: 'EUR',
  GB: 'GBP',
  IE: 'EUR',
  IT: 'EUR',
  MX: 'MXN',
  PE: 'PEN',
  PT: 'EUR',
  PY: 'PYG',
  US: 'USD',
  UY: 'UYU',
};
