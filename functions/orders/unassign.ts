import { createRoute, z } from '@hono/zod-openapi';
import { ReasonCode } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { answer, IdParam, optionalBody, securedProblems, securedWithOptionalBody } from '../api.ts';
import type { Deps } from '../deps.ts';
import { IfMatch } from '../etag.ts';
import { changeStatusAtOnce } from './change-status.ts';
import { OrderAnswer } from './order.ts';

export const Unassignment = z
  .strictObject({ reason: text(500).optional(), reasonCode: ReasonCode.optional() })
  .openapi('Unassignment');

export const unassignOrderRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/unassign',
  summary: 'Take an order from its driver, before the pickup',
  tags: ['Orders'],
  ...securedWithOptionalBody('orders:assign'),
  request: { params: IdParam, headers: IfMatch, body: optionalBody(Unassignment) },
  responses: {
    200: { ...answer(OrderAnswer, 'The order'), headers: z.object({ ETag: z.string() }) },
    ...securedProblems('not_found', 'illegal_transition', 'stale'),
  },
});

/** Managers and API keys. A driver declines by the status `created` with a reason. */
export function unassignOrder(
  deps: Deps,
  actor: Actor,
  orderId: string,
  why: z.infer<typeof Unassignment>,
  version: number | null,
) {
  return changeStatusAtOnce(deps, actor, orderId, { status: 'created', ...why }, version);
}
