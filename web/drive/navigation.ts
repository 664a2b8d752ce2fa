import type { Stop, VehicleType } from '../../domain/orders.ts';

export const NAVIGATORS = ['google', 'apple', 'waze', 'geo'] as const;
export type Navigator = (typeof NAVIGATORS)[number];

/**
 * The link that opens an app with the way to the stop; by its text where it has no location. Formats: Google "Maps URLs"
 * (api=1), Apple "Map Links", Waze "Deep Links", and RFC 5870 for any other app.
 */
export function navigationLink(app: Navigator, { location, address }: Stop, vehicle: VehicleType): string {
  const point = location && `${location.lat},${location.lng}`;
  const query = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
  switch (app) {
    case 'google':
      return `https://www.google.com/maps/dir/?${query({
        api: '1',
        destination: point ?? address,
        travelmode: { foot: 'walking', bicycle: 'bicycling' }[vehicle as string] ?? 'driving',
      })}`;
    case 'apple':
      return `https://maps.apple.com/?${query({
        daddr: point ?? address,
        dirflg: { foot: 'w', bicycle: 'b' }[vehicle as string] ?? 'd',
      })}`;
    case 'waze':
      return `https://waze.com/ul?${query({ ...(point ? { ll: point } : { q: address }), navigate: 'yes' })}`;
    case 'geo': {
      // Android's maps search for `q`; a plain `geo:` would show the point alone.
      const label = encodeURIComponent(address.replace(/[()]/g, ' '));
      return point ? `geo:${point}?q=${point}(${label})` : `geo:0,0?q=${label}`;
    }
  }
}
