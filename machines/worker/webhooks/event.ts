import { and, eq } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { driverRecordFromJson, orderRecordFromJson, type TrackingLinks } from '../../../db/order-record.ts';
import { rowFromJson } from '../../../db/row.ts';
import { messages, ratings } from '../../../db/schema/conversation.ts';
import { deliveryUpdates } from '../../../db/schema/orders.ts';
import { lateReports } from '../../../db/schema/proofs.ts';
import { orderForManager } from '../../../domain/order-views.ts';
import { eventOfStatus, type WebhookEvent } from '../../../domain/webhooks.ts';
import type { Fact, Topic } from '../consequences.ts';

/** What is told of a fact. `orderId`: whose order it is about, so that an erased customer's is found again. */
export type Told = { event: WebhookEvent; orderId: string | null; data: Record<string, unknown> };

type Tell = (fact: Fact, links: TrackingLinks) => Told;

/** Topics that no webhook tells of are not here. */
const TELL: Partial<Record<Topic, Tell>> = {
  order: (fact, links) => ({
    event: 'order.updated',
    orderId: fact.entityId,
    data: { order: orderOf(fact, links) },
  }),
  order_late: (fact, links) => ({
    event: 'order.late',
    orderId: fact.entityId,
    data: { order: orderOf(fact, links) },
  }),
  late_report: ({ payload }) => {
    const row = rowFromJson(lateReports, payload);
    const { id, orderId, driverId, status, orderStatus, occurredAt, receivedAt, reason } = row;
    const report = { id, orderId, driverId, status, orderStatus, occurredAt, receivedAt, reason };
    return { event: 'order.late_report', orderId, data: { report } };
  },
  rating: ({ payload }) => {
    const { orderId, driverId, stars, comment, createdAt } = rowFromJson(ratings, payload);
    const rating = { orderId, driverId, stars, comment, createdAt };
    return { event: 'order.rated', orderId, data: { rating } };
  },
  message: ({ payload }) => {
    const { id, orderId, sender, text, createdAt } = rowFromJson(messages, payload);
    return {
      event: 'message.created',
      orderId,
      data: { message: { id, orderId, from: sender, text, createdAt } },
    };
  },
  driver: ({ payload }) => ({
    event: 'driver.updated',
    orderId: null,
    data: { driver: driverRecordFromJson(payload) },
  }),
  driver_removed: ({ entityId }) => ({
    event: 'driver.removed',
    orderId: null,
    data: { driver: { id: entityId } },
  }),
};

/** Of a fact of the outbox; undefined when no webhook tells of it, or it can't be read. */
export async function tell(
  fact: Fact,
  { tx, links }: { tx: Transaction; links: TrackingLinks },
): Promise<Told | undefined> {
  const told = read(fact, links);
  return told && fact.topic === 'order' ? { ...told, event: await orderEvent(tx, fact) } : told;
}

function read(fact: Fact, links: TrackingLinks): Told | undefined {
  try {
    return Object.entries(TELL).find(([topic]) => topic === fact.topic)?.[1](fact, links);
  } catch {
    return undefined;
  }
}

/** As a manager sees it, without the customer's link: who holds that needs no login. */
function orderOf({ payload }: Fact, links: TrackingLinks) {
  const { trackingUrl: _, ...order } = orderForManager(orderRecordFromJson(payload, links));
  return order;
}

/**
 * Each version of an order is one event: its step, or `order.updated`. The row alone doesn't say which (a hand-over has the
 * status of before), so the line in its log is asked. An order that lost its driver is `created` once more; `order.created`
 * stays a new order's.
 */
async function orderEvent(tx: Transaction, { merchantId, entityId, version }: Fact): Promise<WebhookEvent> {
  const [update] = await tx
    .select({ kind: deliveryUpdates.kind, status: deliveryUpdates.statusUpdate })
    .from(deliveryUpdates)
    .where(
      and(
        eq(deliveryUpdates.merchantId, merchantId),
        eq(deliveryUpdates.orderId, entityId),
        eq(deliveryUpdates.version, version),
      ),
    );
  switch (update?.kind) {
    case 'created':
      return 'order.created';
    case 'assigned':
      return 'order.assigned';
    case 'status':
      return update.status === 'created' ? 'order.updated' : eventOfStatus(update.status);
    default:
      return 'order.updated';
  }
}
