import { compress } from 'hono/compress';
import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { enterTrackingRoom, enterTrackingRoomRoute } from './enter-room.ts';
import { getTracking, getTrackingRoute } from './get.ts';
import { showTrackingPage } from './show-page.ts';

export const tracking = (deps: Deps) => {
  const routes = router()
    .openapi(getTrackingRoute, async (c) => {
      c.header('Cache-Control', 'private, no-store');
      return c.json(await getTracking(deps, c.req.valid('param').token), 200);
    })
    .openapi(enterTrackingRoomRoute, async (c) => {
      c.header('Cache-Control', 'private, no-store');
      return c.json(await enterTrackingRoom(deps, c.req.valid('param').token), 200);
    });
  routes.use('/t/*', compress());
  routes.get('/t/:token', (c) => showTrackingPage(deps, c, c.req.param('token')));
  return routes;
};
