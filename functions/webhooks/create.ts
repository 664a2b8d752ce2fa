import { createRoute, z } from '@hono/zod-openapi';
import { count, eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { merchants } from '../../db/schema/accounts.ts';
import { webhookEndpoints } from '../../db/schema/webhooks.ts';
import { AppError } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { MOST_WEBHOOKS } from '../../domain/webhooks.ts';
import { audit } from '../accounts/audit.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { createOnce, IdempotencyKey, type Once } from '../idempotency.ts';
import { checkUrl } from './check-url.ts';
import { newSecret } from './new-secret.ts';
import { WebhookEvents, WebhookUrl, WebhookWithSecret, webhookFromRow } from './webhook.ts';

export const NewWebhook = z
  .strictObject({ url: WebhookUrl, events: WebhookEvents, description: text(200).optional() })
  .openapi('NewWebhook');
export type NewWebhook = z.infer<typeof NewWebhook>;

export const createWebhookRoute = createRoute({
  method: 'post',
  path: '/v1/webhooks',
  summary: 'Create a webhook',
  description:
    'What happens is posted to the URL from now on, signed as https://www.standardwebhooks.com describes.',
  tags: ['Webhooks'],
  ...secured('webhooks:write'),
  request: { headers: IdempotencyKey, body: body(NewWebhook) },
  responses: {
    201: answer(WebhookWithSecret, 'The webhook, with its secret'),
    ...securedProblems('conflict', 'unprocessable'),
  },
});

/** Managers and API keys. Throws `unprocessable` for a URL that nothing is sent to, `conflict` when there are too many. */
export async function createWebhook(deps: Deps, actor: Actor, input: NewWebhook, once: Once | undefined) {
  const { url, events, description } = input;
  await checkUrl(deps, url);
  const { merchantId } = actor;
  const { secret, sealed } = newSecret(deps.webhooks.seal);
  return createOnce(deps, actor, once, async (tx) => {
    // One at a time, so that the limit holds.
    await tx
      .select({ id: merchants.id })
      .from(merchants)
      .where(eq(merchants.id, merchantId))
      .for('no key update');
    const [there] = await tx
      .select({ count: count() })
      .from(webhookEndpoints)
      .where(eq(webhookEndpoints.merchantId, merchantId));
    if (there !== undefined && there.count >= MOST_WEBHOOKS) {
      throw new AppError('conflict', `There are ${MOST_WEBHOOKS} webhooks, and no more can be added.`);
    }
    const id = uuidv7();
    const [created] = await tx
      .insert(webhookEndpoints)
      .values({ merchantId, id, url, description, events, secrets: [sealed] })
      .returning();
    if (created === undefined) throw new Error('A row was not there after its insert.');
    await audit(tx, actor, { action: 'webhook.created', entityType: 'webhook', entityId: id });
    return { ...webhookFromRow(created), secret };
  });
}
