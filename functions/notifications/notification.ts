import { z } from '@hono/zod-openapi';
import { and, eq, getTableColumns, type InferSelectModel } from 'drizzle-orm';
import { notificationLog } from '../../db/schema/notifications.ts';
import { Channel, Language, NotificationEvent, NotificationState } from '../../domain/notifications.ts';
import { Instant } from '../../domain/orders.ts';
import { AUDIENCES } from '../../domain/room-messages.ts';

/** A message to somebody, and what came of it. */
export const Notification = z
  .object({
    id: z.uuid(),
    orderId: z.uuid().nullable(),
    event: NotificationEvent,
    channel: Channel,
    audience: z.enum(AUDIENCES),
    recipientId: z.uuid().nullable().openapi({ description: 'The user or customer.' }),
    recipient: z.string().nullable().openapi({ example: '+598•••456', description: 'Masked.' }),
    language: Language,
    subject: z.string().nullable(),
    status: NotificationState,
    attempts: z.int(),
    detail: z.string().nullable().openapi({ description: 'Why it was not sent, or not yet.' }),
    providerId: z
      .string()
      .nullable()
      .openapi({ description: 'What the mail server or SMS service calls it.' }),
    sentAt: Instant.nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .openapi('Notification');
export type Notification = z.infer<typeof Notification>;

export const NotificationWithBody = Notification.extend({
  body: z.string().openapi({ description: 'With `{link}` where the link goes.' }),
}).openapi('NotificationWithBody');

type Row = InferSelectModel<typeof notificationLog>;

export function notificationFromRow(row: Omit<Row, 'body'>): Notification {
  const { id, orderId, event, channel, audience, recipientId, recipient, subject } = row;
  const { status, attempts, detail, providerId, sentAt, createdAt, updatedAt } = row;
  return {
    ...{ id, orderId, event, channel, audience, recipientId, subject, status, attempts, detail, providerId },
    recipient: recipient && masked(channel, recipient),
    language: row.language === 'es' ? 'es' : 'en',
    sentAt: sentAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** Enough to know one's own by, and too little to call. */
export function masked(channel: Channel, recipient: string): string {
  switch (channel) {
    case 'email': {
      const at = recipient.lastIndexOf('@');
      return `${recipient.slice(0, 1)}•••${recipient.slice(at)}`;
    }
    case 'sms':
      return recipient.length > 8 ? `${recipient.slice(0, 4)}•••${recipient.slice(-3)}` : '•••';
    case 'push':
      return 'browser';
  }
}

const { body: _, ...listed } = getTableColumns(notificationLog);
/** All of a row but what the message says. */
export const LISTED = listed;

export const ownNotification = (merchantId: string, id: string) =>
  and(eq(notificationLog.merchantId, merchantId), eq(notificationLog.id, id));
