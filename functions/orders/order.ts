import { z } from '@hono/zod-openapi';
import { type OrderRow, orderRecord, orderRecordFromJson } from '../../db/order-record.ts';
import { orderForDriver, orderForManager } from '../../domain/order-views.ts';
import { OrderForDriver, OrderForManager, type OrderRecord } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import type { Deps } from '../deps.ts';

export const ManagerOrder = OrderForManager.extend({}).openapi('Order');
export const DriverOrder = OrderForDriver.extend({}).openapi('DriverOrder');
/** What the order routes answer: a driver sees less than a manager or an API key. */
export const OrderAnswer = z.union([ManagerOrder, DriverOrder]);
export type OrderAnswer = z.infer<typeof OrderAnswer>;

/** Cut for who asks. */
export function orderFor(actor: Actor, order: OrderRecord): OrderAnswer {
  return actor.type === 'driver' ? orderForDriver(order) : orderForManager(order);
}

export const orderFromRow = (deps: Pick<Deps, 'links'>, actor: Actor, row: OrderRow): OrderAnswer =>
  orderFor(actor, orderRecord(row, deps.links));

export const orderFromJson = (
  deps: Pick<Deps, 'links'>,
  actor: Actor,
  json: Record<string, unknown>,
): OrderAnswer => orderFor(actor, orderRecordFromJson(json, deps.links));

/** For verbs that no driver may use. */
export const managerOrderFromRow = (deps: Pick<Deps, 'links'>, row: OrderRow): OrderForManager =>
  orderForManager(orderRecord(row, deps.links));

export const managerOrderFromJson = (
  deps: Pick<Deps, 'links'>,
  json: Record<string, unknown>,
): OrderForManager => orderForManager(orderRecordFromJson(json, deps.links));
