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
/** What an endpoint can be for; the test comes to each, when it is asked for. */
export const SubscribableEvent = WebhookEvent.exclude(['webhook.test']);

/** `dead`: given up, until it is replayed. */
export const WEBHOOK_DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const;
export const WebhookDeliveryState = z.enum(WEBHOOK_DELIVERY_STATES);
export type WebhookDeliveryState = z.infer<typeof WebhookDeliveryState>;

export const MOST_WEBHOOKS = 20;
/** For how long the secret before a rotation signs too. */
export const SECRET_OVERLAP_MS = 24 * 3600 * 1000;

/** Seconds before each attempt, counted from the one before: three days in all. */
export const WEBHOOK_SCHEDULE: readonly number[] = [
  0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400,
];
const MOST_JITTER = 0.1;
const MOST_RETRY_AFTER = 86_400;

/**
 * Seconds until the next attempt, after `made` of them; null when that was the last. Never sooner than the schedule or the
 * receiver (`retryAfter`, in seconds, believed up to a day) says, and up to a tenth later (`random` is from 0 to 1), so
 * that what failed together does not come back together.
 */
export function nextAttemptIn(
  made: number,
  {
    random,
    retryAfter = 0,
    schedule = WEBHOOK_SCHEDULE,
  }: { random: number; retryAfter?: number; schedule?: readonly number[] },
): number | null {
  const planned = schedule[made];
  if (planned === undefined) return null;
  return Math.max(planned, Math.min(retryAfter, MOST_RETRY_AFTER)) * (1 + MOST_JITTER * random);
}
