/** How many decimals amounts of the currency are written with: as pages show them. */
export function decimalsOf(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** Minor units as people write them: 1250 of a currency with two decimals is `12.50`. */
export function inMajor(minor: number, decimals: number): string {
  const digits = String(Math.abs(minor)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const sign = minor < 0 ? '-' : '';
  return decimals === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-decimals)}`;
}

/**
 * Minor units of `12.50`, `12,5` or `12`; undefined for all else. There is no separator of thousands: `1.234` is somebody's
 * thousand and somebody else's one.
 */
export function fromMajor(text: string, decimals: number): number | undefined {
  const [, whole, fraction = ''] = /^(\d{1,13})(?:[.,](\d+))?$/.exec(text) ?? [];
  if (whole === undefined || fraction.length > decimals) return undefined;
  return Number(whole + fraction.padEnd(decimals, '0'));
}
