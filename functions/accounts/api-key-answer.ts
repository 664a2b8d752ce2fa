import { z } from '@hono/zod-openapi';
import type { InferSelectModel } from 'drizzle-orm';
import type { apiKeys } from '../../db/schema/accounts.ts';
import { Instant } from '../../domain/orders.ts';
import { SCOPES } from '../../domain/policy.ts';

/** An API key without its secret. */
export const ApiKey = z
  .object({
    id: z.uuid(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    expiresAt: Instant.nullable(),
    createdAt: Instant,
  })
  .openapi('ApiKey');
export type ApiKey = z.infer<typeof ApiKey>;

export function apiKeyAnswer(row: InferSelectModel<typeof apiKeys>): ApiKey {
  const { id, name, scopes, expiresAt, createdAt } = row;
  return {
    id,
    name,
    scopes,
    expiresAt: expiresAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
