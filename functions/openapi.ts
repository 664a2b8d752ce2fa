import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './api.ts';

/**
 * Adds `GET /openapi.json`, made from the schemas that the handlers parse with. `wholeApi` gives a router with every
 * service's routes: a process that serves some of them describes all, since the Ingress asks only one of them.
 */
export function describe(app: OpenAPIHono<ApiEnv>, wholeApi: () => OpenAPIHono<ApiEnv>): void {
  // Made at the first request, when all routes are there, and once: making it takes a while.
  let description: ReturnType<typeof app.getOpenAPI31Document> | undefined;
  app.get('/openapi.json', (c) => {
    description ??= document(wholeApi());
    return c.json(description);
  });
}

function document(api: OpenAPIHono<ApiEnv>) {
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'An access token (10 minutes) or an API key (`dm_live_…`).',
  });
  return api.getOpenAPI31Document(ABOUT);
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
