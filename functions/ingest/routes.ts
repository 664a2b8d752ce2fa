import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { type ApiEnv, problems, router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { SUCCESS } from './parse.ts';
import { createPostFixes, type PostFixes } from './post-fixes.ts';
import type { IngestEndpoint } from './request.ts';

/*
 * The bodies are described in words, not as schemas: a schema would refuse what the trackers must have accepted, and look
 * at the content type, which they get wrong.
 */
const trackerRoute = <M extends 'get' | 'post', P extends string>(
  method: M,
  path: P,
  summary: string,
  description: string,
) =>
  createRoute({
    method,
    path,
    summary,
    description: `${description} A position that cannot be read is accepted and counted. Bodies have at most 2 MB.`,
    tags: ['Trackers'],
    responses: {
      200: { description: 'Taken; the answer is the one that the app knows as success' },
      ...problems('unauthenticated', 'too_large'),
    },
  });

const OSMAND =
  "The device's token in `id` or `deviceid`; `lat`, `lon`, `timestamp`, `accuracy`, `altitude`, `speed` (knots) or `spd` " +
  '(m/s), `bearing`, `batt`, as query or form; or the JSON of Traccar Client.';

export const osmandGetRoute = trackerRoute('get', '/v1/ingest/osmand', 'OsmAnd, GPSLogger', OSMAND);
export const osmandPostRoute = trackerRoute('post', '/v1/ingest/osmand', 'Traccar Client', OSMAND);
export const owntracksRoute = trackerRoute(
  'post',
  '/v1/ingest/owntracks',
  'OwnTracks in HTTP mode',
  "The device's token as password of Basic authentication.",
);
export const overlandRoute = trackerRoute(
  'post',
  '/v1/ingest/overland',
  'Overland',
  "The device's token as Bearer token.",
);

export const ingest = (deps: Deps) => {
  const post = createPostFixes(deps);
  return router()
    .openapi(osmandGetRoute, (c) => take(c, 'osmand', post))
    .openapi(osmandPostRoute, (c) => take(c, 'osmand', post))
    .openapi(owntracksRoute, (c) => take(c, 'owntracks', post))
    .openapi(overlandRoute, (c) => take(c, 'overland', post));
};

async function take(c: Context<ApiEnv>, endpoint: IngestEndpoint, post: PostFixes): Promise<Response> {
  await post(endpoint, {
    method: c.req.method,
    query: new URL(c.req.url).search.slice(1),
    headers: c.req.header(),
    body: await c.req.text(),
    receivedAt: Date.now(),
  });
  const { contentType, body } = SUCCESS[endpoint];
  return c.body(body, 200, { 'Content-Type': contentType });
}
