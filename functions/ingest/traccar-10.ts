import { type ParsedBatch, readLast, toBatch } from './batch.ts';
import { type Params, parseOsmand, readPosition } from './osmand.ts';
import { isObject, toId } from './values.ts';

/**
 * Traccar Client 10, a form (traccar/traccar-client#214 shows one): `id, lat, lon, timestamp` (s), `accuracy` (m),
 * `altitude`, `speed` (knots), `bearing`, `batt` (0 to 100), `charge`, `alarm`. lat and lon may be missing, and a POST of
 * `id` and `notificationToken` comes on its own: both are ignored.
 */
export function parseTraccar10Form(params: Params, receivedAt: number): ParsedBatch {
  return parseOsmand(params, 'traccar', receivedAt);
}

/**
 * The same client's JSON: one object of those keys, or an array of them, oldest first. A request speaks for one device:
 * an entry with another `id` than the first is rejected.
 */
export function parseTraccar10Json(body: unknown, receivedAt: number): ParsedBatch {
  const list: unknown[] = Array.isArray(body) ? body : [body];
  const id = isObject(list[0]) ? toId(list[0].id) : undefined;
  const entries = readLast(list, (entry) =>
    isObject(entry) && toId(entry.id) === id ? readPosition(entry, receivedAt) : 'rejected',
  );
  return toBatch('traccar', entries);
}
