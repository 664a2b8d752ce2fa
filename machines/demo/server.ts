import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { City } from './city.ts';
import { createGeocoder } from './geocoder.ts';
import { answerReverse, answerSearch, type JsonAnswer } from './nominatim.ts';
import { answerRoute } from './osrm.ts';
import type { Router } from './router.ts';
import { createTileCache } from './tile-cache.ts';
import { THEMES } from './tile-style.ts';
import { createTiles, MAX_ZOOM, MIN_ZOOM } from './tiles.ts';

const CACHED_TILES = 4_000;
const TILE_PATH = /^\/tiles\/(\d{1,2})\/(\d{1,7})\/(\d{1,7})\.svg$/;
const ROUTE_PATH = '/route/v1/';

/**
 * The demo city over HTTP, not yet listening, in the protocols of the real services it stands for: `/tiles/z/x/y.svg`
 * (`?theme=dark`), Nominatim's `/search` and `/reverse`, OSRM's `/route/v1/driving/…`, and `/healthz`. Reads only; no
 * login: it is meant for an inner port.
 */
export function createCityServer(city: City, router: Router): Server {
  const renderTile = createTiles(city);
  const geocoder = createGeocoder(city);
  const cached = createTileCache(CACHED_TILES);

  return createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error('demo city: a request failed', error);
      if (!response.headersSent) sendJson(response, { status: 500, body: { error: 'Internal error' } });
      else response.destroy();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return sendJson(response, { status: 405, body: { error: 'Method not allowed' } });
    }
    const url = parseUrl(request.url);
    if (!url) return sendJson(response, { status: 400, body: { error: 'Malformed URL' } });
    const { pathname, searchParams } = url;
    if (pathname.startsWith('/tiles/')) return sendTile(request, response, pathname, searchParams);
    if (pathname === '/search') return sendJson(response, answerSearch(geocoder, searchParams));
    if (pathname === '/reverse') return sendJson(response, answerReverse(geocoder, searchParams));
    if (pathname.startsWith(ROUTE_PATH)) {
      const path = pathname.slice(ROUTE_PATH.length).replaceAll('%3B', ';').replaceAll('%2C', ',');
      return sendJson(response, answerRoute(router, city, path, searchParams));
    }
    if (pathname === '/healthz') return sendJson(response, { status: 200, body: { status: 'ok' } });
    sendJson(response, { status: 404, body: { error: 'Not found' } });
  }

  async function sendTile(
    request: IncomingMessage,
    response: ServerResponse,
    pathname: string,
    query: URLSearchParams,
  ): Promise<void> {
    const [z = -1, x = -1, y = -1] = TILE_PATH.exec(pathname)?.slice(1).map(Number) ?? [];
    const wanted = query.get('theme') ?? 'light';
    const theme = THEMES.find((known) => known === wanted);
    if (z < 0) return sendJson(response, { status: 404, body: { error: 'Not found' } });
    if (!theme || z < MIN_ZOOM || z > MAX_ZOOM || x >= 2 ** z || y >= 2 ** z) {
      const error = `A tile is z ${MIN_ZOOM} to ${MAX_ZOOM}, x and y below 2^z, theme light or dark.`;
      return sendJson(response, { status: 400, body: { error } });
    }
    const tile = await cached(`${theme}/${z}/${x}/${y}`, () => renderTile(z, x, y, theme));
    response.setHeader('ETag', tile.etag);
    response.setHeader('Cache-Control', 'public, max-age=86400, stale-while-revalidate=604800');
    response.setHeader('Vary', 'Accept-Encoding');
    if (request.headers['if-none-match']?.includes(tile.etag)) {
      response.writeHead(304).end();
      return;
    }
    const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    if (takesGzip) response.setHeader('Content-Encoding', 'gzip');
    response.setHeader('Content-Type', 'image/svg+xml; charset=utf-8');
    send(response, 200, takesGzip ? tile.gzipped : gunzipSync(tile.gzipped));
  }
}

function parseUrl(path = '/'): URL | undefined {
  return URL.parse(path, 'http://city.invalid') ?? undefined;
}

function sendJson(response: ServerResponse, { status, body }: JsonAnswer): void {
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  send(response, status, JSON.stringify(body));
}

function send(response: ServerResponse, status: number, body: string | Buffer): void {
  response.writeHead(status, { 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
