import { expect, test } from 'vitest';
import { type Contents, compareContents } from './manifest.ts';

const dumped: Contents = {
  tables: { 'public.orders': { rows: 2, hash: 'a' }, 'public.users': { rows: 1, hash: 'b' } },
  objects: { policies: { count: 3, hash: 'c' } },
  invariants: { 'the log folds': 0 },
};
const changed = (change: Partial<Contents>): Contents => ({ ...dumped, ...change });

test('the same is the same', () => {
  expect(compareContents(dumped, structuredClone(dumped), true)).toEqual({ differences: [], remarks: [] });
});

const cases: [string, Partial<Contents>, string][] = [
  [
    'a lost row',
    { tables: { ...dumped.tables, 'public.orders': { rows: 1, hash: 'a' } } },
    'table public.orders: 2 rows were dumped, 1 came back',
  ],
  [
    'a changed row',
    { tables: { ...dumped.tables, 'public.orders': { rows: 2, hash: 'x' } } },
    'table public.orders: all 2 rows came back, but not with the same content',
  ],
  ['a lost table', { tables: { 'public.orders': { rows: 2, hash: 'a' } } }, 'table public.users: is missing'],
  [
    'a table too many',
    { tables: { ...dumped.tables, 'public.x': { rows: 0, hash: '' } } },
    'table public.x: was not there when dumped',
  ],
  [
    'a lost policy',
    { objects: { policies: { count: 2, hash: 'c' } } },
    'definitions of policies: there were 3, now 2',
  ],
  [
    'another policy',
    { objects: { policies: { count: 3, hash: 'x' } } },
    'definitions of policies: 3 as before, but not all the same',
  ],
  [
    'a broken rule',
    { invariants: { 'the log folds': 4 } },
    'rule the log folds: 0 rows broke it when dumped, 4 do now',
  ],
];
test.each(cases)('%s is told', (_, change, line) => {
  expect(compareContents(dumped, changed(change), true)).toEqual({ differences: [line], remarks: [] });
});

test('another major may word its definitions differently, and no more', () => {
  const found = changed({ objects: { policies: { count: 3, hash: 'x' } }, tables: {} });
  const { differences, remarks } = compareContents(dumped, found, false);
  expect(differences).toEqual(['table public.orders: is missing', 'table public.users: is missing']);
  expect(remarks).toEqual(['definitions of policies: 3 as before, but not all the same']);
});
