import { createRoute } from '@hono/zod-openapi';
import { and, eq, isNull } from 'drizzle-orm';
import { apiKeys } from '../../db/schema/accounts.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { audit } from './audit.ts';

export const revokeApiKeyRoute = createRoute({
  method: 'delete',
  path: '/v1/api-keys/{id}',
  summary: 'Revoke an API key',
  description: 'A server that has used the key may still accept it for ten seconds.',
  tags: ['Accounts'],
  ...secured('api_keys:write'),
  request: { params: IdParam },
  responses: { 204: { description: 'Revoked' }, ...securedProblems('not_found') },
});

/** Managers. Throws `not_found`, also for a key that was revoked before. */
export async function revokeApiKey(deps: Deps, actor: Actor, id: string): Promise<void> {
  const { merchantId } = actor;
  await deps.db.withMerchant(merchantId, async (tx) => {
    const revoked = await tx
      .update(apiKeys)
      .set({ revokedAt: new Date() })
      .where(and(eq(apiKeys.merchantId, merchantId), eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
      .returning({ id: apiKeys.id });
    if (revoked.length === 0) throw notFound('API key');
    await audit(tx, actor, { action: 'api_key.revoked', entityType: 'api_key', entityId: id });
  });
}
