import { and, eq, exists, inArray, isNull } from 'drizzle-orm';
import { driverRecord, orderRecord } from '../../db/order-record.ts';
import { merchants } from '../../db/schema/accounts.ts';
import { messages } from '../../db/schema/conversation.ts';
import { drivers } from '../../db/schema/drivers.ts';
import { orders } from '../../db/schema/orders.ts';
import { notFound } from '../../domain/errors.ts';
import { ACTIVE_STATUSES } from '../../domain/order-status.ts';
import type { FleetState } from '../../domain/room-events.ts';
import type { Deps } from '../deps.ts';

/** For a fleet room that starts: all drivers and active orders of its merchant. Throws `not_found`. */
export function loadFleet(deps: Pick<Deps, 'db' | 'links'>, merchantId: string): Promise<FleetState> {
  return deps.db.withMerchant(merchantId, async (tx) => {
    const [merchant] = await tx
      .select({ id: merchants.id, name: merchants.name })
      .from(merchants)
      .where(eq(merchants.id, merchantId));
    if (merchant === undefined) throw notFound('merchant');
    const fleet = await tx
      .select()
      .from(drivers)
      .where(and(eq(drivers.merchantId, merchantId), isNull(drivers.removedAt)));
    const active = await tx
      .select()
      .from(orders)
      .where(and(eq(orders.merchantId, merchantId), inArray(orders.status, [...ACTIVE_STATUSES])));
    const written = tx
      .select({ id: messages.id })
      .from(messages)
      .where(and(eq(messages.merchantId, orders.merchantId), eq(messages.orderId, orders.id)));
    const chats = await tx
      .select({ id: orders.id })
      .from(orders)
      .where(
        and(eq(orders.merchantId, merchantId), inArray(orders.status, [...ACTIVE_STATUSES]), exists(written)),
      );
    return {
      merchant,
      drivers: fleet.map(driverRecord),
      robots: fleet.filter(({ robot }) => robot).map(({ id }) => id),
      orders: active.map((order) => orderRecord(order, deps.links)),
      chats: chats.map(({ id }) => id),
    };
  });
}
