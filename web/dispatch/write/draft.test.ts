import { expect, test } from 'vitest';
import { anOrder } from '../../../domain/order.fixture.ts';
import { orderForManager } from '../../../domain/order-views.ts';
import {
  checkDraft,
  decimalsOf,
  draftOf,
  dropoffOf,
  EMPTY_DRAFT,
  instantOf,
  itemsOf,
  localTime,
  minorOf,
} from './draft.ts';

const ZONE = 'America/Montevideo';
const order = orderForManager(anOrder());

test('what an order says comes back out of its form unchanged', () => {
  const draft = draftOf(order, ZONE, 2);
  expect(checkDraft(draft, 2)).toEqual({});
  expect(dropoffOf(draft, ZONE)).toEqual(order.dropoff);
  expect(itemsOf(draft.items, order.items)).toEqual(order.items);
  expect(draft).toMatchObject({ from: '2026-11-22T16:00', total: '900', cash: '950', pin: true });
});

test('an empty form lacks the address and the name', () => {
  expect(checkDraft(EMPTY_DRAFT, 2)).toEqual({ address: 'missing', name: 'missing' });
});

test('a window needs both of its ends, in their order; amounts are amounts', () => {
  const draft = { ...EMPTY_DRAFT, address: 'a', name: 'b' };
  expect(checkDraft({ ...draft, from: '2026-11-22T12:00' }, 2)).toEqual({ until: 'windowBoth' });
  expect(checkDraft({ ...draft, until: '2026-11-22T12:00' }, 2)).toEqual({ from: 'windowBoth' });
  const turned = { ...draft, from: '2026-11-22T12:00', until: '2026-11-22T11:00' };
  expect(checkDraft(turned, 2)).toEqual({ until: 'windowOrder' });
  expect(checkDraft({ ...draft, cash: 'much' }, 2)).toEqual({ cash: 'amountWrong' });
});

test.each([
  ['450', 2, 45_000],
  ['450.5', 2, 45_050],
  ['450,05', 2, 45_005],
  ['1200', 0, 1200],
  ['1.5', 0, null],
  ['1.234', 2, null],
  ['-1', 2, null],
  ['', 2, null],
])('%j with %i decimals is %j', (text, decimals, minor) => {
  expect(minorOf(text, decimals)).toBe(minor);
});

test('currencies have their own decimals', () => {
  expect([decimalsOf('UYU'), decimalsOf('JPY'), decimalsOf('nonsense')]).toEqual([2, 0, 2]);
});

test('items are read as people write them', () => {
  expect(itemsOf('2 × Chivito\n\n3x Agua\nPan\n 10 Empanadas de carne')).toEqual([
    { name: 'Chivito', quantity: 2 },
    { name: 'Agua', quantity: 3 },
    { name: 'Pan', quantity: 1 },
    { name: 'Empanadas de carne', quantity: 10 },
  ]);
});

test('times are those of the shop, over a change of its clock too', () => {
  expect(localTime('2026-11-22T15:10:00.000Z', ZONE)).toBe('2026-11-22T12:10');
  expect(instantOf('2026-11-22T12:10', ZONE)).toBe('2026-11-22T15:10:00.000Z');
  expect(instantOf('2026-03-29T01:30', 'Europe/Madrid')).toBe('2026-03-29T00:30:00.000Z');
  expect(instantOf('2026-03-29T03:30', 'Europe/Madrid')).toBe('2026-03-29T01:30:00.000Z');
});
