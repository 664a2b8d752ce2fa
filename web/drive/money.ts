/** Minor units of what somebody typed, as `740`, `740,5` or `740.50`; null when it is no amount of that currency. */
export function readMoney(typed: string, currency: string): number | null {
  const text = typed.trim().replace(',', '.');
  const decimals = decimalsOf(currency);
  if (!/^\d{1,9}(\.\d*)?$/.test(text) || (text.split('.')[1] ?? '').length > decimals) return null;
  return Math.round(Number(text) * 10 ** decimals);
}

/** For an input: `740.50`, without the currency. */
export function writeMoney(minor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  return (minor / 10 ** decimals).toFixed(minor % 10 ** decimals === 0 ? 0 : decimals);
}

function decimalsOf(currency: string): number {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}
