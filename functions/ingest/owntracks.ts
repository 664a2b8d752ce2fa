import { type ParsedBatch, toBatch, toFix } from './batch.ts';
import { fromPercent, isObject, type JsonObject, toNumber, toSpeed, toText } from './values.ts';

const KMH = 1 / 3.6;

/** How the phone is called outside the body: headers `X-Limit-U` and `X-Limit-D`, or `?u=&d=`. */
export type OwntracksNames = { user?: string | undefined; device?: string | undefined };

/**
 * OwnTracks in HTTP mode (owntracks/booklet, tech/json.md and tech/http.md). Of its messages only `_type: location` is a
 * position: `lat, lon, tst` (s, of the fix; `created_at` is that of the message), `acc` and `alt` (m), `vel` (km/h), `cog`,
 * `batt` (percent), which are left out at zero. `body` is undefined when it was empty: ignored, like every other `_type`.
 */
export function parseOwntracks(body: unknown, names: OwntracksNames): ParsedBatch {
  if (body === undefined) return toBatch('owntracks', []);
  if (!isObject(body) || typeof body._type !== 'string') return toBatch('owntracks', ['rejected']);
  const device = deviceOf(body, names);
  if (body._type !== 'location') return toBatch('owntracks', [], device);
  const fix = toFix({
    lat: body.lat,
    lng: body.lon,
    time: body.tst,
    accuracy: toNumber(body.acc),
    altitude: toNumber(body.alt),
    heading: toNumber(body.cog),
    speed: toSpeed(body.vel, KMH),
    battery: fromPercent(body.batt),
  });
  return toBatch('owntracks', [fix], device);
}

/** `jane/phone`, from the names or from the topic `owntracks/jane/phone`; else the two letters of `tid`. */
function deviceOf(body: JsonObject, names: OwntracksNames): string | undefined {
  const named = [names.user, names.device].filter((name) => name !== undefined && name !== '').join('/');
  const topic = typeof body.topic === 'string' ? body.topic.split('/').slice(1, 3).join('/') : undefined;
  return toText(named) ?? toText(topic) ?? toText(body.tid);
}
