import { z } from '@hono/zod-openapi';
import { type OrderRow, orderRecord, orderRecordFromJson } from '../../db/order-record.ts';
import { Lateness, latenessOf } from '../../domain/lateness.ts';
import { orderForDriver, orderForManager } from '../../domain/order-views.ts';
import { OrderForDriver, OrderForManager, type OrderRecord } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import type { Deps } from '../deps.ts';

/** An order as the API answers it: what rooms and webhooks tell of it, and how it stands to its promise just now. */
export const ManagerOrder = OrderForManager.extend({
  lateness: Lateness.nullable().openapi({
    description:
      'Against `promisedAt`, at the time of the answer; null without a promise, or when it is moot.',
  }),
}).openapi('Order');
export type ManagerOrder = z.infer<typeof ManagerOrder>;
export const DriverOrder = OrderForDriver.extend({}).openapi('DriverOrder');
/** What the order routes answer: a driver sees less than a manager or an API key. */
export const OrderAnswer = z.union([ManagerOrder, DriverOrder]);
export type OrderAnswer = z.infer<typeof OrderAnswer>;

/** Cut for who asks. */
export function orderFor(actor: Actor, order: OrderRecord): OrderAnswer {
  return actor.type === 'driver' ? orderForDriver(order) : managerOrder(order);
}

export const orderFromRow = (deps: Pick<Deps, 'links'>, actor: Actor, row: OrderRow): OrderAnswer =>
  orderFor(actor, orderRecord(row, deps.links));

export const orderFromJson = (
  deps: Pick<Deps, 'links'>,
  actor: Actor,
  json: Record<string, unknown>,
): OrderAnswer => orderFor(actor, orderRecordFromJson(json, deps.links));

/** For verbs that no driver may use. */
export const managerOrderFromRow = (deps: Pick<Deps, 'links'>, row: OrderRow): ManagerOrder =>
  managerOrder(orderRecord(row, deps.links));

export const managerOrderFromJson = (
  deps: Pick<Deps, 'links'>,
  json: Record<string, unknown>,
): ManagerOrder => managerOrder(orderRecordFromJson(json, deps.links));

const managerOrder = (order: OrderRecord): ManagerOrder => ({
  ...orderForManager(order),
  lateness: latenessOf(order, Date.now()),
});
