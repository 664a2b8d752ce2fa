import { type Entry, type ParsedBatch, readLast, toBatch, toFix } from './batch.ts';
import { inner, isObject, toNumber, toSpeed, toText } from './values.ts';

/**
 * Overland (aaronpk/Overland-iOS, README.md "API"; GLManager.m): `{locations: [GeoJSON Feature], current?, trip?}`. A
 * Feature is a Point [longitude, latitude] with `timestamp` (`2026-11-22T10:00:00-0300`), `speed` (m/s), `course`,
 * `altitude`, `horizontal_accuracy` (m), `battery_level` (0 to 1), `device_id`. Unknown is negative.
 * `current` is the newest position, sent along while the queue is longer than two batches: without it the map would
 * follow the backlog.
 */
export function parseOverland(body: unknown): ParsedBatch {
  if (!isObject(body) || !Array.isArray(body.locations)) return toBatch('overland', ['rejected']);
  const locations: unknown[] = body.locations;
  const entries = readLast(locations, readFeature);
  if (isObject(body.current)) entries.push(readFeature(body.current));
  return toBatch('overland', entries, deviceOf(locations.at(-1)));
}

function readFeature(feature: unknown): Entry {
  if (!isObject(feature)) return 'rejected';
  const properties = inner(feature, 'properties');
  // A visit, a trip or a note that updates were paused: its place is not where the phone was at its time.
  if (properties.action !== undefined || properties.type === 'trip') return 'ignored';
  const accuracy = toNumber(properties.horizontal_accuracy);
  // Core Location: a negative horizontal accuracy says that the coordinates are not valid.
  if (accuracy !== undefined && accuracy < 0) return 'rejected';
  const { coordinates } = inner(feature, 'geometry');
  const [lng, lat]: unknown[] = Array.isArray(coordinates) ? coordinates : [];
  return toFix({
    lat,
    lng,
    time: properties.timestamp,
    accuracy,
    altitude: toNumber(properties.altitude),
    heading: toNumber(properties.course),
    speed: toSpeed(properties.speed),
    battery: toNumber(properties.battery_level),
  });
}

function deviceOf(feature: unknown): string | undefined {
  const properties = isObject(feature) ? inner(feature, 'properties') : {};
  return toText(properties.device_id) ?? toText(properties.unique_id);
}
