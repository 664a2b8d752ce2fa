import { type ParsedBatch, toBatch, toFix } from './batch.ts';
import { inner, isObject, toNumber, toSpeed } from './values.ts';

/**
 * Traccar Client 9 (traccar/traccar-client, preferences.dart: `_locationTemplate`; traccar.org/osmand): `{device_id,
 * location: {timestamp (ISO), coords: {latitude, longitude, accuracy, speed (m/s), heading, altitude}, battery: {level
 * (0 to 1)}, …}}`. Speed, heading and battery are -1 when unknown.
 */
export function parseTraccar9(body: unknown): ParsedBatch {
  const location = isObject(body) ? body.location : undefined;
  if (!isObject(location)) return toBatch('traccar', ['rejected']);
  const coords = inner(location, 'coords');
  const fix = toFix({
    lat: coords.latitude,
    lng: coords.longitude,
    time: location.timestamp,
    accuracy: toNumber(coords.accuracy),
    altitude: toNumber(coords.altitude),
    heading: toNumber(coords.heading),
    speed: toSpeed(coords.speed),
    battery: toNumber(inner(location, 'battery').level),
  });
  return toBatch('traccar', [fix]);
}
