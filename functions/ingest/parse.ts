import { type ParsedBatch, toBatch } from './batch.ts';
import { findDeviceToken } from './credentials.ts';
import { osmandSource, parseOsmand } from './osmand.ts';
import { parseOverland } from './overland.ts';
import { parseOwntracks } from './owntracks.ts';
import {
  type IngestEndpoint,
  type IngestRequest,
  isTraccar9,
  type OpenedRequest,
  openRequest,
} from './request.ts';
import { parseTraccar9 } from './traccar-9.ts';
import { parseTraccar10Form, parseTraccar10Json } from './traccar-10.ts';

/*
 * The contract with the phone trackers. A tracker keeps what was not answered with success and sends it again, the oldest
 * first, so a refusal is a promise that the same request can succeed later:
 *
 * - Known token, any body: `SUCCESS`, and what was no position is counted, not refused. One bad point refused would block
 *   all later ones: Traccar Client repeats the head of its queue for ever.
 * - No token, or one that was never given out: 401, at every endpoint. It is a mistake in the app's settings that only
 *   the driver can correct; success would throw their day's positions away and show them that all is well. All of them keep
 *   the queue meanwhile. OsmAnd asks again without a pause: the look-up of a wrong token must be cheap.
 * - A token that was revoked: `SUCCESS`, and nothing is kept. Positions recorded under it are never wanted again, and a
 *   queue that begins with them must drain before the same phone's new token is reached.
 * - Rooms down: 503 with Retry-After. Longer than MAX_INGEST_BYTES: 413.
 */

/** 1000 positions of Overland with its statistics are about 1 MB. */
export const MAX_INGEST_BYTES = 2 * 1024 * 1024;

/** The answers that each client takes for success; the body of `osmand` is read by nobody. All with status 200. */
export const SUCCESS: Record<IngestEndpoint, { contentType: string; body: string }> = {
  osmand: { contentType: 'text/plain; charset=utf-8', body: 'OK' },
  // OwnTracks for Android keeps a message whose answer is no JSON (owntracks/android#2240).
  owntracks: { contentType: 'application/json', body: '[]' },
  // Overland keeps its batch unless `result` is `ok` (aaronpk/Overland-iOS, README.md "Response").
  overland: { contentType: 'application/json', body: '{"result":"ok"}' },
};

/**
 * Reads a tracker's request: the device token it carries (null: none), and its positions once they are asked for, which
 * is after the token was found good. Pure, and throws for no input.
 */
export function readIngest(
  endpoint: IngestEndpoint,
  request: IngestRequest,
): { token: string | null; parse: () => ParsedBatch } {
  const opened = openRequest(request);
  return { token: findDeviceToken(opened), parse: () => PARSERS[endpoint](opened) };
}

const PARSERS: Record<IngestEndpoint, (request: OpenedRequest) => ParsedBatch> = {
  osmand: ({ method, params, json, isJson, receivedAt }) => {
    if (isJson) return isTraccar9(json) ? parseTraccar9(json) : parseTraccar10Json(json, receivedAt);
    const source = osmandSource(method, params);
    if (source === 'traccar') return parseTraccar10Form(params, receivedAt);
    return parseOsmand(params, source, receivedAt);
  },
  owntracks: ({ headers, params, json, hasBody }) => {
    if (!hasBody) return toBatch('owntracks', []);
    const user = headers['x-limit-u'] ?? params.u;
    const device = headers['x-limit-d'] ?? params.d;
    return parseOwntracks(json ?? null, { user, device });
  },
  overland: ({ json }) => parseOverland(json),
};
