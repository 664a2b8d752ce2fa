import type { Found, Geocoder } from './geocoder.ts';
import { LICENCE } from './osm.ts';

/** What `server.ts` sends: a status and a JSON body. */
export type JsonAnswer = { status: number; body: unknown };

const MAX_LIMIT = 40;
const MAX_QUERY = 300;
/** Metres around a found place that its `boundingbox` covers. */
const BOX_DEGREES = 0.0005;

/**
 * Nominatim's `/search`, `format=jsonv2`. The address is `q`, or put together from `street`, `city`. Formats other
 * than its JSON ones are refused: https://nominatim.org/release-docs/latest/api/Search/
 */
export function answerSearch(geocoder: Geocoder, query: URLSearchParams): JsonAnswer {
  const refused = refuseFormat(query);
  if (refused) return refused;
  const text = query.get('q') ?? query.get('street') ?? '';
  if (!text.trim()) return refusal('Nothing to search for.');
  if (text.length > MAX_QUERY) return refusal(`Parameter 'q' is longer than ${MAX_QUERY} characters.`);
  const limit = Number(query.get('limit') ?? 10);
  if (!Number.isInteger(limit)) return refusal("Parameter 'limit' must be a number.");
  const found = geocoder.search(text, Math.min(MAX_LIMIT, Math.max(1, limit)));
  return { status: 200, body: found.map(present) };
}

/** Nominatim's `/reverse`: the nearest house, or its `error` object with status 200, as Nominatim does. */
export function answerReverse(geocoder: Geocoder, query: URLSearchParams): JsonAnswer {
  const refused = refuseFormat(query);
  if (refused) return refused;
  const location = {
    lat: Number(query.get('lat') || Number.NaN),
    lng: Number(query.get('lon') || Number.NaN),
  };
  for (const [name, value, most] of [
    ['lat', location.lat, 90],
    ['lon', location.lng, 180],
  ] as const) {
    if (!(Math.abs(value) <= most)) return refusal(`Parameter '${name}' must be a number within ±${most}.`);
  }
  const found = geocoder.reverse(location);
  return { status: 200, body: found ? present(found) : { error: 'Unable to geocode' } };
}

function refuseFormat(query: URLSearchParams): JsonAnswer | undefined {
  const format = query.get('format') ?? 'jsonv2';
  return format === 'jsonv2' || format === 'json'
    ? undefined
    : refusal("Parameter 'format' must be one of: json, jsonv2");
}

function refusal(message: string): JsonAnswer {
  return { status: 400, body: { error: { code: 400, message } } };
}

function present(found: Found) {
  const { lat, lng } = found.location;
  const isPlace = found.precision === 'place';
  const address = {
    ...(isPlace ? { [found.category]: found.name } : { road: found.name }),
    ...(found.number === undefined ? {} : { house_number: found.number }),
    ...(found.suburb === undefined ? {} : { suburb: found.suburb }),
    city: 'Montevideo',
    country: 'Uruguay',
    country_code: 'uy',
  };
  const parts = [found.number, found.name, found.suburb, 'Montevideo', 'Uruguay'];
  return {
    place_id: found.id,
    licence: LICENCE,
    lat: lat.toFixed(7),
    lon: lng.toFixed(7),
    category: found.category,
    type: found.type,
    // 30 is a house or a point of interest, 26 a street: https://nominatim.org/release-docs/latest/customize/Ranking/
    place_rank: found.precision === 'street' ? 26 : 30,
    importance: found.precision === 'street' ? 0.3 : 0.4,
    addresstype: found.precision === 'house' ? 'place' : isPlace ? found.category : 'road',
    name: found.precision === 'house' ? '' : found.name,
    display_name: parts.filter((part, i) => part && part !== parts[i - 1]).join(', '),
    address,
    boundingbox: [lat - BOX_DEGREES, lat + BOX_DEGREES, lng - BOX_DEGREES, lng + BOX_DEGREES].map((v) =>
      v.toFixed(7),
    ),
  };
}
