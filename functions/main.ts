import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createAdaptorServer } from '@hono/node-server';
import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import { pino } from 'pino';
import { openDatabase } from '../db/client.ts';
import { orders } from '../db/schema/orders.ts';
import { createSeal } from '../db/seal.ts';
import { serviceKey } from '../db/secrets.ts';
import { trackingKey } from '../db/tracking-token.ts';
import { createResolve } from '../db/webhook-target.ts';
import { ACTIVE_STATUSES } from '../domain/order-status.ts';
import { loadAssets } from '../web/assets.ts';
import { renderDispatchPage } from '../web/dispatch/render.tsx';
import { renderDocsPage } from '../web/docs/render.tsx';
import { renderDrivePage } from '../web/drive/render.tsx';
import { renderHomePage } from '../web/home/render.tsx';
import { chooseLocale } from '../web/i18n/locale.ts';
import { OSM_ATTRIBUTION } from '../web/map/tiles.ts';
import { renderLinkPage, renderTrackingPage } from '../web/track/render.tsx';
import { createApp } from './app.ts';
import type { Deps } from './deps.ts';
import { prepareDrain } from './drain.ts';
import { type Environment, objectStoreOf, readEnvironment } from './environment.ts';
import { createGeocoder } from './geocoder.ts';
import { createMetrics, observePools, observeSigningKeys } from './metrics.ts';
import type { Pages } from './pages/pages.ts';
import { passUpgrades } from './pass-upgrades.ts';
import { createProofLinks } from './proofs/links.ts';
import { createPins } from './proofs/pins.ts';
import { createRoomsClient } from './rooms.ts';
import { isService, type ServiceName } from './services.ts';
import { createObjectStore } from './storage/object-store.ts';
import { createTokens } from './tokens.ts';
import { createWakeRelay } from './wake-relay.ts';

// `main.ts` serves everything; `main.ts orders drivers` just those services. The only reader of process.env here.

try {
  await run(readEnvironment(process.env), parseNames(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

function parseNames(names: string[]): ServiceName[] {
  const unknown = names.filter((name) => !isService(name));
  if (unknown.length > 0) throw new Error(`There is no service named ${unknown.join(', ')}.`);
  return names.filter(isService);
}

async function run(env: Environment, names: ServiceName[]): Promise<void> {
  const log = pino({ level: env.LOG_LEVEL, base: { service: 'functions' } });
  const db = openDatabase({ databaseUrl: env.DATABASE_URL, secret: env.DROPMATE_SECRET });
  const state = { draining: false };
  const deps = await createDeps(env, db, log, () => state.draining);

  const server = createAdaptorServer({ fetch: createApp(names, deps).fetch, createServer }) as Server;
  // A body that trickles in holds a connection no longer than this.
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  // The proxy before us keeps connections for a minute; ours must not end first.
  server.keepAliveTimeout = 75_000;
  // Sockets that are passed on to the rooms are no requests: their clients come back by another of us.
  const drainServer = prepareDrain(server, passUpgrades(server, env.REALTIME_INTERNAL_URL));
  await listen(server, env.PORT, env.HOST);
  const metrics =
    env.METRICS_PORT === undefined ? undefined : await serveMetrics(deps, env.METRICS_PORT, env.HOST);
  log.info({ port: env.PORT, services: names.length > 0 ? names : 'all' }, 'functions are listening');

  const drain = async (signal: string): Promise<void> => {
    if (state.draining) return;
    state.draining = true;
    log.info({ signal }, 'draining');
    const unanswered = await drainServer(env.DRAIN_DELAY_MS);
    if (unanswered > 0) log.warn({ requests: unanswered }, 'requests were cut off');
    metrics?.close();
    await db.end();
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void drain(signal));
  process.on('SIGINT', (signal) => void drain(signal));
}

async function createDeps(
  env: Environment,
  db: Deps['db'],
  log: Deps['log'],
  draining: () => boolean,
): Promise<Deps> {
  const tokens = await createTokens(env.SIGNING_KEYS);
  const key = serviceKey(env.DROPMATE_SECRET);
  const store = objectStoreOf(env);
  const metrics = createMetrics({ ordersByStatus: () => countOrders(db) });
  observePools(metrics, db.pools);
  observeSigningKeys(metrics, env.SIGNING_KEYS);
  return {
    db,
    tokens,
    log,
    metrics,
    draining,
    privateMetrics: env.METRICS_PORT !== undefined,
    links: { publicUrl: env.PUBLIC_URL, trackingKey: trackingKey(env.DROPMATE_SECRET) },
    rooms: createRoomsClient({
      publicUrl: env.REALTIME_URL ?? env.PUBLIC_URL,
      internalUrl: env.REALTIME_INTERNAL_URL,
      tokens,
      serviceKey: key,
    }),
    geocoder: createGeocoder({
      url: env.GEOCODER_URL,
      log,
      count: (outcome) => metrics.geocodes.inc({ outcome }),
    }),
    pages: await createPages(env),
    signup: env.DROPMATE_SIGNUP,
    wakeRelay: createWakeRelay(db),
    answers: createSeal(env.DROPMATE_SECRET, 'answer'),
    pins: createPins(env.DROPMATE_SECRET),
    proofLinks: createProofLinks(env.DROPMATE_SECRET, env.PUBLIC_URL),
    objects: store && createObjectStore(store),
    webhooks: {
      rules: { allowInsecure: env.WEBHOOKS_ALLOW_INSECURE === '1', resolve: createResolve() },
      seal: createSeal(env.DROPMATE_SECRET, 'webhook'),
    },
    serviceKey: key,
    tileUrl: env.TILE_URL,
    vapidPublicKey: env.VAPID_PUBLIC_KEY,
    onFly: env.FLY_APP_NAME !== undefined,
    rateLimits: { perCredential: env.RATE_LIMIT_PER_CREDENTIAL, perAddress: env.RATE_LIMIT_PER_ADDRESS },
  };
}

/** The pages were built beside this bundle. */
async function createPages(env: Environment): Promise<Pages> {
  const folder = fileURLToPath(new URL('./web', import.meta.url));
  const assets = await loadAssets(folder);
  const tiles =
    env.TILE_URL === undefined ? null : { url: '/tiles/{z}/{x}/{y}.svg', attribution: OSM_ATTRIBUTION };
  return {
    chooseLocale,
    home: (request) => renderHomePage({ ...request, assets: assets.home }),
    drive: (request) => renderDrivePage({ ...request, assets: assets.drive }),
    driveWorker: assets.driveWorker,
    dispatch: (request) => renderDispatchPage({ ...request, assets: assets.dispatch, tiles }),
    docs: (request) => renderDocsPage({ ...request, assets: assets.docs }),
    tracking: (request) => renderTrackingPage({ ...request, assets: assets.track, tiles }),
    link: (request) => renderLinkPage({ ...request, assets: assets.track }),
    assetsFolder: `${folder}/assets`,
  };
}

/** The partial index of active orders is small, whatever the table has grown to. */
async function countOrders(db: Deps['db']): Promise<{ status: string; count: number }[]> {
  const active = sql.raw(ACTIVE_STATUSES.map((status) => `'${status}'`).join(', '));
  return db.system
    .select({ status: orders.status, count: sql<number>`count(*)::int` })
    .from(orders)
    .where(sql`status in (${active})`)
    .groupBy(orders.status);
}

async function serveMetrics(deps: Deps, port: number, host: string): Promise<Server> {
  const { registry } = deps.metrics;
  const app = new Hono().get('/metrics', async (c) =>
    c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType }),
  );
  const server = createAdaptorServer({ fetch: app.fetch, createServer }) as Server;
  await listen(server, port, host);
  return server;
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'EADDRINUSE'
        ? `Port ${port} is taken.`
        : `Cannot listen on port ${port}: ${error.message}`,
    );
  });
}
