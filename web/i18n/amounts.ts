/** Money of integer minor units, as `$ 450,00`. The currency's own number of decimals counts, as ISO 4217 has it. */
export function formatMoney(minor: number, currency: string, locale: string): string {
  try {
    const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
    const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
    return format.format(minor / 10 ** decimals);
  } catch {
    // A code that is no currency: RangeError. The amount still matters more than its look.
    return `${minor / 100} ${currency}`;
  }
}

/** A distance in metres for people: `80 m`, `650 m`, `1.2 km`. */
export function formatDistance(metres: number, locale: string): string {
  if (metres < 950) return `${Math.max(10, Math.round(metres / 10) * 10)} m`;
  const kilometres = new Intl.NumberFormat(locale, { maximumFractionDigits: metres < 10_000 ? 1 : 0 });
  return `${kilometres.format(metres / 1000)} km`;
}
