import { z } from 'zod';
import { AUDIENCES, type Audience } from './room-messages.ts';

/** The ways by which someone who does not look at DropMate hears of something. */
export const CHANNELS = ['email', 'sms', 'push'] as const;
export const Channel = z.enum(CHANNELS);
export type Channel = z.infer<typeof Channel>;

export const LANGUAGES = ['en', 'es'] as const;
export const Language = z.enum(LANGUAGES);
export type Language = z.infer<typeof Language>;

/** Of a BCP 47 tag, as a merchant's or a browser's: English where we don't speak it. */
export const languageOf = (tag: string): Language => (/^es\b/i.test(tag) ? 'es' : 'en');

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
    'manager.test',
  ],
} as const satisfies Record<Audience, readonly string[]>;

export const NOTIFICATION_EVENTS = [
  ...EVENTS_OF.customer,
  ...EVENTS_OF.driver,
  ...EVENTS_OF.manager,
] as const;
export const NotificationEvent = z.enum(NOTIFICATION_EVENTS);
export type NotificationEvent = z.infer<typeof NotificationEvent>;

/** The events that a merchant decides about. A new password and a test go out because somebody asked for them. */
export const ConfigurableEvent = NotificationEvent.exclude(['manager.password_reset', 'manager.test']);
export type ConfigurableEvent = z.infer<typeof ConfigurableEvent>;

/** Each event's name starts with who is told. */
export function audienceOf(event: NotificationEvent): Audience {
  const audience = AUDIENCES.find((each) => event.startsWith(`${each}.`));
  if (audience === undefined) throw new Error(`${event} is for nobody`);
  return audience;
}

/** Colleagues have no phone number here. */
export const CHANNELS_OF: Record<Audience, readonly Channel[]> = {
  customer: CHANNELS,
  driver: CHANNELS,
  manager: ['email', 'push'],
};

/** How each is told unless the merchant says otherwise. A text message costs money: only what one must know now. */
export const DEFAULT_CHANNELS: Record<ConfigurableEvent, readonly Channel[]> = {
  'customer.confirmed': ['email', 'sms'],
  'customer.on_the_way': ['email', 'sms', 'push'],
  'customer.arriving': ['push'],
  'customer.delivered': ['email', 'push'],
  'customer.failed': ['email', 'sms', 'push'],
  'customer.cancelled': ['email', 'sms', 'push'],
  'customer.message': ['push'],
  'driver.assigned': ['push'],
  'driver.changed': ['push'],
  'driver.cancelled': ['push'],
  'driver.message': ['push'],
  'manager.new_order': ['push'],
  'manager.late': ['push'],
  'manager.failed': ['push'],
  'manager.late_report': ['push'],
  'manager.message': ['push'],
};

const MINUTE = 60_000;
const LIFETIMES: Partial<Record<NotificationEvent, number>> = {
  'customer.on_the_way': 60 * MINUTE,
  'customer.arriving': 15 * MINUTE,
  // As long as its link is good.
  'manager.password_reset': 30 * MINUTE,
};
/** For how long after what it tells of a message is still news, in milliseconds; then it is given up rather than sent. */
export const lifetimeOf = (event: NotificationEvent): number => LIFETIMES[event] ?? 24 * 60 * MINUTE;

/** Who writes looks for an answer; who looks needs no message: so long is waited whether it is read. */
export const READ_WAIT_MS = 20_000;

/** Seconds before each attempt, counted from the one before. */
export const NOTIFICATION_SCHEDULE: readonly number[] = [0, 10, 60, 300, 1800, 7200];

/**
 * `unsent`: nothing is configured for the channel, and the text is kept to be looked at. `skipped`: not to be sent (no
 * address, opted out, erased, too late). `failed`: given up.
 */
export const NOTIFICATION_STATES = ['queued', 'sent', 'failed', 'skipped', 'unsent'] as const;
export const NotificationState = z.enum(NOTIFICATION_STATES);
export type NotificationState = z.infer<typeof NotificationState>;

/** A text with {placeholders}; the subject is an email's, and a push message's title. */
export type Wording = { subject?: string; body: string };

/** `{link}` is filled in when it is sent, so that no stored text opens anything. */
export const PLACEHOLDERS = [
  'merchant',
  'number',
  'name',
  'address',
  'reason',
  'driver',
  'eta',
  'promised',
  'link',
] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

const OF_ANYONE = ['merchant', 'number'] as const;

/** What an event's text may name. */
export const PLACEHOLDERS_OF: Record<Audience, readonly Placeholder[]> = {
  customer: [...OF_ANYONE, 'name', 'address', 'reason', 'driver', 'eta', 'link'],
  driver: [...OF_ANYONE, 'name', 'address', 'reason', 'link'],
  manager: [...OF_ANYONE, 'name', 'address', 'reason', 'driver', 'promised', 'link'],
};

const PLACEHOLDER = /\{([a-z_]+)\}/g;

/** The placeholders in a text that the event does not know. */
export function unknownPlaceholders(event: NotificationEvent, text: string): string[] {
  const known: readonly string[] = PLACEHOLDERS_OF[audienceOf(event)];
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name).filter((name) => !known.includes(name));
}

/** Puts values in; what has none goes with the space before it, and what `values` does not name stays as it is. */
export function fillIn(text: string, values: Partial<Record<Placeholder, string | null>>): string {
  const known = new Map<string, string | null>(Object.entries(values));
  return text
    .replace(/( ?)\{([a-z_]+)\}/g, (whole, space: string, name: string) => {
      const value = known.get(name);
      if (value === undefined) return whole;
      return value === null || value === '' ? '' : `${space}${value}`;
    })
    .trim();
}
