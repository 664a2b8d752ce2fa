import type { City } from './city.ts';
import type { JsonAnswer } from './nominatim.ts';
import type { Route, Router, Snap } from './router.ts';
import type { LngLat } from './world.ts';

const MAX_STOPS = 25;
const PROFILES = new Set(['driving', 'car']);

/**
 * OSRM's `/route/v1/driving/{lng},{lat};{lng},{lat}…`, with `geometries=geojson` and without steps. `path` is what
 * follows `/route/v1/`. Codes and statuses as in https://project-osrm.org/docs/v5.24.0/api/#responses
 */
export function answerRoute(router: Router, city: City, path: string, query: URLSearchParams): JsonAnswer {
  const [profile = '', positions = '', ...more] = path.split('/');
  if (!PROFILES.has(profile)) return refusal('InvalidProfile', 'Only the profile "driving" is served.');
  const stops = more.length ? undefined : parseStops(positions);
  if (!stops) return refusal('InvalidQuery', 'Query string malformed: {lng},{lat};{lng},{lat} is expected.');
  if (stops.length < 2) return refusal('InvalidOptions', 'Number of coordinates needs to be at least two.');
  if (stops.length > MAX_STOPS) return refusal('TooBig', `More than ${MAX_STOPS} coordinates.`);
  const overview = query.get('overview') ?? 'simplified';
  if (!['full', 'simplified', 'false'].includes(overview)) {
    return refusal('InvalidOptions', 'overview must be full, simplified or false.');
  }
  if (overview !== 'false' && query.get('geometries') !== 'geojson') {
    return refusal('InvalidOptions', 'Only geometries=geojson is served.');
  }
  return travel(router, city, stops, overview !== 'false');
}

function travel(router: Router, city: City, stops: LngLat[], withGeometry: boolean): JsonAnswer {
  const snaps: Snap[] = [];
  for (const [i, stop] of stops.entries()) {
    const snap = router.snap(stop);
    if (!snap) return refusal('NoSegment', `Could not find a matching segment for coordinate ${i}.`);
    snaps.push(snap);
  }
  const legs: Route[] = [];
  for (const [i, to] of snaps.entries()) {
    const from = snaps[i - 1];
    if (!from) continue;
    const leg = router.route(from, to);
    if (!leg) return refusal('NoRoute', 'Impossible route between points.');
    legs.push(leg);
  }
  return {
    status: 200,
    body: {
      code: 'Ok',
      routes: [
        {
          ...totals(legs),
          ...(withGeometry ? { geometry: joined(legs) } : {}),
          legs: legs.map((leg) => ({ ...totals([leg]), summary: summary(city, leg), steps: [] })),
        },
      ],
      waypoints: snaps.map(({ location, distance, road }) => ({
        location: [round(location.lng, 1e6), round(location.lat, 1e6)],
        distance: round(distance, 1e3),
        name: city.roads[road]?.name ?? '',
      })),
    },
  };
}

function totals(legs: Route[]) {
  const distance = round(
    legs.reduce((sum, leg) => sum + leg.distance, 0),
    10,
  );
  const duration = round(
    legs.reduce((sum, leg) => sum + leg.duration, 0),
    10,
  );
  return { distance, duration, weight: duration, weight_name: 'duration' };
}

function joined(legs: Route[]): Route['geometry'] {
  const coordinates = legs.flatMap(({ geometry }, i) => geometry.coordinates.slice(i === 0 ? 0 : 1));
  return { type: 'LineString', coordinates };
}

/** The two streets that the leg follows longest, roughly: those it has most pieces of. */
function summary(city: City, { roads }: Route): string {
  const pieces = new Map<string, number>();
  for (const road of roads) {
    const name = city.roads[road]?.name;
    if (name) pieces.set(name, (pieces.get(name) ?? 0) + 1);
  }
  const names = [...pieces].sort(([, a], [, b]) => b - a).map(([name]) => name);
  return names.slice(0, 2).join(', ');
}

function parseStops(text: string): LngLat[] | undefined {
  const stops: LngLat[] = [];
  for (const pair of text.split(';')) {
    const [, lng, lat] = /^(-?\d{1,3}(?:\.\d+)?),(-?\d{1,2}(?:\.\d+)?)$/.exec(pair) ?? [];
    if (lng === undefined || lat === undefined) return undefined;
    const stop = { lng: Number(lng), lat: Number(lat) };
    if (Math.abs(stop.lng) > 180 || Math.abs(stop.lat) > 85) return undefined;
    stops.push(stop);
  }
  return stops;
}

function refusal(code: string, message: string): JsonAnswer {
  return { status: 400, body: { code, message } };
}

function round(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
