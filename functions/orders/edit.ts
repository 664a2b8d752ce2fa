import { isDeepStrictEqual } from 'node:util';
import { createRoute, z } from '@hono/zod-openapi';
import { and, eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../db/client.ts';
import type { OrderRow } from '../../db/order-record.ts';
import { deliveryUpdates, orders } from '../../db/schema/orders.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { distance } from '../../domain/geo.ts';
import { isActive } from '../../domain/order-status.ts';
import { Contact, Instant, Item, Money, Stop } from '../../domain/orders.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { answer, body, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { IfMatch, stale } from '../etag.ts';
import { customerOf, type NewOrder } from './create.ts';
import { checkEditedTimes, promiseOf } from './edited-times.ts';
import { ManagerOrder, managerOrderFromRow } from './order.ts';
import { placed } from './place.ts';

/** What is left out stays; null takes the value away. A stop is replaced as a whole. */
export const OrderEdit = z
  .strictObject({
    externalId: text(200).nullable().optional(),
    pickup: Stop.optional(),
    dropoff: Stop.safeExtend({ contact: Contact }).optional(),
    items: z.array(Item).max(200).optional(),
    total: Money.nullable().optional(),
    readyAt: Instant.nullable().optional(),
    notes: text(2000).nullable().optional(),
    tip: Money.nullable().optional(),
    cashOnDelivery: Money.nullable().optional(),
  })
  .openapi('OrderEdit');
export type OrderEdit = z.infer<typeof OrderEdit>;

export const editOrderRoute = createRoute({
  method: 'patch',
  path: '/v1/orders/{id}',
  summary: 'Change what an order says, while it is active',
  description:
    'The promise follows the window of the dropoff. The fee and the quote stay what they were, wherever the stops go: that ' +
    'is for the merchant to settle.',
  tags: ['Orders'],
  ...secured('orders:edit'),
  request: { params: IdParam, headers: IfMatch, body: body(OrderEdit) },
  responses: {
    200: { ...answer(ManagerOrder, 'The order'), headers: z.object({ ETag: z.string() }) },
    ...securedProblems('not_found', 'conflict', 'stale'),
  },
});

/**
 * Managers and API keys. Naming nothing changes nothing. Throws `not_found`, `stale`, `conflict` when it has ended, and
 * `invalid` for times that cannot be.
 */
export async function editOrder(
  deps: Deps,
  actor: Actor,
  id: string,
  edit: OrderEdit,
  version: number | null,
) {
  const [pickup, dropoff] = await Promise.all([
    edit.pickup && placed(deps.geocoder, edit.pickup),
    edit.dropoff && placed(deps.geocoder, edit.dropoff),
  ]);
  const { readyAt } = edit;
  const nothing = Object.keys(edit).length === 0;
  const row = await deps.db.withMerchant(actor.merchantId, async (tx) => {
    const own = and(eq(orders.merchantId, actor.merchantId), eq(orders.id, id));
    const [current] = await tx.select().from(orders).where(own).for('update');
    if (current === undefined) throw notFound('order');
    if (version !== null && version !== current.version) throw stale(current.version);
    if (nothing) return current;
    if (!isActive(current.status))
      throw new AppError('conflict', `The order is ${current.status} and stays as it is.`);
    const stops = { pickup: pickup ?? current.pickup, dropoff: dropoff ?? current.dropoff };
    checkEditedTimes(current, edit);
    const [changed] = await tx
      .update(orders)
      .set({
        ...edit,
        ...stops,
        ...(dropoff && (await newCustomer(tx, actor, current, dropoff))),
        readyAt: readyAt ? new Date(readyAt) : readyAt === null ? null : current.readyAt,
        needsPlacing: stops.pickup.location === undefined || stops.dropoff.location === undefined,
        distance: metresBetween(stops),
        promisedAt: dropoff ? await promiseOf(tx, current, dropoff) : current.promisedAt,
        version: current.version + 1,
        updatedAt: sql`clock_timestamp()`,
      })
      .where(own)
      .returning();
    if (changed === undefined) throw notFound('order');
    const changes = Object.keys(OrderEdit.shape).filter(
      (key) => !isDeepStrictEqual(Reflect.get(current, key), Reflect.get(changed, key)),
    );
    await recordEdit(tx, actor, id, changes);
    return changed;
  });
  deps.wakeRelay();
  return managerOrderFromRow(deps, row);
}

/** As create_order (db/sql) has it. */
function metresBetween({ pickup, dropoff }: Pick<OrderRow, 'pickup' | 'dropoff'>): number | null {
  if (pickup.location === undefined || dropoff.location === undefined) return null;
  return Math.round(distance(pickup.location, dropoff.location));
}

/** With another contact the order is another customer's, or still the same one's where phone or email tell so. */
async function newCustomer(
  tx: Transaction,
  { merchantId }: Actor,
  current: OrderRow,
  dropoff: NewOrder['dropoff'],
) {
  if (isDeepStrictEqual(current.dropoff.contact, dropoff.contact)) return undefined;
  const customer = JSON.stringify(customerOf(dropoff));
  const [found] = await tx.execute<{ id: string }>(
    sql`select find_or_add_customer(${merchantId}, ${customer}::jsonb) as id`,
  );
  return found && { customerId: found.id };
}

/**
 * The log's line and the outbox's row of an order that was just edited in this transaction. `changed`: what of it, where its
 * driver may have to be told.
 */
export async function recordEdit(
  tx: Transaction,
  actor: Actor,
  orderId: string,
  changed: string[] = [],
): Promise<void> {
  const { merchantId } = actor;
  const id = uuidv7();
  await tx.execute(sql`
    select record_order_change(o, ${id}, 'edited', o.updated_at, null, ${actor.type}, ${actorId(actor)}, null, null)
    from orders o where merchant_id = ${merchantId} and id = ${orderId}`);
  if (changed.length === 0) return;
  const { merchantId: merchant, orderId: order, id: line } = deliveryUpdates;
  await tx
    .update(deliveryUpdates)
    .set({ details: { changed } })
    .where(and(eq(merchant, merchantId), eq(order, orderId), eq(line, id)));
}
