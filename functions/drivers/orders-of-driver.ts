import { and, eq, inArray } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { orders } from '../../db/schema/orders.ts';
import { DRIVER_STATUSES, isBeforePickup, type OrderStatus } from '../../domain/order-status.ts';

/** The goods are with the driver: picked up, and neither delivered nor returned. */
export const IN_HAND: readonly OrderStatus[] = DRIVER_STATUSES.filter((status) => !isBeforePickup(status));

/** The orders that a driver has, of those statuses. */
export const ordersOfDriver = (
  merchantId: string,
  driverId: string,
  statuses: readonly OrderStatus[] = DRIVER_STATUSES,
) =>
  and(
    eq(orders.merchantId, merchantId),
    eq(orders.driverId, driverId),
    inArray(orders.status, [...statuses]),
  );

export const countOrders = (
  tx: Transaction,
  merchantId: string,
  driverId: string,
  statuses?: readonly OrderStatus[],
): Promise<number> => tx.$count(orders, ordersOfDriver(merchantId, driverId, statuses));

/** `1 order`, `2 orders`. */
export const howMany = (count: number): string => `${count} order${count === 1 ? '' : 's'}`;
