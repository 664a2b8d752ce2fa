import { describe, expect, it } from 'vitest';
import { loadCity } from './city.ts';
import { createGeocoder } from './geocoder.ts';
import { houseNumbers, readings } from './street-names.ts';

const geocoder = createGeocoder(loadCity());
const ELLAURI_739 = { lat: expect.closeTo(-34.91724, 4), lng: expect.closeTo(-56.15511, 4) };

describe('search', () => {
  it.each([
    'José Ellauri 739',
    'jose ellauri 739',
    '739 José Ellauri',
    'José Ellauri, 739',
    'Ellauri 739, Pocitos, Montevideo, Uruguay',
    'José Ellauri nro. 739 apto 302',
    'José Ellauri 739 esq. Solano García, 11300 Montevideo',
    'José Ellauri N° 739',
  ])('finds the house for "%s"', (text) => {
    expect(geocoder.search(text, 5)[0]).toMatchObject({
      precision: 'house',
      name: 'José Ellauri',
      number: '739',
      location: ELLAURI_739,
    });
  });

  it.each([
    ['Bvar. Gral. Artigas 3688', 'Bulevar General Artigas'],
    ['Bulevar Artigas 3690', 'Bulevar General Artigas'],
    ['Av 18 de Julio 1234', 'Avenida 18 de Julio'],
    ['18 de Julio 1234', 'Avenida 18 de Julio'],
    ['1234 18 de Julio', 'Avenida 18 de Julio'],
    ['Dr. Juan José de Amézaga 1741', 'Doctor Juan José de Amézaga'],
    ['25 de Mayo 449', '25 de Mayo'],
    ['Entre Ríos 1205', 'Entre Ríos'],
  ])('understands "%s"', (text, name) => {
    expect(geocoder.search(text, 1)[0]).toMatchObject({ precision: 'house', name });
  });

  it('finds a house of several numbers, or BIS, by each of them', () => {
    const [a, b] = [
      geocoder.search('Bulevar Artigas 3688', 1)[0],
      geocoder.search('Bulevar Artigas 3692', 1)[0],
    ];
    expect(a?.location).toEqual(b?.location);
    expect(geocoder.search('Humboldt 4219 bis', 1)[0]).toMatchObject({
      precision: 'house',
      number: '4219bis',
    });
  });

  it('answers a number that does not exist with the street, never with a neighbour as if it were the house', () => {
    const [near] = geocoder.search('José Ellauri 741A', 1);
    expect(near).toMatchObject({ precision: 'street', name: 'José Ellauri', category: 'highway' });
    expect(near?.number).toBeUndefined();
    expect(near?.location.lat).toBeCloseTo(-34.9172, 3);
    expect(geocoder.search('José Ellauri 99999', 1)[0]).toMatchObject({ precision: 'street' });
  });

  it('finds streets and places by name, also when the last word is only begun', () => {
    expect(geocoder.search('Rambla Gran Bretaña', 1)[0]).toMatchObject({
      precision: 'street',
      type: 'primary',
    });
    expect(geocoder.search('cafe brasilero', 1)[0]).toMatchObject({ precision: 'place', type: 'cafe' });
    expect(geocoder.search('rambla gran bret', 1)[0]).toMatchObject({ name: 'Rambla Gran Bretaña' });
  });

  it.each(['Calle Inventada 12', ', ,', '***', 'Montevideo', '', '12345'])(
    'finds nothing for "%s"',
    (text) => {
      expect(geocoder.search(text, 5)).toEqual([]);
    },
  );

  it('gives no more than asked for, all of them different', () => {
    const found = geocoder.search('Camino Vecinal', 4);
    expect(found).toHaveLength(4);
    expect(new Set(found.map(({ location }) => JSON.stringify(location))).size).toBe(4);
  });
});

describe('reverse', () => {
  it('finds the house at a door', () => {
    const [house] = geocoder.search('José Ellauri 739', 1);
    expect(house && geocoder.reverse(house.location)).toMatchObject({ name: 'José Ellauri', number: '739' });
  });

  it('finds nothing on the open river', () => {
    expect(geocoder.reverse({ lat: -35.2, lng: -56.2 })).toBeUndefined();
  });
});

it('splits the numbers of one door', () => {
  expect(houseNumbers('3688,3690, 3692')).toEqual(['3688', '3690', '3692']);
  expect(houseNumbers('4219,4219 BIS')).toEqual(['4219', '4219bis']);
  expect(houseNumbers('s/n')).toEqual([]);
});

it('reads a name with a number in it first as a name', () => {
  expect(readings('25 de Mayo')).toEqual([
    { name: ['25', 'de', 'mayo'] },
    { name: ['de', 'mayo'], number: '25' },
  ]);
});
