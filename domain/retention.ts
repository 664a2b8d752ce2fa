import { z } from 'zod';

/** For how many days things are kept that nobody needs for ever; 0 is for ever. The worker's environment says otherwise. */
const Days = (days: number) => z.coerce.number().int().min(0).max(36_500).default(days);

export const RetentionVariables = {
  /** Where drivers have been. */
  RETENTION_TRAILS_DAYS: Days(90),
  /** Chat. */
  RETENTION_MESSAGES_DAYS: Days(30),
  /** Messages that were sent to people, with their texts. */
  RETENTION_NOTIFICATIONS_DAYS: Days(90),
  /** What was sent to webhooks. */
  RETENTION_WEBHOOKS_DAYS: Days(30),
  RETENTION_AUDIT_DAYS: Days(730),
};

export type Retention = Record<'trails' | 'messages' | 'notifications' | 'webhooks' | 'audit', number>;
type Variables = { [K in keyof typeof RetentionVariables]: number };

/** As `remove_expired` of db/sql/03_retention.sql takes it: what is kept for ever is not in it. */
export function retentionDays(variables: Variables): Partial<Retention> {
  const days: Retention = {
    trails: variables.RETENTION_TRAILS_DAYS,
    messages: variables.RETENTION_MESSAGES_DAYS,
    notifications: variables.RETENTION_NOTIFICATIONS_DAYS,
    webhooks: variables.RETENTION_WEBHOOKS_DAYS,
    audit: variables.RETENTION_AUDIT_DAYS,
  };
  return Object.fromEntries(Object.entries(days).filter(([, kept]) => kept > 0));
}
