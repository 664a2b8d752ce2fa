import { type AnyPgColumn, foreignKey } from 'drizzle-orm/pg-core';
import { orders } from './orders.ts';

type OfOrder = { merchantId: AnyPgColumn; orderId: AnyPgColumn };

/** The foreign key of a row that belongs to an order of its merchant. */
export const ofOrder = (t: OfOrder, name: string) =>
  foreignKey({ name, columns: [t.merchantId, t.orderId], foreignColumns: [orders.merchantId, orders.id] });
