import { createRoute, z } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import { AppError, notFound } from '../../domain/errors.ts';
import { ASSIGN_FROM, HAND_OVER_FROM, type OrderStatus } from '../../domain/order-status.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { answer, body, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { IfMatch, stale } from '../etag.ts';
import { illegal } from './change-status.ts';
import { ManagerOrder, managerOrderFromJson } from './order.ts';

export const Assignment = z
  .strictObject({
    driverId: z.uuid(),
    replaces: z
      .uuid()
      .optional()
      .openapi({
        description:
          'The driver who has the order now. An order that has one changes hands only with this, or with If-Match: of ' +
          'two who assign at once, one wins and the other gets 409.',
      }),
  })
  .openapi('Assignment');
export type Assignment = z.infer<typeof Assignment>;

export const assignOrderRoute = createRoute({
  method: 'post',
  path: '/v1/orders/{id}/assign',
  summary: 'Give an order to a driver, or hand it over',
  tags: ['Orders'],
  ...secured('orders:assign'),
  request: { params: IdParam, headers: IfMatch, body: body(Assignment) },
  responses: {
    200: { ...answer(ManagerOrder, 'The order'), headers: z.object({ ETag: z.string() }) },
    ...securedProblems('not_found', 'conflict', 'stale', 'unprocessable'),
  },
});

/** Managers and API keys. Throws `not_found`, `unprocessable` (no such driver), `stale`, `conflict`, `illegal_transition`. */
export async function assignOrder(
  deps: Deps,
  actor: Actor,
  orderId: string,
  { driverId, replaces }: Assignment,
  version: number | null,
) {
  const [answered] = await deps.db.hot<[{ result: AssignResult }]>`
    select assign_order(${actor.merchantId}, ${orderId}, ${driverId}, ${replaces ?? null},
      ${[...ASSIGN_FROM]}::order_status[], ${[...HAND_OVER_FROM]}::order_status[], ${uuidv7()}, ${actor.type},
      ${actorId(actor)}, ${version}) as result`;
  const { result } = answered;
  switch (result.outcome) {
    case 'not_found':
      throw notFound('order');
    case 'no_driver':
      throw new AppError('unprocessable', 'There is no such driver.', {
        errors: [{ path: 'driverId', message: 'is no driver of this merchant' }],
      });
    case 'stale':
      throw stale(result.order.version);
    case 'taken':
      throw new AppError(
        'conflict',
        'The order has a driver already; name them in `replaces` to change that.',
        {
          extra: { driverId: result.order.driver_id },
        },
      );
    case 'illegal':
      throw illegal(result.order, 'assigned');
    case 'done':
      deps.wakeRelay();
      return managerOrderFromJson(deps, result.order);
  }
}

type OrderJson = Record<string, unknown> & {
  status: OrderStatus;
  status_at: string;
  version: number;
  driver_id: string | null;
};
type AssignResult =
  | { outcome: 'not_found' | 'no_driver' }
  | { outcome: 'done' | 'stale' | 'taken' | 'illegal'; order: OrderJson };
