import { expect, test } from 'vitest';
import { phoneNumber } from './phone-number.ts';

test.each([
  ['+598 99 123 456', null, '+59899123456'],
  ['099 123 456', 'UY', '+59899123456'],
  ['(011) 2345-6789', 'AR', '+541123456789'],
  ['+1 213 373 4253', 'UY', '+12133734253'],
  // Without a country nobody knows whose it is.
  ['099 123 456', null, null],
  ['099 123 456', 'Atlantis', null],
  ['+598 1', null, null],
  ['no phone', 'UY', null],
  ['', 'UY', null],
])('%j in %s is %s', (written, country, number) => {
  expect(phoneNumber(written, country)).toBe(number);
});
