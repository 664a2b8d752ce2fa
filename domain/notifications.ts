import { z } from 'zod';
import type { Audience } from './room-messages.ts';

/** The ways by which someone who does not look at DropMate hears of something. */
export const CHANNELS = ['email', 'sms', 'push'] as const;
export const Channel = z.enum(CHANNELS);
export type Channel = z.infer<typeof Channel>;

export const LANGUAGES = ['en', 'es'] as const;
export const Language = z.enum(LANGUAGES);
export type Language = z.infer<typeof Language>;

/** What people are told of, by who is told: the one table. */
export const EVENTS_OF = {
  customer: [
    'customer.confirmed',
    'customer.on_the_way',
    'customer.arriving',
    'customer.delivered',
    'customer.failed',
    'customer.cancelled',
    'customer.message',
  ],
  driver: ['driver.assigned', 'driver.changed', 'driver.cancelled', 'driver.message'],
  manager: [
    'manager.new_order',
    'manager.late',
    'manager.failed',
    'manager.late_report',
    'manager.message',
    'manager.password_reset',
  ],
} as const satisfies Record<Audience, readonly string[]>;

export const NOTIFICATION_EVENTS = [
  ...EVENTS_OF.customer,
  ...EVENTS_OF.driver,
  ...EVENTS_OF.manager,
] as const;
export const NotificationEvent = z.enum(NOTIFICATION_EVENTS);
export type NotificationEvent = z.infer<typeof NotificationEvent>;

/**
 * `unsent`: nothing is configured for the channel, and the text is kept to be looked at. `skipped`: not to be sent (no
 * address, opted out, switched off). `failed`: given up.
 */
export const NOTIFICATION_STATES = ['queued', 'sent', 'failed', 'skipped', 'unsent'] as const;
export const NotificationState = z.enum(NOTIFICATION_STATES);
export type NotificationState = z.infer<typeof NotificationState>;

/** A text with {placeholders}; the subject is an email's, and a push message's title. */
export type Wording = { subject?: string; body: string };
