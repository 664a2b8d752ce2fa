import { createRoute } from '@hono/zod-openapi';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../db/client.ts';
import { auditLog } from '../../db/schema/accounts.ts';
import { messages, ratings } from '../../db/schema/conversation.ts';
import { pushSubscriptions } from '../../db/schema/notifications.ts';
import { customers, deliveryUpdates, orders, outbox } from '../../db/schema/orders.ts';
import { webhookDeliveries } from '../../db/schema/webhooks.ts';
import { quotes } from '../../db/schema/zones.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { isActive, type OrderStatus, UNDO } from '../../domain/order-status.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { amendAnswer } from '../idempotency.ts';
import { eraseMessages } from '../notifications/erase-messages.ts';
import { customerFromRow, ownCustomer } from './customer.ts';
import { eraseFiles, eraseProofs } from './erase-proofs.ts';

export const eraseCustomerRoute = createRoute({
  method: 'delete',
  path: '/v1/customers/{id}',
  summary: "Erase a customer's personal data",
  description: 'Also from their orders, of which the figures, times and statuses stay.',
  tags: ['Customers'],
  ...secured('customers:write'),
  request: { params: IdParam },
  responses: { 204: { description: 'Erased' }, ...securedProblems('not_found', 'conflict') },
});

/**
 * Managers and API keys. Throws `not_found`, and `conflict` while an order is on its way to them, or its delivery can still
 * be taken back. Rooms, which keep an order a while after its end, hear of it. A second time is no error, and erases what an
 * order that was being created at that moment has brought since. Throws `unavailable` when files in an object store may be
 * left: a second time removes them.
 */
export async function eraseCustomer(deps: Deps, actor: Actor, id: string): Promise<void> {
  const { merchantId } = actor;
  const orderIds = await deps.db.withMerchant(merchantId, async (tx) => {
    const own = ownCustomer(merchantId, id);
    const [customer] = await tx.select({ id: customers.id }).from(customers).where(own).for('update');
    if (customer === undefined) throw notFound('customer');
    const theirs = await tx
      .select({ id: orders.id, status: orders.status, age: secondsSince(orders.statusAt) })
      .from(orders)
      .where(and(eq(orders.merchantId, merchantId), eq(orders.customerId, id)))
      .orderBy(asc(orders.id))
      .for('update');
    refuseWhileUnderWay(theirs);
    const erased = { name: 'Erased', phone: null, email: null, address: null, location: null };
    const [left] = await tx
      .update(customers)
      .set({
        ...erased,
        erasedAt: sql`coalesce(${customers.erasedAt}, clock_timestamp())`,
        updatedAt: sql`clock_timestamp()`,
      })
      .where(own)
      .returning();
    if (left === undefined) throw notFound('customer');
    await amendAnswer(tx, deps.answers, left, customerFromRow(left));
    await eraseFromOrders(tx, actor, id);
    const ids = theirs.map((order) => order.id);
    await eraseBesideOrders(deps, tx, merchantId, ids);
    await tx.insert(auditLog).values({
      merchantId,
      id: uuidv7(),
      actorType: actor.type,
      actorId: actorId(actor),
      action: 'customer.erased',
      entityType: 'customer',
      entityId: id,
    });
    return ids;
  });
  deps.wakeRelay();
  await eraseFiles(deps, merchantId, orderIds);
}

const secondsSince = (column: typeof orders.statusAt) =>
  sql<number>`extract(epoch from clock_timestamp() - ${column})::float8`;

type OrderState = { status: OrderStatus; age: number };

/** What is erased must not come back: a delivery can be taken back for a while. */
function refuseWhileUnderWay(theirs: readonly OrderState[]): void {
  const active = theirs.filter(({ status }) => isActive(status)).length;
  if (active > 0) {
    throw new AppError('conflict', 'The customer has orders that have not ended; end or cancel them first.', {
      extra: { orders: active },
    });
  }
  const undoable = theirs.filter(({ status, age }) => UNDO.from.includes(status) && age <= UNDO.seconds);
  if (undoable.length > 0) {
    const wait = UNDO.seconds - Math.min(...undoable.map(({ age }) => age));
    throw new AppError(
      'conflict',
      `A delivery to the customer can still be taken back; erase them in ${Math.ceil(wait / 60)} min.`,
      { retryAfter: Math.floor(wait) + 1 },
    );
  }
}

/** Each gets a new version, a line in its log and a row in the outbox; those that were erased before do not. */
async function eraseFromOrders(tx: Transaction, actor: Actor, customerId: string): Promise<void> {
  const erased = JSON.stringify({ address: 'erased' });
  await tx.execute(sql`
    with changed as (
      update orders o set dropoff = ${erased}::jsonb, notes = null, reason = null, version = version + 1,
        updated_at = clock_timestamp()
      where merchant_id = ${actor.merchantId} and customer_id = ${customerId}
        and (dropoff <> ${erased}::jsonb or notes is not null or reason is not null)
      returning o as erased
    )
    select record_order_change(erased, ${uuidv7()}, 'edited', (erased).updated_at, null, ${actor.type},
      ${actorId(actor)}, null, null)
    -- It locks the figures of their days, which who reads figures does by their order as well.
    from (select erased from changed order by (erased).created_at) changed`);
  const { merchantId } = actor;
  const taken = tx
    .select({ id: orders.quoteId })
    .from(orders)
    .where(and(eq(orders.merchantId, merchantId), eq(orders.customerId, customerId)));
  await tx.delete(quotes).where(and(eq(quotes.merchantId, merchantId), inArray(quotes.id, taken)));
  // A repeated request with an Idempotency-Key is answered from here.
  await tx.execute(sql`
    update idempotency_keys k set response = to_jsonb(o) from orders o
    where k.merchant_id = ${actor.merchantId} and o.merchant_id = k.merchant_id
      and o.id = (k.response->>'id')::uuid
      and (o.customer_id = ${customerId} or (k.response->>'customer_id')::uuid = ${customerId})`);
}

async function eraseBesideOrders(
  deps: Deps,
  tx: Transaction,
  merchantId: string,
  ids: string[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(deliveryUpdates)
    .set({ location: null, reason: null })
    .where(and(eq(deliveryUpdates.merchantId, merchantId), inArray(deliveryUpdates.orderId, ids)));
  await tx.update(ratings).set({ comment: null }).where(ofOrders(ratings));
  await tx.delete(pushSubscriptions).where(ofOrders(pushSubscriptions));
  await tx.delete(webhookDeliveries).where(ofOrders(webhookDeliveries));
  await eraseMessages(tx, merchantId, ids);
  await eraseProofs(deps, tx, merchantId, ids);
  const chat = await tx.delete(messages).where(ofOrders(messages)).returning({ orderId: messages.orderId });
  await tellRooms([...new Set(chat.map(({ orderId }) => orderId))]);

  /** A room that somebody looks at keeps the newest messages. */
  async function tellRooms(orderIds: string[]): Promise<void> {
    if (orderIds.length === 0) return;
    const fact = { topic: 'chat_erased', merchantId, version: 1, payload: {} } as const;
    const createdAt = sql`clock_timestamp()`;
    await tx.insert(outbox).values(orderIds.map((entityId) => ({ ...fact, entityId, createdAt })));
  }

  function ofOrders(
    table: typeof messages | typeof pushSubscriptions | typeof ratings | typeof webhookDeliveries,
  ) {
    return and(eq(table.merchantId, merchantId), inArray(table.orderId, ids));
  }
}
