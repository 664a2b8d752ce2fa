import { serveStatic } from '@hono/node-server/serve-static';
import type { Context } from 'hono';
import { compress } from 'hono/compress';
import { type ApiEnv, router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { driveManifest } from './drive-manifest.ts';
import type { Door } from './pages.ts';
import { localeOf, sendPage } from './send.ts';
import { passTile } from './tiles.ts';

/** Such an address is a credential: no cache keeps the page, and no other site hears of it. */
const SECRET = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' };

export const pages = (deps: Deps) => {
  const routes = router();
  const signUp = deps.signup !== 'off';
  const sendHome = (c: Context<ApiEnv>, door: Door, headers?: Record<string, string>) =>
    sendPage(
      deps,
      c,
      (nonce) => deps.pages.home({ locale: localeOf(deps, c), nonce, door, signUp }),
      200,
      headers,
    );
  for (const page of ['/', '/invite/*', '/reset/*', '/drive', '/dispatch']) routes.use(page, compress());
  routes.get('/', (c) => sendHome(c, { kind: 'home' }));
  routes.get('/invite/:token', (c) => sendHome(c, { kind: 'invite', token: c.req.param('token') }, SECRET));
  routes.get('/reset/:token', (c) => sendHome(c, { kind: 'reset', token: c.req.param('token') }, SECRET));
  routes.get('/drive', (c) =>
    sendPage(deps, c, (nonce) => deps.pages.drive({ locale: localeOf(deps, c), nonce }), 200, {
      'Cache-Control': 'no-cache',
    }),
  );
  routes.get('/dispatch', (c) =>
    sendPage(deps, c, (nonce) => deps.pages.dispatch({ locale: localeOf(deps, c), nonce })),
  );
  // At the root, or it could not look after `/drive`.
  routes.get('/drive-worker.js', (c) =>
    c.body(deps.pages.driveWorker, 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'no-cache',
    }),
  );
  routes.get('/drive.webmanifest', (c) =>
    c.body(JSON.stringify(driveManifest), 200, {
      'Content-Type': 'application/manifest+json',
      'Cache-Control': 'public, max-age=3600',
    }),
  );
  routes.use('/docs', compress());
  routes.get('/docs', (c) => sendPage(deps, c, (nonce) => deps.pages.docs({ nonce })));
  routes.get('/tiles/:z/:x/:y', (c) => passTile(deps, c));
  routes.get(
    '/assets/*',
    // Their names hold a hash of their content. (serveStatic's `onFound` comes too late to set a header.)
    async (c, next) => {
      await next();
      if (c.res.ok) c.header('Cache-Control', 'public, max-age=31536000, immutable');
    },
    serveStatic({
      root: deps.pages.assetsFolder,
      rewriteRequestPath: (path) => path.replace(/^\/assets/, ''),
      precompressed: true,
    }),
  );
  return routes;
};
