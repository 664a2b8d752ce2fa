import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import path from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { loadAssets } from '../assets.ts';
import { chooseLocale } from '../i18n/locale.ts';
import { OSM_ATTRIBUTION } from '../map/tiles.ts';
import { renderLinkPage, renderTrackingPage } from './render.tsx';
import type { TrackingView } from './view.ts';

/** The functions and the room as the tracking page meets them, for tests: one delivery, whose view a test may change. */
export type FakeSite = {
  url: string;
  /** What the API answers from now on. */
  view: TrackingView;
  /** The room's sockets, and the JSON that clients have sent. */
  sockets: Set<WebSocket>;
  received: unknown[];
  /** What a new socket gets at once. */
  welcome: (socket: WebSocket) => void;
  roomTokenSeconds: number;
  refuseSockets: boolean;
  roomRequests: number;
  close: () => Promise<void>;
};

export const LINK = 'fixed-token-of-the-test';
const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json';
const NONCE = 'bm9uY2U';
const POLICY = `default-src 'none'; script-src 'self' 'nonce-${NONCE}'; style-src 'self' 'nonce-${NONCE}'; img-src 'self' data:; connect-src 'self'`;

/** `tile(z, x, y)` draws one square of the map as SVG; `now` is the server's clock in milliseconds. */
export async function openFakeSite(options: {
  dist: string;
  view: TrackingView;
  now: () => number;
  tile?: (z: number, x: number, y: number) => string;
}): Promise<FakeSite> {
  const assets = await loadAssets(options.dist);
  const server = createServer((request, response) => {
    response.setHeader('date', new Date(options.now()).toUTCString());
    const url = new URL(request.url ?? '/', site.url);
    const locale = chooseLocale(
      request.headers['accept-language'],
      url.searchParams.get('lang') ?? undefined,
    );
    const page = { locale, nonce: NONCE, assets: assets.track };
    const tile = /^\/tiles\/(\d+)\/(\d+)\/(\d+)\.svg$/.exec(url.pathname);
    if (url.pathname === `/t/${LINK}`) {
      const tiles = { url: '/tiles/{z}/{x}/{y}.svg', attribution: OSM_ATTRIBUTION };
      const html = renderTrackingPage({ ...page, view: site.view, token: LINK, tiles, now: options.now() });
      answer(response, HTML, html);
    } else if (url.pathname.startsWith('/t/')) {
      answer(response, HTML, renderLinkPage({ ...page, kind: 'unknown' }), 404);
    } else if (url.pathname === `/v1/tracking/${LINK}`) {
      answer(response, JSON_TYPE, JSON.stringify(site.view));
    } else if (url.pathname === `/v1/tracking/${LINK}/room`) {
      site.roomRequests++;
      answer(response, JSON_TYPE, JSON.stringify(roomOf(site, options.now())));
    } else if (tile !== null) {
      const [z = 0, x = 0, y = 0] = tile.slice(1).map(Number);
      answer(response, 'image/svg+xml', (options.tile ?? plainTile)(z, x, y));
    } else {
      void serveAsset(options.dist, url.pathname, response);
    }
  });
  const rooms = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (site.refuseSockets) {
      socket.destroy();
      return;
    }
    rooms.handleUpgrade(request, socket, head, (peer) => {
      site.sockets.add(peer);
      peer.on('close', () => site.sockets.delete(peer));
      peer.on('message', (message) => site.received.push(JSON.parse(String(message))));
      site.welcome(peer);
    });
  });

  const site: FakeSite = {
    url: await listen(server),
    view: options.view,
    sockets: new Set(),
    received: [],
    welcome: () => {},
    roomTokenSeconds: 3600,
    refuseSockets: false,
    roomRequests: 0,
    async close() {
      for (const socket of site.sockets) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return site;
}

function roomOf(site: FakeSite, now: number): unknown {
  return {
    host: new URL(site.url).host,
    protocol: 'ws',
    party: 'delivery-room',
    room: site.view.order.id,
    token: `room-token-${site.roomRequests}`,
    expiresAt: new Date(now + site.roomTokenSeconds * 1000).toISOString(),
  };
}

function answer(response: ServerResponse, type: string, body: string | Buffer, status = 200): void {
  response.writeHead(status, { 'content-type': type, 'content-security-policy': POLICY }).end(body);
}

async function serveAsset(dist: string, pathname: string, response: ServerResponse): Promise<void> {
  const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.png': 'image/png' };
  const type = types[path.extname(pathname)];
  const file = path.join(dist, path.normalize(pathname));
  const body = type === undefined || !file.startsWith(dist) ? null : await readFile(file).catch(() => null);
  if (body === null || type === undefined) answer(response, 'text/plain', 'not found', 404);
  else answer(response, type, body);
}

const plainTile = (z: number, x: number, y: number): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256"><rect width="256" height="256" fill="#eef1f4"/><path d="M0 0h256v256" fill="none" stroke="#c5ccd6" stroke-width="6"/><text x="90" y="130" fill="#64748b" font-size="12">${z}/${x}/${y}</text></svg>`;

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
}
