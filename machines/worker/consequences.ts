import type { InferSelectModel } from 'drizzle-orm';
import { z } from 'zod';
import type { outbox } from '../../db/schema/orders.ts';
import { NOTIFICATIONS_QUEUE, ROOM_QUEUE, SANDBOX_QUEUE, WEBHOOKS_QUEUE } from './queues.ts';

export type Topic = InferSelectModel<typeof outbox>['topic'];

/**
 * Which queues hear of which topic of the outbox: the one table. A topic that is not here stays in the outbox, so that
 * what a newer release writes waits for that release's worker.
 */
export const CONSEQUENCES: Record<Topic, readonly string[]> = {
  order: [ROOM_QUEUE, WEBHOOKS_QUEUE, NOTIFICATIONS_QUEUE, SANDBOX_QUEUE],
  driver: [ROOM_QUEUE, WEBHOOKS_QUEUE],
  driver_removed: [ROOM_QUEUE, WEBHOOKS_QUEUE],
  user_removed: [ROOM_QUEUE],
  late_report: [WEBHOOKS_QUEUE, NOTIFICATIONS_QUEUE],
  message: [ROOM_QUEUE, WEBHOOKS_QUEUE, NOTIFICATIONS_QUEUE],
  chat_erased: [ROOM_QUEUE],
  rating: [WEBHOOKS_QUEUE],
  password_reset: [NOTIFICATIONS_QUEUE],
  webhook: [WEBHOOKS_QUEUE],
  order_late: [WEBHOOKS_QUEUE, NOTIFICATIONS_QUEUE],
  order_arriving: [NOTIFICATIONS_QUEUE],
  notification: [NOTIFICATIONS_QUEUE],
};

export const TOPICS = Object.keys(CONSEQUENCES);

/** A row of the outbox as a job carries it: raw, so that one nobody can read fails as a job and stops no other row. */
export const Fact = z.object({
  topic: z.string(),
  merchantId: z.uuid(),
  entityId: z.uuid(),
  version: z.int(),
  payload: z.record(z.string(), z.unknown()),
  /** When it was written. */
  at: z.iso.datetime(),
});
export type Fact = z.infer<typeof Fact>;
