import { expect, test } from 'vitest';
import { countryOf } from './country-of.ts';

test.each([
  ['America/Montevideo', 'UY'],
  ['Europe/Berlin', 'DE'],
  ['America/Argentina/Buenos_Aires', 'AR'],
  ['Asia/Kolkata', 'IN'],
  ['America/New_York', 'US'],
  ['UTC', null],
])('the clocks of %s are those of %s', (timezone, country) => {
  expect(countryOf(timezone)).toBe(country);
});
