import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { getRating, getRatingRoute, listRatings, listRatingsRoute } from './list-ratings.ts';
import {
  listOrderMessages,
  listOrderMessagesRoute,
  writeOrderMessage,
  writeOrderMessageRoute,
} from './order-messages.ts';
import { getOwnRating, getOwnRatingRoute, rateDelivery, rateDeliveryRoute } from './rate-delivery.ts';
import {
  listTrackingMessages,
  listTrackingMessagesRoute,
  writeTrackingMessage,
  writeTrackingMessageRoute,
} from './tracking-messages.ts';

/** Chat and ratings, for managers, API keys and drivers. */
export const conversation = (deps: Deps) =>
  router()
    .openapi(listOrderMessagesRoute, async (c) =>
      c.json(await listOrderMessages(deps, c.var.actor, c.req.valid('param').id, c.req.valid('query')), 200),
    )
    .openapi(writeOrderMessageRoute, async (c) =>
      c.json(await writeOrderMessage(deps, c.var.actor, c.req.valid('param').id, c.req.valid('json')), 201),
    )
    .openapi(getRatingRoute, async (c) =>
      c.json(await getRating(deps, c.var.actor, c.req.valid('param').id), 200),
    )
    .openapi(listRatingsRoute, async (c) =>
      c.json(await listRatings(deps, c.var.actor, c.req.valid('query')), 200),
    );

/** The same for whoever holds a customer's link: the token in the path is the credential. */
export const conversationByLink = (deps: Deps) => {
  const routes = router();
  routes.use('/v1/tracking/*', async (c, next) => {
    c.header('Cache-Control', 'private, no-store');
    await next();
  });
  return routes
    .openapi(listTrackingMessagesRoute, async (c) =>
      c.json(await listTrackingMessages(deps, c.req.valid('param').token, c.req.valid('query')), 200),
    )
    .openapi(writeTrackingMessageRoute, async (c) =>
      c.json(await writeTrackingMessage(deps, c.req.valid('param').token, c.req.valid('json')), 201),
    )
    .openapi(getOwnRatingRoute, async (c) =>
      c.json(await getOwnRating(deps, c.req.valid('param').token), 200),
    )
    .openapi(rateDeliveryRoute, async (c) =>
      c.json(await rateDelivery(deps, c.req.valid('param').token, c.req.valid('json')), 200),
    );
};
