import { createRoute, z } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import { AppError, notFound } from '../../domain/errors.ts';
import { isActive, legalFrom, legalSteps, type OrderStatus, UNDO } from '../../domain/order-status.ts';
import { type Actor, actorId, authorise, driverScope } from '../../domain/policy.ts';
import { answer, body, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { IfMatch, stale } from '../etag.ts';
import { LateReportReceipt, receiptFor } from '../late-reports/late-report.ts';
import { OrderAnswer, orderFromJson } from './order.ts';
import { type ProofRefusal, refuseProof } from './refuse-proof.ts';
import { StatusChange, whatElse } from './status-change.ts';

export const changeStatusRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/status',
  summary: 'Move an order to another status',
  description:
    'What the order demands as proof is demanded at `delivered`: 422 says in `missing` what was not shown. A photo counts ' +
    'when it is named, or was uploaded since the driver got the order or it last failed. A PIN may be wrong five times. A ' +
    'manager or an API key may deliver without, by `override` and a `reason`: it is audited.\n\nWhat a driver reports ' +
    'with both `updateId` and `occurredAt` after the order was cancelled, given to someone else or moved by someone else ' +
    'is kept for the managers and answered 202.',
  tags: ['Orders'],
  ...secured('orders:move'),
  request: { params: IdParam, headers: IfMatch, body: body(StatusChange) },
  responses: {
    200: { ...answer(OrderAnswer, 'The order'), headers: z.object({ ETag: z.string() }) },
    202: answer(LateReportReceipt, 'It came too late to be taken, and is kept'),
    ...securedProblems('not_found', 'illegal_transition', 'stale', 'unprocessable'),
  },
});

/**
 * The driver who has it, managers and API keys. A driver who had it may report late: then the result is the receipt.
 * Throws `not_found`, `stale`, `illegal_transition`, and `unprocessable` for proofs that are missing or unknown.
 */
export async function changeStatus(
  deps: Deps,
  actor: Actor,
  orderId: string,
  change: StatusChange,
  version: number | null,
): Promise<OrderAnswer | LateReportReceipt> {
  const result = await moveOrder(deps, actor, orderId, change, version);
  if (result.outcome !== 'late') return orderFromJson(deps, actor, result.order);
  deps.wakeRelay();
  return receiptFor(result.report);
}

/** As `changeStatus`, for those who never report late. */
export async function changeStatusAtOnce(...[deps, actor, ...what]: Parameters<typeof changeStatus>) {
  const result = await moveOrder(deps, actor, ...what);
  if (result.outcome === 'late') throw notFound('order');
  return orderFromJson(deps, actor, result.order);
}

async function moveOrder(
  deps: Deps,
  actor: Actor,
  orderId: string,
  change: StatusChange,
  version: number | null,
): Promise<Moved | Late> {
  refuseToDrivers(actor, change);
  const { status: to } = change;
  const { hot } = deps.db;
  const more = whatElse(deps.pins, orderId, change);
  const [answered] = await hot<[{ result: StatusResult }]>`
    select move_order(${actor.merchantId}, ${orderId}, ${to}, ${legalFrom(to)}::order_status[],
      ${to === UNDO.to ? [...UNDO.from] : []}::order_status[], ${UNDO.seconds}, ${uuidv7()}, ${change.updateId ?? null},
      ${change.occurredAt ?? null}, ${change.location ? hot.json(change.location) : null}, ${change.reason ?? null},
      ${actor.type}, ${actorId(actor)}, ${driverScope(actor)}, ${version}, ${more && hot.json(more)}) as result`;
  const { result } = answered;
  switch (result.outcome) {
    case 'not_found':
      throw notFound('order');
    case 'stale':
      throw stale(result.order.version);
    case 'illegal':
      throw illegal(result.order, to);
    case 'unknown_proof':
    case 'proof_missing':
      throw refuseProof(result, change);
    case 'done':
      deps.wakeRelay();
      return result;
    case 'repeat':
    case 'late':
      return result;
  }
}

function refuseToDrivers(actor: Actor, change: StatusChange): void {
  // A driver reports a failed delivery; that the shop calls it off is the shop's to say.
  if (change.status === 'cancelled') authorise(actor, 'orders:cancel');
  if (actor.type !== 'driver') return;
  if (change.override !== undefined) {
    throw new AppError('forbidden', 'Only a manager lets an order go without its proof.');
  }
  if (change.status === 'created' && change.reason === undefined && change.reasonCode === undefined) {
    throw new AppError('invalid', 'Say why you decline the order.', {
      errors: [{ path: 'reason', message: 'is required of a driver who declines' }],
    });
  }
}

type OrderJson = Record<string, unknown> & { status: OrderStatus; status_at: string; version: number };
type Moved = { outcome: 'done' | 'repeat'; order: OrderJson };
type Late = { outcome: 'late'; report: Record<string, unknown> };
type StatusResult =
  | Moved
  | Late
  | { outcome: 'not_found' }
  | { outcome: 'stale' | 'illegal'; order: OrderJson }
  | ProofRefusal;

/** Says what would be legal instead. */
export function illegal(order: Pick<OrderJson, 'status' | 'status_at'>, to: OrderStatus): AppError {
  const { status: from } = order;
  const legal = legalSteps({ from, since: new Date(order.status_at), now: new Date() });
  const next = legal.length === 0 ? 'It has ended.' : `Legal now: ${legal.join(', ')}.`;
  const what = isActive(from) ? `An order that is ${from} cannot become ${to}.` : `The order is ${from}.`;
  return new AppError('illegal_transition', `${what} ${next}`, { extra: { from, to, legal } });
}
