import { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from '../../functions/api.ts';
import type { Deps } from '../../functions/deps.ts';
import { document } from '../../functions/openapi.ts';
import { SERVICES } from '../../functions/services.ts';

/** What `GET /openapi.json` answers, without a database or a server. */
export function describeApi() {
  const api = new OpenAPIHono<ApiEnv>();
  // Routes keep what they are given until somebody asks; only the assets' folder is looked at before.
  const deps = { pages: { assetsFolder: '.' } } as unknown as Deps;
  for (const routesOf of Object.values(SERVICES)) api.route('/', routesOf(deps));
  return document(api);
}
