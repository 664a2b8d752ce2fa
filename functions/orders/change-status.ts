import { createRoute, z } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import { AppError, notFound } from '../../domain/errors.ts';
import { Location } from '../../domain/geo.ts';
import {
  isActive,
  legalFrom,
  legalSteps,
  type OrderStatus,
  REASON_NEEDED,
  UNDO,
} from '../../domain/order-status.ts';
import { Instant, Status } from '../../domain/orders.ts';
import { type Actor, actorId, authorise, driverScope } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { answer, body, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { IfMatch, stale } from '../etag.ts';
import { OrderAnswer, orderFromJson } from './order.ts';

export const StatusChange = z
  .strictObject({
    status: Status,
    /** Made by the client; the same one twice is one update. */
    updateId: z.uuid().optional(),
    occurredAt: Instant.optional(),
    location: Location.optional(),
    reason: text(500).optional(),
  })
  .refine((change) => change.reason !== undefined || !REASON_NEEDED.includes(change.status), {
    path: ['reason'],
    message: 'is required for this status',
  })
  .refine((change) => change.status !== 'assigned', {
    path: ['status'],
    message: 'use /assign, which names the driver',
  })
  .openapi('StatusChange');
export type StatusChange = z.infer<typeof StatusChange>;

export const changeStatusRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/status',
  summary: 'Move an order to another status',
  tags: ['Orders'],
  ...secured('orders:move'),
  request: { params: IdParam, headers: IfMatch, body: body(StatusChange) },
  responses: {
    200: { ...answer(OrderAnswer, 'The order'), headers: z.object({ ETag: z.string() }) },
    ...securedProblems('not_found', 'illegal_transition', 'stale'),
  },
});

/** The driver who has it, managers and API keys. Throws `not_found`, `stale`, `illegal_transition`. */
export async function changeStatus(
  deps: Deps,
  actor: Actor,
  orderId: string,
  change: StatusChange,
  version: number | null,
) {
  // A driver reports a failed delivery; that the shop calls it off is the shop's to say.
  if (change.status === 'cancelled') authorise(actor, 'orders:cancel');
  if (change.status === 'created' && actor.type === 'driver' && change.reason === undefined) {
    throw new AppError('invalid', 'Say why you decline the order.', {
      errors: [{ path: 'reason', message: 'is required of a driver who declines' }],
    });
  }
  const { status: to } = change;
  const { hot } = deps.db;
  const [answered] = await hot<[{ result: StatusResult }]>`
    select change_status(${actor.merchantId}, ${orderId}, ${to}, ${legalFrom(to)}::order_status[],
      ${to === UNDO.to ? [...UNDO.from] : []}::order_status[], ${UNDO.seconds}, ${uuidv7()}, ${change.updateId ?? null},
      ${change.occurredAt ?? null}, ${change.location ? hot.json(change.location) : null}, ${change.reason ?? null},
      ${actor.type}, ${actorId(actor)}, ${driverScope(actor)}, ${version}) as result`;
  const { result } = answered;
  if (result.outcome === 'not_found') throw notFound('order');
  if (result.outcome === 'stale') throw stale(result.order.version);
  if (result.outcome === 'illegal') throw illegal(result.order, to);
  if (result.outcome === 'done') deps.wakeRelay();
  return orderFromJson(deps, actor, result.order);
}

type OrderJson = Record<string, unknown> & { status: OrderStatus; status_at: string; version: number };
type StatusResult =
  | { outcome: 'not_found' }
  | { outcome: 'done' | 'repeat' | 'stale' | 'illegal'; order: OrderJson };

/** Says what would be legal instead. */
export function illegal(order: Pick<OrderJson, 'status' | 'status_at'>, to: OrderStatus): AppError {
  const { status: from } = order;
  const legal = legalSteps({ from, since: new Date(order.status_at), now: new Date() });
  const next = legal.length === 0 ? 'It has ended.' : `Legal now: ${legal.join(', ')}.`;
  const what = isActive(from) ? `An order that is ${from} cannot become ${to}.` : `The order is ${from}.`;
  return new AppError('illegal_transition', `${what} ${next}`, { extra: { from, to, legal } });
}
