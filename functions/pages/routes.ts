import { serveStatic } from '@hono/node-server/serve-static';
import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { localeOf, sendPage } from './send.ts';
import { passTile } from './tiles.ts';

export const pages = (deps: Deps) => {
  const routes = router();
  routes.get('/', (c) => sendPage(deps, c, (nonce) => deps.pages.home({ locale: localeOf(c), nonce })));
  routes.get('/tiles/:z/:x/:y', (c) => passTile(deps, c));
  // Their names hold a hash of their content.
  routes.get(
    '/assets/*',
    serveStatic({
      root: deps.pages.assetsFolder,
      rewriteRequestPath: (path) => path.replace(/^\/assets/, ''),
      precompressed: true,
      onFound: (_path, c) => {
        c.header('Cache-Control', 'public, max-age=31536000, immutable');
      },
    }),
  );
  return routes;
};
