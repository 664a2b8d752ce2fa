import { expect, test } from 'vitest';
import { NO_FILTERS } from './board/filters.ts';
import { filtersQuery, type Place, placeQuery, readPlace } from './place.ts';

const ID = '0198a000-0000-7000-8000-000000000001';

test('a place is found again by its address', () => {
  const places: Place[] = [
    { view: 'board', orderId: null, filters: NO_FILTERS },
    { view: 'drivers', orderId: null, filters: { ...NO_FILTERS, show: 'late' } },
    { view: 'board', orderId: ID, filters: { text: 'a & b = ñ', show: 'unassigned', driverId: ID } },
  ];
  for (const place of places) expect(readPlace(`?${placeQuery(place)}`)).toEqual(place);
  expect(placeQuery({ view: 'board', orderId: null, filters: NO_FILTERS })).toBe('');
});

test('what an address does not say is as it was kept, and what is nonsense is passed over', () => {
  const kept = filtersQuery({ text: 'pizza', show: 'late', driverId: null });
  expect(readPlace('', kept).filters).toEqual({ text: 'pizza', show: 'late', driverId: null });
  expect(readPlace(`?order=${ID}`, kept).filters.show).toBe('late');
  expect(readPlace('?show=unassigned', kept).filters).toEqual({ ...NO_FILTERS, show: 'unassigned' });
  const nonsense = readPlace('?view=moon&show=none&order=1&driver=%27;drop', 'show=&q');
  expect(nonsense).toEqual({ view: 'board', orderId: null, filters: NO_FILTERS });
});
