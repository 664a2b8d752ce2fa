import type { OpenedRequest } from './request.ts';
import { inner, isObject } from './values.ts';

const DEVICE_TOKEN = /^dm_dev_[A-Za-z0-9_-]{16,200}$/;

export const isDeviceToken = (text: string): boolean => DEVICE_TOKEN.test(text);

/**
 * The device token of a request, or null. Each client can put it in one place only, so all places are looked at, at each
 * endpoint: Overland's Bearer token; the password of Basic authentication (OwnTracks; the user name is free); the
 * parameter `id` or `deviceid` (Traccar, OsmAnd, GPSLogger); `device_id` or `id` in JSON (Traccar Client 9 and 10; Overland
 * for want of a token). Only what has a token's form counts. Whose it is, and whether it is still good, is for the caller.
 */
export function findDeviceToken(request: OpenedRequest): string | null {
  for (const candidate of candidates(request)) {
    if (typeof candidate === 'string' && isDeviceToken(candidate.trim())) return candidate.trim();
  }
  return null;
}

function candidates({ headers, params, json }: OpenedRequest): unknown[] {
  const authorization = headers.authorization ?? '';
  const named = [params.id, params.deviceid, params.device_id, params.token];
  return [
    /^Bearer +(\S+) *$/i.exec(authorization)?.[1],
    basicPassword(authorization),
    ...named,
    ...inJson(json),
  ];
}

/** RFC 7617: all behind the first colon. */
function basicPassword(authorization: string): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const [, ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return password.join(':');
}

function inJson(json: unknown): unknown[] {
  const first: unknown = Array.isArray(json) ? json[0] : json;
  if (!isObject(first)) return [];
  const locations: unknown[] = Array.isArray(first.locations) ? first.locations : [];
  const last = locations.at(-1);
  return [first.id, first.device_id, isObject(last) ? inner(last, 'properties').device_id : undefined];
}
