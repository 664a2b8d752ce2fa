import { expect, test } from 'vitest';
import { formatDistance, formatMoney } from './amounts.ts';
import { timesFor } from './times.ts';

const NOW = Date.parse('2026-11-22T15:00:00Z');
/** ICU writes several kinds of space; readers see one. */
const plain = (text: string | null): string | undefined => text?.replace(/\s+/g, ' ');

test('writes a time in the given zone', () => {
  const at = '2026-11-22T15:10:00.000Z';
  expect(plain(timesFor('en', 'America/Montevideo').clock(at))).toBe('12:10 PM');
  expect(plain(timesFor('es-ES', 'Europe/Madrid').clock(at))).toBe('16:10');
});

test('writes a range shortly', () => {
  const times = timesFor('en-GB', 'America/Montevideo');
  const range = { from: '2026-11-22T15:10:00.000Z', to: '2026-11-22T15:20:00.000Z' };
  expect(plain(times.range(range))).toMatch(/^12:10 ?– ?12:20$/);
  expect(plain(times.range({ from: range.from, to: range.from }))).toBe('12:10');
});

test('writes a range over midnight without dates', () => {
  const times = timesFor('en-GB', 'America/Montevideo');
  const range = { from: '2026-11-23T02:50:00.000Z', to: '2026-11-23T03:10:00.000Z' };
  expect(plain(times.range(range))).toBe('23:50 – 00:10');
});

test('names a day only when it is not today, where the reader is', () => {
  const times = timesFor('en-GB', 'America/Montevideo');
  expect(times.day('2026-11-23T02:59:00.000Z', NOW)).toBeNull();
  expect(times.day('2026-11-23T03:00:00.000Z', NOW)).toBe('Mon 23 Nov');
});

test('an unknown zone reads as UTC', () => {
  expect(timesFor('en-GB', 'Mars/Olympus').clock('2026-11-22T15:10:00.000Z')).toBe('15:10');
});

test('money has the decimals of its currency', () => {
  expect(plain(formatMoney(98000, 'UYU', 'es-UY'))).toBe('$ 980,00');
  expect(plain(formatMoney(98000, 'JPY', 'en'))).toBe('¥98,000');
  expect(plain(formatMoney(98000, 'nonsense', 'en'))).toBe('980 nonsense');
});

test('distances are round', () => {
  expect(formatDistance(3, 'en')).toBe('10 m');
  expect(formatDistance(847, 'en')).toBe('850 m');
  expect(formatDistance(1234, 'es-UY')).toBe('1,2 km');
});
