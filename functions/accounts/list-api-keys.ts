import { createRoute, type z } from '@hono/zod-openapi';
import { and, desc, eq, isNull, lt } from 'drizzle-orm';
import { apiKeys } from '../../db/schema/accounts.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { afterId, PageQuery, pageOf, toPage } from '../paging.ts';
import { ApiKey, apiKeyAnswer } from './api-key-answer.ts';

export const listApiKeysRoute = createRoute({
  method: 'get',
  path: '/v1/api-keys',
  summary: 'List the API keys that are not revoked, newest first',
  tags: ['Accounts'],
  ...secured('api_keys:read'),
  request: { query: PageQuery },
  responses: { 200: answer(pageOf(ApiKey), 'A page of keys, without their secrets'), ...securedProblems() },
});

/** Managers. */
export async function listApiKeys(deps: Deps, actor: Actor, { limit, cursor }: z.infer<typeof PageQuery>) {
  const after = afterId(cursor);
  const found = await deps.db.withMerchant(actor.merchantId, (tx) =>
    tx
      .select()
      .from(apiKeys)
      .where(
        and(
          eq(apiKeys.merchantId, actor.merchantId),
          isNull(apiKeys.revokedAt),
          after ? lt(apiKeys.id, after) : undefined,
        ),
      )
      .orderBy(desc(apiKeys.id))
      .limit(limit + 1),
  );
  const { rows, nextCursor } = toPage(found, limit);
  return { data: rows.map(apiKeyAnswer), nextCursor };
}
