import { createRoute, z } from '@hono/zod-openapi';
import { and, eq, inArray } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { orderRecord } from '../../db/order-record.ts';
import { merchants } from '../../db/schema/accounts.ts';
import { drivers } from '../../db/schema/drivers.ts';
import { orders } from '../../db/schema/orders.ts';
import { notFound } from '../../domain/errors.ts';
import { driverIsForCustomer } from '../../domain/next-stop.ts';
import { DRIVER_STATUSES } from '../../domain/order-status.ts';
import { driverForCustomer, orderForCustomer } from '../../domain/order-views.ts';
import { answer, problems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { findByToken } from './find-order.ts';
import { loadProof } from './proof.ts';
import { TrackingView } from './view.ts';

export const TokenParam = z.object({
  token: z
    .string()
    .max(100)
    .openapi({ param: { name: 'token', in: 'path' } }),
});

export const getTrackingRoute = createRoute({
  method: 'get',
  path: '/v1/tracking/{token}',
  summary: 'What the customer may see of their delivery',
  tags: ['Tracking'],
  request: { params: TokenParam },
  responses: { 200: answer(TrackingView, 'The delivery'), ...problems('not_found') },
});

/** Whoever holds the link. Throws `not_found` for a link that is unknown, revoked or over. */
export async function getTracking(deps: Deps, token: string): Promise<TrackingView> {
  const link = await findByToken(deps, token);
  if (link.kind !== 'good') throw notFound('tracking link');
  return loadTracking(deps, link.merchantId, link.orderId);
}

/** The view of a link that was found. Throws `not_found`. */
export function loadTracking(deps: Deps, merchantId: string, orderId: string): Promise<TrackingView> {
  return deps.db.withMerchant(merchantId, async (tx) => {
    const [found] = await tx
      .select({ order: orders, merchant: merchants })
      .from(orders)
      .innerJoin(merchants, eq(merchants.id, orders.merchantId))
      .where(and(eq(orders.merchantId, merchantId), eq(orders.id, orderId)));
    if (found === undefined) throw notFound('tracking link');
    const { order, merchant } = found;
    const driver =
      order.driverId === null ? null : await findVisibleDriver(tx, merchantId, order.driverId, orderId);
    return {
      merchant: {
        name: merchant.name,
        timezone: merchant.timezone,
        phone: merchant.phone,
        logoUrl: merchant.logoUrl,
        color: merchant.color,
      },
      order: orderForCustomer(orderRecord(order, deps.links)),
      driver: driver && driverForCustomer(driver),
      location: driver?.location ?? null,
      ...(await loadProof(deps, tx, order)),
    };
  });
}

/** The driver, while this order's dropoff is where they go next; null otherwise. */
async function findVisibleDriver(tx: Transaction, merchantId: string, driverId: string, orderId: string) {
  const { id, status, stopSequence, statusAt } = orders;
  const active = await tx
    .select({ id, status, stopSequence, statusAt })
    .from(orders)
    .where(
      and(
        eq(orders.merchantId, merchantId),
        eq(orders.driverId, driverId),
        inArray(orders.status, [...DRIVER_STATUSES]),
      ),
    );
  const stops = active.map((order) => ({ ...order, statusAt: order.statusAt.toISOString() }));
  if (!driverIsForCustomer(orderId, stops)) return null;
  const { name, vehicleType, location } = drivers;
  const [driver] = await tx
    .select({ name, vehicleType, location })
    .from(drivers)
    .where(and(eq(drivers.merchantId, merchantId), eq(drivers.id, driverId)));
  return driver ?? null;
}
