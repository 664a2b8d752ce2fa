import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './api.ts';

/** Adds `GET /openapi.json`, made from the schemas that the handlers parse with. */
export function describe(app: OpenAPIHono<ApiEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'An access token (10 minutes) or an API key (`dm_live_…`).',
  });
  // Made at the first request, when all routes are there, and once: making it takes a while.
  let description: ReturnType<typeof app.getOpenAPI31Document> | undefined;
  app.get('/openapi.json', (c) => {
    description ??= app.getOpenAPI31Document(ABOUT);
    return c.json(description);
  });
}

const ABOUT = {
  openapi: '3.1.0',
  info: {
    title: 'DropMate',
    version: '1',
    description: 'Run your own deliveries: orders, dispatch, drivers and live tracking.',
    license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  },
};
