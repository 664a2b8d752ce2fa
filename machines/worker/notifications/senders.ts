import type { Channel, NotificationEvent } from '../../../domain/notifications.ts';

/** A message as a channel sends it. */
export type Message = {
  id: string;
  round: number;
  event: NotificationEvent;
  language: 'en' | 'es';
  merchant: { id: string; name: string; color: string | null };
  orderId: string | null;
  /** A phone number in E.164, an email address, a push subscription's id. */
  recipient: string;
  subject: string;
  /** With `{link}` where it goes. */
  body: string;
  link: string;
  /** By which who gets it says that they want no more emails; null for who works here. */
  unsubscribeUrl: string | null;
  /** Until when it is news. */
  until: Date;
  /** A browser's. */
  subscription: { endpoint: string; keys: { p256dh: string; auth: string } } | null;
};

/**
 * What came of one attempt. The detail is shown to managers: it names nobody. `gone`: there is nobody at that address any
 * more. `retry` after so many seconds, when the receiver named them.
 */
export type SendOutcome =
  | { status: 'sent'; providerId?: string | undefined }
  | { status: 'retry'; detail: string; retryAfter?: number | undefined }
  | { status: 'failed' | 'skipped' | 'gone'; detail: string };

export type Sender = {
  /** Rejects only when `signal` is aborted. */
  send: (message: Message, signal: AbortSignal) => Promise<SendOutcome>;
  close: () => void;
};

/** One for each channel that is configured. */
export type Senders = Partial<Record<Channel, Sender>>;

/** What an operator has to set (docs/operations.md). */
export const NOT_CONFIGURED: Record<Channel, string> = {
  email: 'no mail server is configured: SMTP_URL and MAIL_FROM',
  sms: 'no SMS service is configured: SMS_ACCOUNT_SID, SMS_AUTH_TOKEN and SMS_FROM',
  push: 'web push is not configured: VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY and VAPID_SUBJECT',
};
