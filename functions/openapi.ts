import type { OpenAPIHono } from '@hono/zod-openapi';
import { ERROR_CODES } from '../domain/errors.ts';
import type { ApiEnv } from './api.ts';
import { EXAMPLES } from './openapi-examples.ts';
import { METHODS, operationId } from './operation-ids.ts';

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

/** What `GET /openapi.json` answers, of a router that has every service's routes. */
export function document(api: OpenAPIHono<ApiEnv>) {
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'An access token (10 minutes) or an API key (`dm_live_…`).',
  });
  const description = api.getOpenAPI31Document(ABOUT);
  for (const [path, operations] of Object.entries(description.paths ?? {})) {
    for (const method of METHODS) {
      const operation = operations[method];
      if (operation === undefined) continue;
      operation.operationId = operationId(method, path);
      // Any of them may be asked too often, which is seen to before the routes: rate-limit.ts.
      if (path.startsWith('/v1/') && operation.responses) operation.responses['429'] ??= TOO_MANY;
      addExample(operation);
    }
  }
  return description;
}

type Operation = { operationId?: string; requestBody?: unknown };

/** To the body of a request in JSON, where there is one and an example for it. */
function addExample({ operationId: id, requestBody }: Operation): void {
  const example = EXAMPLES[id ?? ''];
  if (example === undefined || typeof requestBody !== 'object' || requestBody === null) return;
  if (!('content' in requestBody)) return;
  // As `body` of api.ts makes it.
  const { 'application/json': json } = requestBody.content as Record<string, { example?: unknown }>;
  if (json !== undefined) json.example = example;
}

const TOO_MANY = {
  description: ERROR_CODES.too_many_requests.title,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const ABOUT = {
  openapi: '3.1.0',
  info: {
    title: 'DropMate',
    version: '1',
    description: 'Run your own deliveries: orders, dispatch, drivers and live tracking.',
    license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  },
};
