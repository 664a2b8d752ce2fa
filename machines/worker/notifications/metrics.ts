import { Counter, type Registry } from 'prom-client';

export type NotificationMetrics = ReturnType<typeof createNotificationMetrics>;

/** Adds to a registry what this worker did of messages to people. */
export function createNotificationMetrics(registry: Registry) {
  return {
    notifications: new Counter({
      name: 'dropmate_notifications_total',
      help: 'Messages to people: sent, to be tried again, failed, skipped, or unsent since nothing is configured',
      labelNames: ['channel', 'outcome'] as const,
      registers: [registry],
    }),
  };
}
