import { createRoute, z } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import { apiKeys } from '../../db/schema/accounts.ts';
import { hashToken } from '../../db/tracking-token.ts';
import { Instant } from '../../domain/orders.ts';
import { type Actor, SCOPES } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import { newApiKey } from '../api-key.ts';
import type { Deps } from '../deps.ts';
import { createOnce, IdempotencyKey, type Once } from '../idempotency.ts';
import { ApiKey, apiKeyAnswer } from './api-key-answer.ts';
import { audit } from './audit.ts';
import { requireManager } from './require-manager.ts';

export const NewApiKey = z
  .strictObject({
    name: text(200),
    scopes: z.array(z.enum(SCOPES)).min(1).max(50),
    expiresAt: Instant.refine((at) => !(Date.parse(at) <= Date.now()), {
      message: 'must be in the future',
    }).optional(),
  })
  .openapi('NewApiKey');
export type NewApiKey = z.infer<typeof NewApiKey>;

export const CreatedApiKey = ApiKey.extend({
  key: z.string().openapi({ description: 'Shown this once.' }),
}).openapi('CreatedApiKey');

export const createApiKeyRoute = createRoute({
  method: 'post',
  path: '/v1/api-keys',
  summary: 'Create an API key',
  tags: ['Accounts'],
  ...secured('api_keys:write'),
  request: { headers: IdempotencyKey, body: body(NewApiKey) },
  responses: { 201: answer(CreatedApiKey, 'The key'), ...securedProblems('conflict', 'unprocessable') },
});

/** Managers. */
export async function createApiKey(deps: Deps, actor: Actor, input: NewApiKey, once: Once | undefined) {
  const { merchantId } = actor;
  const { name, scopes, expiresAt } = input;
  const id = uuidv7();
  const { key, secret } = newApiKey(id);
  return createOnce(deps, actor, once, async (tx) => {
    await requireManager(tx, actor);
    const [created] = await tx
      .insert(apiKeys)
      .values({
        merchantId,
        id,
        name,
        scopes: [...new Set(scopes)],
        secretHash: hashToken(secret),
        expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
      })
      .returning();
    if (created === undefined) throw new Error('A row was not there after its insert.');
    await audit(tx, actor, {
      action: 'api_key.created',
      entityType: 'api_key',
      entityId: id,
      details: { scopes: created.scopes },
    });
    return { ...apiKeyAnswer(created), key };
  });
}
