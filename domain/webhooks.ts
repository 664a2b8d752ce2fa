import { z } from 'zod';
import type { OrderStatus } from './order-status.ts';

/** What a merchant's own systems can be told of. An order's step is `order.<status>`. */
export const WEBHOOK_EVENTS = [
  'order.created',
  'order.assigned',
  'order.enroute_to_pickup',
  'order.arrived_at_pickup',
  'order.picked_up',
  'order.enroute_to_dropoff',
  'order.arrived_at_dropoff',
  'order.delivered',
  'order.cancelled',
  'order.failed',
  'order.enroute_to_return',
  'order.returned',
  'order.updated',
  'order.late',
  'order.late_report',
  'order.rated',
  'message.created',
  'driver.updated',
  'driver.removed',
  'webhook.test',
] as const;
/** A step's event; a status without one does not compile. */
export const eventOfStatus = (
  status: OrderStatus,
): `order.${OrderStatus}` & (typeof WEBHOOK_EVENTS)[number] => `order.${status}`;

export const WebhookEvent = z.enum(WEBHOOK_EVENTS);
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/** `dead`: given up, until it is replayed. */
export const WEBHOOK_DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const;
export const WebhookDeliveryState = z.enum(WEBHOOK_DELIVERY_STATES);
export type WebhookDeliveryState = z.infer<typeof WebhookDeliveryState>;
