import type { Stop } from '../../domain/orders.ts';
import type { Geocoder } from '../geocoder.ts';

/** The stop with a location: its own, or what the geocoder finds; as it is when that finds nothing. */
export async function placed<T extends Stop>(geocoder: Geocoder, stop: T): Promise<T> {
  if (stop.location !== undefined) return stop;
  const location = await geocoder(stop.address);
  return location === undefined ? stop : { ...stop, location };
}
