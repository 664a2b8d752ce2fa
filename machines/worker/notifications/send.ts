import { and, eq, type InferSelectModel, sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { merchants } from '../../../db/schema/accounts.ts';
import { messageReads, messages } from '../../../db/schema/conversation.ts';
import { notificationLog, pushSubscriptions } from '../../../db/schema/notifications.ts';
import { customers, orders } from '../../../db/schema/orders.ts';
import { type Language, languageOf, lifetimeOf } from '../../../domain/notifications.ts';
import type { JobContext } from '../jobs.ts';
import { linkOf, unsubscribeUrlOf } from './links.ts';
import type { NotificationMetrics } from './metrics.ts';
import { TOO_LATE } from './plan.ts';
import { type SendJob, scheduleMessages } from './schedule.ts';
import { type Message, NOT_CONFIGURED, type Senders, type SendOutcome } from './senders.ts';

export type SendOptions = {
  senders: Senders;
  metrics: NotificationMetrics;
  schedule: readonly number[];
};

type Context = Pick<JobContext, 'database' | 'boss' | 'log' | 'links'>;
type Outcome = SendOutcome | { status: 'unsent'; detail: string };

/**
 * Makes one attempt at a message, writes down what came of it, and sees to the next one. Done again after a kill, it either
 * sends the same message once more, or finds it sent. Throws when it was aborted before it was written down, or the database
 * is away.
 */
export async function sendMessage(
  context: Context,
  job: SendJob,
  options: SendOptions,
  signal: AbortSignal,
): Promise<void> {
  const { database, log } = context;
  const found = await database.withMerchant(job.merchantId, (tx) => findMessage(tx, job));
  if (found?.row.status !== 'queued') return;
  const { row } = found;
  if (row.round !== job.round || row.step !== job.step) {
    // This attempt was written down, and whoever did may have been killed before they scheduled the next.
    return scheduleNext(context, row, options.schedule);
  }
  const outcome = givenUp(found) ?? (await attempt(context, found, options, signal));
  const state = await database.withMerchant(job.merchantId, (tx) => record(tx, job, row, outcome, options));
  if (state === undefined) return;
  options.metrics.notifications.inc({ channel: row.channel, outcome: state === 'queued' ? 'retry' : state });
  if (state === 'queued') {
    const after = outcome.status === 'retry' ? outcome.retryAfter : undefined;
    return scheduleNext(context, { ...row, step: row.step + 1 }, options.schedule, after);
  }
  if (outcome.status === 'sent') return;
  const { id: notification, merchantId: merchant, channel, event } = row;
  log.info({ notification, merchant, channel, event, state, why: outcome.detail }, 'a message was not sent');
}

type Row = InferSelectModel<typeof notificationLog>;
type Found = NonNullable<Awaited<ReturnType<typeof findMessage>>>;

const ofJob = ({ merchantId, notificationId }: Pick<SendJob, 'merchantId' | 'notificationId'>) =>
  and(eq(notificationLog.merchantId, merchantId), eq(notificationLog.id, notificationId));

async function findMessage(tx: Transaction, job: SendJob) {
  const { merchantId } = job;
  const { name, color } = merchants;
  const [found] = await tx
    .select({
      row: notificationLog,
      merchant: { id: merchants.id, name, color },
      trackingRevision: orders.trackingRevision,
      optedOut: customers.optedOut,
      /** When what it tells of was written in a chat, and up to when its side has read there. */
      written: messages.createdAt,
      readAt: messageReads.readAt,
    })
    .from(notificationLog)
    .innerJoin(merchants, eq(merchants.id, notificationLog.merchantId))
    .leftJoin(orders, and(eq(orders.merchantId, merchantId), eq(orders.id, notificationLog.orderId)))
    .leftJoin(
      customers,
      and(eq(customers.merchantId, merchantId), eq(customers.id, notificationLog.recipientId)),
    )
    .leftJoin(messages, and(eq(messages.merchantId, merchantId), eq(messages.id, notificationLog.aboutId)))
    .leftJoin(
      messageReads,
      and(
        eq(messageReads.merchantId, merchantId),
        eq(messageReads.orderId, notificationLog.orderId),
        eq(messageReads.reader, notificationLog.audience),
      ),
    )
    .where(ofJob(job));
  if (found === undefined) return undefined;
  const { channel, recipient } = found.row;
  return {
    ...found,
    subscription: channel === 'push' && recipient ? await findSubscription(tx, merchantId, recipient) : null,
  };
}

async function findSubscription(tx: Transaction, merchantId: string, id: string) {
  const [found] = await tx
    .select({ endpoint: pushSubscriptions.endpoint, keys: pushSubscriptions.keys })
    .from(pushSubscriptions)
    .where(and(eq(pushSubscriptions.merchantId, merchantId), eq(pushSubscriptions.id, id)));
  return found ?? null;
}

const untilOf = ({ event, queuedAt }: Pick<Row, 'event' | 'queuedAt'>): Date =>
  new Date(queuedAt.getTime() + lifetimeOf(event));

/** Why it is not sent any more, or undefined. */
function givenUp({ row, optedOut, written, readAt }: Found): Outcome | undefined {
  if (untilOf(row) < new Date()) {
    return row.attempts === 0
      ? { status: 'skipped', detail: TOO_LATE }
      : { status: 'failed', detail: `${row.detail ?? 'it was not sent'}; then ${TOO_LATE}` };
  }
  if (optedOut?.includes(row.channel))
    return { status: 'skipped', detail: 'they want nothing by this channel' };
  if (written && readAt && readAt >= written) {
    return { status: 'skipped', detail: 'they had read it meanwhile' };
  }
  if (row.recipient === null) return { status: 'skipped', detail: 'there is nowhere to send it' };
  return undefined;
}

async function attempt(
  { links }: Context,
  { row, merchant, trackingRevision, subscription }: Found,
  { senders }: SendOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  const { channel, recipient } = row;
  const sender = senders[channel];
  if (sender === undefined) return { status: 'unsent', detail: NOT_CONFIGURED[channel] };
  const { id, round, event, orderId, body } = row;
  const language: Language = languageOf(row.language);
  const message: Message = {
    ...{ id, round, event, orderId, body, language, merchant, subscription },
    recipient: recipient ?? '',
    subject: row.subject ?? merchant.name,
    link: linkOf({ ...row, trackingRevision }, links),
    unsubscribeUrl: unsubscribeUrlOf(row, links),
    until: untilOf(row),
  };
  return sender.send(message, signal);
}

/** Writes down an attempt; undefined when that was done, or the message was erased or sent anew, meanwhile. */
async function record(
  tx: Transaction,
  job: SendJob,
  row: Row,
  outcome: Outcome,
  { schedule }: SendOptions,
): Promise<Row['status'] | undefined> {
  const tried = outcome.status !== 'skipped' && outcome.status !== 'unsent';
  const last = job.step + 1 >= schedule.length;
  const status = outcome.status === 'retry' ? (last ? 'failed' : 'queued') : stateOf(outcome.status);
  const [recorded] = await tx
    .update(notificationLog)
    .set({
      status,
      attempts: tried ? sql`${notificationLog.attempts} + 1` : undefined,
      step: job.step + 1,
      detail: outcome.status === 'sent' ? null : outcome.detail,
      providerId: outcome.status === 'sent' ? (outcome.providerId ?? null) : undefined,
      sentAt: outcome.status === 'sent' ? sql`clock_timestamp()` : undefined,
      updatedAt: sql`clock_timestamp()`,
    })
    .where(
      and(
        ofJob(job),
        eq(notificationLog.status, 'queued'),
        eq(notificationLog.round, job.round),
        eq(notificationLog.step, job.step),
      ),
    )
    .returning({ status: notificationLog.status });
  if (outcome.status === 'gone' && row.recipient !== null) {
    await tx
      .delete(pushSubscriptions)
      .where(and(eq(pushSubscriptions.merchantId, job.merchantId), eq(pushSubscriptions.id, row.recipient)));
  }
  return recorded?.status;
}

const stateOf = (status: Exclude<Outcome['status'], 'retry'>): Row['status'] =>
  status === 'gone' ? 'failed' : status;

async function scheduleNext(
  { boss }: Context,
  { merchantId, id, channel, round, step }: Row,
  schedule: readonly number[],
  retryAfter = 0,
): Promise<void> {
  const seconds = Math.max(schedule[step] ?? 0, Math.min(retryAfter, MOST_RETRY_AFTER));
  // So that what failed together does not come back together.
  const at = new Date(Date.now() + seconds * 1000 * (1 + Math.random() / 10));
  await scheduleMessages(boss, [{ merchantId, id, channel, round, step, at }]);
}

const MOST_RETRY_AFTER = 24 * 3600;
