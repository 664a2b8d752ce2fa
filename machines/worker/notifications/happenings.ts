import { and, eq, inArray } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { orderRecord, orderRecordFromJson, type TrackingLinks } from '../../../db/order-record.ts';
import { rowFromJson } from '../../../db/row.ts';
import { messages } from '../../../db/schema/conversation.ts';
import { deliveryUpdates, orders } from '../../../db/schema/orders.ts';
import { lateReports } from '../../../db/schema/proofs.ts';
import type { NotificationEvent } from '../../../domain/notifications.ts';
import { DRIVER_STATUSES, type OrderStatus } from '../../../domain/order-status.ts';
import type { OrderRecord } from '../../../domain/orders.ts';
import type { Fact } from '../consequences.ts';

/** Who is told: `but` is the colleague who did it. */
export type Target =
  | { kind: 'customer' }
  | { kind: 'driver'; driverId: string }
  | { kind: 'managers'; but: string | null }
  | { kind: 'user'; userId: string };

/** Something that someone may have to be told of. */
export type Happening = {
  event: NotificationEvent;
  /** What makes it one: told twice under the same key it is told once. */
  key: string;
  to: Target;
  order: OrderRecord | null;
  aboutId: string | null;
};

type Sources = { tx: Transaction; links: TrackingLinks };

/** What a fact of the outbox means to people. Throws when it can't be read. The same again for the same fact. */
export async function happeningsOf(fact: Fact, sources: Sources): Promise<Happening[]> {
  const { topic, entityId, payload } = fact;
  switch (topic) {
    case 'order':
      return orderHappenings(fact, orderRecordFromJson(payload, sources.links), sources.tx);
    case 'order_late':
      return [of('manager.late', 'once', MANAGERS, orderRecordFromJson(payload, sources.links))];
    case 'order_arriving':
      return [arriving(orderRecordFromJson(payload, sources.links))];
    case 'late_report': {
      const report = rowFromJson(lateReports, payload);
      const order = await findOrder(sources, fact.merchantId, report.orderId);
      return order ? [of('manager.late_report', report.id, MANAGERS, order, report.id)] : [];
    }
    case 'message':
      return messageHappenings(fact, sources);
    case 'password_reset': {
      const to: Target = { kind: 'user', userId: String(payload.user_id) };
      return [{ event: 'manager.password_reset', key: entityId, to, order: null, aboutId: entityId }];
    }
    default:
      return [];
  }
}

const MANAGERS: Target = { kind: 'managers', but: null };
const CUSTOMER: Target = { kind: 'customer' };

const of = (
  event: NotificationEvent,
  key: string | number,
  to: Target,
  order: OrderRecord,
  aboutId: string | null = null,
): Happening => ({ event, key: `${order.id} ${key}`, to, order, aboutId });

/** Either by the ETA (note_order_times in db/sql) or at the door, whichever comes first; once an attempt. */
const arriving = (order: OrderRecord): Happening => of('customer.arriving', order.attempts, CUSTOMER, order);

/** Steps that the customer hears of, once an attempt: who takes back a mis-tap and taps again tells nothing new. */
const STEPS: Partial<Record<OrderStatus, NotificationEvent>> = {
  picked_up: 'customer.on_the_way',
  enroute_to_dropoff: 'customer.on_the_way',
  arrived_at_dropoff: 'customer.arriving',
  delivered: 'customer.delivered',
  failed: 'customer.failed',
  cancelled: 'customer.cancelled',
};

/** The row alone doesn't say what was done to it, so its log is asked, with the line before: who had the order then. */
async function orderHappenings(fact: Fact, order: OrderRecord, tx: Transaction): Promise<Happening[]> {
  const { version } = fact;
  const lines = await tx
    .select({
      version: deliveryUpdates.version,
      kind: deliveryUpdates.kind,
      driverId: deliveryUpdates.driverId,
      actorType: deliveryUpdates.actorType,
      actorId: deliveryUpdates.actorId,
      details: deliveryUpdates.details,
    })
    .from(deliveryUpdates)
    .where(
      and(
        eq(deliveryUpdates.merchantId, order.merchantId),
        eq(deliveryUpdates.orderId, order.id),
        inArray(deliveryUpdates.version, [version - 1, version]),
      ),
    );
  const line = lines.find((each) => each.version === version);
  const before = lines.find((each) => each.version === version - 1);
  const byDriver = line?.actorType === 'driver';
  const loser = before?.driverId && before.driverId !== order.driverId ? before.driverId : null;
  const lost: Happening[] =
    loser && !byDriver ? [of('driver.cancelled', version, { kind: 'driver', driverId: loser }, order)] : [];
  const but = line?.actorType === 'manager' ? line.actorId : null;
  switch (line?.kind) {
    case 'created':
      return [
        of('customer.confirmed', 'once', CUSTOMER, order),
        of('manager.new_order', 'once', { kind: 'managers', but }, order),
      ];
    case 'assigned':
    case 'handed_over':
      return [...lost, ...toDriver('driver.assigned', version, order)];
    case 'edited': {
      const changed = line.details?.changed?.some((field) => OF_DRIVERS.includes(field)) ?? false;
      return changed && isDrivers(order.status) ? toDriver('driver.changed', version, order) : [];
    }
    case 'status':
      return [...lost, ...stepHappenings(order, version, { byDriver, but })];
    default:
      return [];
  }
}

/** What a driver must know of an order; the rest is the shop's own, and its place among the stops they see. */
const OF_DRIVERS: readonly string[] = [
  'pickup',
  'dropoff',
  'items',
  'total',
  'readyAt',
  'notes',
  'tip',
  'cashOnDelivery',
] satisfies (keyof OrderRecord)[];

function stepHappenings(
  order: OrderRecord,
  version: number,
  { byDriver, but }: { byDriver: boolean; but: string | null },
): Happening[] {
  const event = STEPS[order.status];
  const told = event ? [of(event, order.attempts, CUSTOMER, order)] : [];
  if (order.status === 'failed') {
    told.push(of('manager.failed', order.attempts, { kind: 'managers', but }, order));
  }
  if (order.status === 'cancelled' && !byDriver) {
    told.push(...toDriver('driver.cancelled', version, order));
  }
  return told;
}

const toDriver = (event: NotificationEvent, key: number, order: OrderRecord): Happening[] =>
  order.driverId === null ? [] : [of(event, key, { kind: 'driver', driverId: order.driverId }, order)];

const isDrivers = (status: OrderStatus): boolean =>
  (DRIVER_STATUSES as readonly OrderStatus[]).includes(status);

/** The two sides that did not write it; the driver only while the order is theirs. */
async function messageHappenings(fact: Fact, sources: Sources): Promise<Happening[]> {
  const { id, orderId, sender } = rowFromJson(messages, fact.payload);
  const order = await findOrder(sources, fact.merchantId, orderId);
  if (!order) return [];
  const told: Happening[] = [];
  if (sender !== 'customer') told.push(of('customer.message', id, CUSTOMER, order, id));
  if (sender !== 'manager') told.push(of('manager.message', id, MANAGERS, order, id));
  if (sender !== 'driver' && order.driverId !== null && isDrivers(order.status)) {
    told.push(of('driver.message', id, { kind: 'driver', driverId: order.driverId }, order, id));
  }
  return told;
}

async function findOrder(
  { tx, links }: Sources,
  merchantId: string,
  id: string,
): Promise<OrderRecord | undefined> {
  const [row] = await tx
    .select()
    .from(orders)
    .where(and(eq(orders.merchantId, merchantId), eq(orders.id, id)));
  return row && orderRecord(row, links);
}
