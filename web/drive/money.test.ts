import { expect, test } from 'vitest';
import { readMoney, writeMoney } from './money.ts';

test.each([
  ['740', 'UYU', 74_000],
  ['740,5', 'UYU', 74_050],
  [' 740.50 ', 'USD', 74_050],
  ['0', 'UYU', 0],
  ['740', 'CLP', 740],
  ['740.5', 'CLP', null],
  ['740.505', 'USD', null],
  ['', 'USD', null],
  ['-3', 'USD', null],
  ['1e5', 'USD', null],
  ['1.000,50', 'UYU', null],
])('reads %j in %s as %j', (typed, currency, expected) => {
  expect(readMoney(typed, currency)).toBe(expected);
});

test('writes what it reads', () => {
  expect([writeMoney(74_000, 'UYU'), writeMoney(74_050, 'UYU'), writeMoney(740, 'CLP')]).toEqual([
    '740',
    '740.50',
    '740',
  ]);
});
