import { createRoute, z } from '@hono/zod-openapi';
import { answer } from '../api.ts';

export const PublicKeys = z
  .object({
    keys: z.array(
      z.object({
        kty: z.string(),
        crv: z.string(),
        kid: z.string(),
        x: z.string(),
        alg: z.string(),
        use: z.string(),
      }),
    ),
  })
  .openapi('PublicKeys');

export const jwksRoute = createRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  summary: 'The public keys that access and room tokens are verified with (RFC 7517)',
  tags: ['Accounts'],
  responses: {
    200: { ...answer(PublicKeys, 'The keys'), headers: z.object({ 'Cache-Control': z.string() }) },
  },
});

/** A new key signs only some time after it is shown, so five minutes do no harm. */
export const JWKS_CACHE = 'public, max-age=300';
