import { expect, test } from 'vitest';
import { NAVIGATORS, navigationLink } from './navigation.ts';

const door = { address: 'Bulevar España 2345 (ap. 3)', location: { lat: -34.9132, lng: -56.1602 } };

test('each app is given the point, and how one travels', () => {
  expect(NAVIGATORS.map((app) => navigationLink(app, door, 'bicycle'))).toEqual([
    'https://www.google.com/maps/dir/?api=1&destination=-34.9132%2C-56.1602&travelmode=bicycling',
    'https://maps.apple.com/?daddr=-34.9132%2C-56.1602&dirflg=b',
    'https://waze.com/ul?ll=-34.9132%2C-56.1602&navigate=yes',
    'geo:-34.9132,-56.1602?q=-34.9132,-56.1602(Bulevar%20Espa%C3%B1a%202345%20%20ap.%203%20)',
  ]);
  expect(navigationLink('google', door, 'van')).toContain('travelmode=driving');
});

test('a stop without a point is searched by its address', () => {
  const unplaced = { address: 'Sarandí 500 & Ituzaingó' };
  expect(navigationLink('waze', unplaced, 'car')).toBe(
    'https://waze.com/ul?q=Sarand%C3%AD+500+%26+Ituzaing%C3%B3&navigate=yes',
  );
  expect(navigationLink('geo', unplaced, 'car')).toBe('geo:0,0?q=Sarand%C3%AD%20500%20%26%20Ituzaing%C3%B3');
});
