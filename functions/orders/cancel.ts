import { createRoute, z } from '@hono/zod-openapi';
import { ReasonCode } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { answer, body, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { IfMatch } from '../etag.ts';
import { changeStatusAtOnce } from './change-status.ts';
import { OrderAnswer } from './order.ts';
import { EXPLAINED, isExplained } from './status-change.ts';

export const Cancellation = z
  .strictObject({ reason: text(500).optional(), reasonCode: ReasonCode.optional() })
  .refine(isExplained, EXPLAINED)
  .openapi('Cancellation');

export const cancelOrderRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/cancel',
  summary: 'Cancel an order, before the pickup',
  tags: ['Orders'],
  ...secured('orders:cancel'),
  request: { params: IdParam, headers: IfMatch, body: body(Cancellation) },
  responses: {
    200: { ...answer(OrderAnswer, 'The order'), headers: z.object({ ETag: z.string() }) },
    ...securedProblems('not_found', 'illegal_transition', 'stale'),
  },
});

/** Managers and API keys. */
export function cancelOrder(
  deps: Deps,
  actor: Actor,
  orderId: string,
  why: z.infer<typeof Cancellation>,
  version: number | null,
) {
  return changeStatusAtOnce(deps, actor, orderId, { status: 'cancelled', ...why }, version);
}
