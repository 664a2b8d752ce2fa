import { createRoute } from '@hono/zod-openapi';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../db/client.ts';
import { auditLog } from '../../db/schema/accounts.ts';
import { messages, proofs, pushSubscriptions, ratings } from '../../db/schema/extras.ts';
import { customers, deliveryUpdates, orders } from '../../db/schema/orders.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { ACTIVE_STATUSES } from '../../domain/order-status.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { ownCustomer } from './customer.ts';

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
 * Managers and API keys. Throws `not_found`, and `conflict` while an order is on its way to them. A second time is no
 * error, and erases what an order that was being created at that moment has brought since.
 */
export async function eraseCustomer(deps: Deps, actor: Actor, id: string): Promise<void> {
  const { merchantId } = actor;
  await deps.db.withMerchant(merchantId, async (tx) => {
    const own = ownCustomer(merchantId, id);
    const [customer] = await tx.select({ id: customers.id }).from(customers).where(own).for('update');
    if (customer === undefined) throw notFound('customer');
    const theirs = and(eq(orders.merchantId, merchantId), eq(orders.customerId, id));
    const active = await tx.$count(orders, and(theirs, inArray(orders.status, [...ACTIVE_STATUSES])));
    if (active > 0) {
      throw new AppError(
        'conflict',
        'The customer has orders that have not ended; end or cancel them first.',
        {
          extra: { orders: active },
        },
      );
    }
    const erased = { name: 'Erased', phone: null, email: null, address: null, location: null };
    await tx
      .update(customers)
      .set({
        ...erased,
        erasedAt: sql`coalesce(${customers.erasedAt}, clock_timestamp())`,
        updatedAt: sql`clock_timestamp()`,
      })
      .where(own);
    await eraseFromOrders(tx, merchantId, id);
    await tx.insert(auditLog).values({
      merchantId,
      id: uuidv7(),
      actorType: actor.type,
      actorId: actorId(actor),
      action: 'customer.erased',
      entityType: 'customer',
      entityId: id,
    });
  });
}

/** The version stays: nobody needs to hear of it, since rooms hold no order that has ended. */
async function eraseFromOrders(tx: Transaction, merchantId: string, customerId: string): Promise<void> {
  const ended = await tx
    .update(orders)
    .set({ dropoff: { address: 'erased' }, notes: null, reason: null })
    .where(and(eq(orders.merchantId, merchantId), eq(orders.customerId, customerId)))
    .returning({ id: orders.id });
  if (ended.length === 0) return;
  const ids = ended.map((order) => order.id);
  await tx
    .update(deliveryUpdates)
    .set({ location: null, reason: null })
    .where(and(eq(deliveryUpdates.merchantId, merchantId), inArray(deliveryUpdates.orderId, ids)));
  await tx.update(ratings).set({ comment: null }).where(ofOrders(ratings));
  for (const table of [messages, proofs, pushSubscriptions]) {
    await tx.delete(table).where(ofOrders(table));
  }

  function ofOrders(table: typeof messages | typeof proofs | typeof pushSubscriptions | typeof ratings) {
    return and(eq(table.merchantId, merchantId), inArray(table.orderId, ids));
  }
}
