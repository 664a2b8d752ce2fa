import type { FixSource } from '../../domain/fix.ts';
import { type Entry, type ParsedBatch, toBatch, toFix } from './batch.ts';
import { fromPercent, toNumber, toSpeed } from './values.ts';

const KNOT = 1852 / 3600;

/** Parameters by name, from a query string, a form or a JSON object. */
export type Params = Readonly<Record<string, unknown>>;

/**
 * One position in OsmAnd's parameters, as a query string or a form (traccar.org/osmand; traccar/traccar,
 * OsmAndProtocolDecoder.java). `receivedAt` (ms) is its time when it names none, as in Traccar.
 * Sent by OsmAnd itself, GPSLogger (mendhak/gpslogger, CustomUrlManager.java), older Traccar Clients and trackers.
 */
export function parseOsmand(params: Params, source: FixSource, receivedAt: number): ParsedBatch {
  return toBatch(source, [readPosition(params, receivedAt)]);
}

/** Who sent it, as far as one can tell: it is shown to the manager and decides nothing. */
export function osmandSource(method: string, params: Params): FixSource {
  if (method === 'POST' && params.spd === undefined && params.hdop === undefined) return 'traccar';
  return params.spd !== undefined && params.batt !== undefined ? 'gpslogger' : 'osmand';
}

/** Also used for Traccar Client 10, which has the same parameters as JSON. */
export function readPosition(params: Params, receivedAt: number): Entry {
  const [lat, lng] = placeOf(params);
  // A heartbeat without a fix, or the push token of Traccar Client 10, which comes alone.
  if (isAbsent(lat) && isAbsent(lng)) return 'ignored';
  if (isAbsent(lat) || isAbsent(lng) || isInvalid(params.valid)) return 'rejected';
  return toFix({
    lat,
    lng,
    time: isAbsent(params.timestamp) ? receivedAt : params.timestamp,
    accuracy: toNumber(params.accuracy),
    altitude: toNumber(params.altitude),
    heading: toNumber(params.bearing ?? params.heading),
    speed: speedOf(params),
    battery: fromPercent(params.batt),
  });
}

function placeOf(params: Params): [unknown, unknown] {
  if (params.lat !== undefined || params.lon !== undefined || typeof params.location !== 'string') {
    return [params.lat, params.lon];
  }
  const [lat, lng] = params.location.split(',', 2);
  return [lat, lng ?? 'missing'];
}

/**
 * `speed` is knots: so Traccar says and its clients send. OsmAnd and GPSLogger know m/s only (traccar/traccar#3487,
 * mendhak/gpslogger#1094): the URLs we give them call it `spd`. `hdop` is no accuracy and is left alone, although OsmAnd
 * fills it with metres: its URL of ours calls that `accuracy`.
 */
function speedOf(params: Params): number | undefined {
  return params.spd === undefined ? toSpeed(params.speed, KNOT) : toSpeed(params.spd);
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Boolean.parseBoolean(value) || "1".equals(value), turned round. */
function isInvalid(valid: unknown): boolean {
  if (isAbsent(valid) || valid === true || valid === 1 || valid === '1') return false;
  return typeof valid !== 'string' || valid.toLowerCase() !== 'true';
}
