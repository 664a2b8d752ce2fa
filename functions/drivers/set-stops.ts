import { createRoute, z } from '@hono/zod-openapi';
import { asc, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../db/client.ts';
import { orders } from '../../db/schema/orders.ts';
import { AppError } from '../../domain/errors.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { DriverParam, reachableDriver, requireDriver } from './driver.ts';
import { ordersOfDriver } from './orders-of-driver.ts';

export const StopOrder = z
  .strictObject({
    orderIds: z
      .array(z.uuid().toLowerCase())
      .max(200)
      .refine((ids) => new Set(ids).size === ids.length, { message: 'names an order twice' }),
  })
  .openapi('StopOrder');

export const OrderedStop = z
  .object({ id: z.uuid(), stopSequence: z.int().nullable(), version: z.int() })
  .openapi('OrderedStop');

export const setStopsRoute = createRoute({
  method: 'put',
  path: '/v1/drivers/{id}/stops',
  summary: 'Say in which order a driver works their orders',
  tags: ['Drivers'],
  ...secured('drivers:stops'),
  request: { params: DriverParam, body: body(StopOrder) },
  responses: {
    200: answer(
      z.object({ data: z.array(OrderedStop), nextCursor: z.null() }),
      'The stops, counted from 1, and the versions of their orders',
    ),
    ...securedProblems('not_found', 'conflict'),
  },
});

/**
 * The driver, managers and API keys. Throws `not_found`, and `conflict` unless exactly the driver's active orders are
 * named: who sorted an older list must look again.
 */
export async function setStops(
  deps: Deps,
  actor: Actor,
  id: string,
  { orderIds }: z.infer<typeof StopOrder>,
) {
  const { merchantId } = actor;
  const driverId = reachableDriver(actor, id);
  const data = await deps.db.withMerchant(merchantId, async (tx) => {
    await requireDriver(tx, merchantId, driverId);
    const own = ordersOfDriver(merchantId, driverId);
    // Always locked by id, so that two who sort at once cannot wait for each other.
    const locked = await tx
      .select({ id: orders.id })
      .from(orders)
      .where(own)
      .orderBy(asc(orders.id))
      .for('update');
    const wanted = new Set(orderIds);
    if (locked.length !== wanted.size || locked.some((order) => !wanted.has(order.id))) {
      throw new AppError('conflict', "These are not exactly the driver's active orders; load them again.", {
        extra: { orderIds: locked.map((order) => order.id) },
      });
    }
    await writeStops(tx, actor, orderIds);
    const { id: orderId, stopSequence, version } = orders;
    return tx.select({ id: orderId, stopSequence, version }).from(orders).where(own).orderBy(stopSequence);
  });
  deps.wakeRelay();
  return { data, nextCursor: null };
}

/** Only what moves gets a new version, each with its line in the log and its row in the outbox. */
async function writeStops(tx: Transaction, actor: Actor, orderIds: readonly string[]): Promise<void> {
  const stops = orderIds.map((id, index) => ({ id, place: index + 1, update_id: uuidv7() }));
  await tx.execute(sql`
    with wanted as (
      select * from jsonb_to_recordset(${JSON.stringify(stops)}::jsonb) as w(id uuid, place int, update_id uuid)
    ), changed as (
      update orders o set stop_sequence = w.place, version = o.version + 1, updated_at = clock_timestamp()
      from wanted w
      where o.merchant_id = ${actor.merchantId} and o.id = w.id and o.stop_sequence is distinct from w.place
      returning o as moved, w.update_id
    )
    select record_order_change(moved, update_id, 'stop_order', (moved).updated_at, null, ${actor.type},
      ${actorId(actor)}, null, null)
    from changed`);
}
