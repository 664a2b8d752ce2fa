import { createRoute, z } from '@hono/zod-openapi';
import { and, count, eq, gt, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../db/client.ts';
import { merchants, users } from '../../db/schema/accounts.ts';
import { notificationLog, pushSubscriptions } from '../../db/schema/notifications.ts';
import { AppError } from '../../domain/errors.ts';
import { standardWording } from '../../domain/notification-texts.ts';
import { Channel, fillIn, languageOf } from '../../domain/notifications.ts';
import { phoneNumber } from '../../domain/phone-number.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { Email } from '../accounts/fields.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { LISTED, Notification, notificationFromRow } from './notification.ts';
import { sendSoon } from './resend.ts';

export const NotificationTest = z
  .strictObject({
    channel: Channel,
    to: z.string().min(1).max(254).optional().openapi({
      description: 'An email address or a phone number; without it your own email, or your browsers.',
    }),
  })
  .openapi('NotificationTest');
type NotificationTest = z.infer<typeof NotificationTest>;

export const testNotificationRoute = createRoute({
  method: 'post',
  path: '/v1/notifications/test',
  summary: 'Send a test message',
  description: 'Read the messages to see what came of it. At most 20 an hour.',
  tags: ['Notifications'],
  ...secured('notifications:write'),
  request: { body: body(NotificationTest) },
  responses: {
    202: answer(z.object({ data: z.array(Notification) }), 'The messages that are on their way'),
    ...securedProblems('unprocessable', 'too_many_requests'),
  },
});

const MOST_AN_HOUR = 20;

/** Managers. Throws `invalid` for an address that is none, `unprocessable` when there is nowhere to send it. */
export async function testNotification(deps: Deps, actor: Actor, test: NotificationTest) {
  const { merchantId } = actor;
  const rows = await deps.db.withMerchant(merchantId, async (tx) => {
    // Locked, so that the count holds for those who test at once.
    const [merchant] = await tx
      .select()
      .from(merchants)
      .where(eq(merchants.id, merchantId))
      .for('no key update');
    if (merchant === undefined) throw new Error('A merchant is gone.');
    const recipients = await recipientsOf(tx, actor, test, merchant.country);
    await limit(tx, merchantId);
    const language = languageOf(merchant.language);
    const { subject, body } = standardWording('manager.test', test.channel, language);
    const values = { merchant: merchant.name };
    const added = await tx
      .insert(notificationLog)
      .values(
        recipients.map((recipient) => ({
          ...{ merchantId, id: uuidv7(), recipient, language },
          ...({
            event: 'manager.test',
            channel: test.channel,
            audience: 'manager',
            status: 'queued',
          } as const),
          recipientId: actorId(actor),
          subject: fillIn(subject, values),
          body: fillIn(body, values),
        })),
      )
      .returning(LISTED);
    for (const row of added) await sendSoon(tx, row);
    return added;
  });
  deps.wakeRelay();
  return { data: rows.map(notificationFromRow) };
}

async function recipientsOf(
  tx: Transaction,
  actor: Actor,
  { channel, to }: NotificationTest,
  country: string | null,
): Promise<string[]> {
  switch (channel) {
    case 'email':
      return [to === undefined ? await ownEmail(tx, actor) : asEmail(to)];
    case 'sms':
      return [asPhone(to, country)];
    case 'push': {
      if (to !== undefined) throw fault('goes to your own browsers');
      const { id, userId, merchantId } = pushSubscriptions;
      const rows = await tx
        .select({ id })
        .from(pushSubscriptions)
        .where(and(eq(merchantId, actor.merchantId), eq(userId, actorId(actor))));
      if (rows.length === 0) {
        throw new AppError('unprocessable', 'None of your browsers takes messages yet.');
      }
      return rows.map((row) => row.id);
    }
  }
}

async function ownEmail(tx: Transaction, actor: Actor): Promise<string> {
  const [user] = await tx
    .select({ email: users.email })
    .from(users)
    .where(and(eq(users.merchantId, actor.merchantId), eq(users.id, actorId(actor))));
  if (!user?.email) throw new AppError('unprocessable', 'You have no email address here: say where to.');
  return user.email;
}

function asEmail(to: string): string {
  const email = Email.safeParse(to);
  if (!email.success) throw fault('is not an email address');
  return email.data;
}

function asPhone(to: string | undefined, country: string | null): string {
  if (to === undefined) throw fault('is needed: a phone number');
  const phone = phoneNumber(to, country);
  if (phone === null) throw fault('is not a phone number; with its country’s code it is always understood');
  return phone;
}

const fault = (message: string): AppError =>
  new AppError('invalid', 'The request is not valid.', { errors: [{ path: 'to', message }] });

/** Nobody shall use a shop's mail server to write to strangers. */
async function limit(tx: Transaction, merchantId: string): Promise<void> {
  const [row] = await tx
    .select({ tests: count() })
    .from(notificationLog)
    .where(
      and(
        eq(notificationLog.merchantId, merchantId),
        eq(notificationLog.event, 'manager.test'),
        gt(notificationLog.createdAt, sql`now() - interval '1 hour'`),
      ),
    );
  if ((row?.tests ?? 0) < MOST_AN_HOUR) return;
  throw new AppError('too_many_requests', `At most ${MOST_AN_HOUR} test messages an hour.`, {
    retryAfter: 600,
  });
}
