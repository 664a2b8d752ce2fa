import { serveStatic } from '@hono/node-server/serve-static';
import { compress } from 'hono/compress';
import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { localeOf, sendPage } from './send.ts';
import { passTile } from './tiles.ts';

export const pages = (deps: Deps) => {
  const routes = router();
  routes.use('/', compress());
  routes.get('/', (c) => sendPage(deps, c, (nonce) => deps.pages.home({ locale: localeOf(deps, c), nonce })));
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
