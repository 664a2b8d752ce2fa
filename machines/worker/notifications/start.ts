import { createResolve, type Resolve } from '../../../db/webhook-target.ts';
import { NOTIFICATION_SCHEDULE } from '../../../domain/notifications.ts';
import type { JobContext, JobKind } from '../jobs.ts';
import { startPool } from '../pool.ts';
import { NOTIFICATION_QUEUE, NOTIFICATIONS_QUEUE } from '../queues.ts';
import { settleFacts } from '../settle.ts';
import { workQueue } from '../work-queue.ts';
import { createEmailSender } from './email.ts';
import { createNotificationMetrics } from './metrics.ts';
import { startOrderTimes } from './order-times.ts';
import { planMessages } from './plan.ts';
import { createPushSender, type PushOptions } from './push.ts';
import { SendJob } from './schedule.ts';
import { sendMessage } from './send.ts';
import type { Senders } from './senders.ts';
import { createSmsSender, type SmsOptions } from './sms.ts';

/** What is left out is not configured: its messages are written down, and not sent. */
export type NotificationOptions = {
  email?: { url: string; from: string } | undefined;
  sms?: Omit<SmsOptions, 'timeoutMs'> | undefined;
  push?: Pick<PushOptions, 'publicKey' | 'privateKey' | 'subject'> | undefined;
  /** Also push services on loopback, without TLS: for development and tests. */
  allowInsecure?: boolean;
  /** The rest is as domain/notifications.ts has it; a test has less time. */
  schedule?: readonly number[];
  timeoutMs?: number;
  resolve?: Resolve;
};

const SLOTS = 100;
/** Of one channel (or one merchant's browsers) over all workers. The email sender has as many connections. */
const AT_ONCE = { default: 8 };

/** Starts to make messages of facts, to send them, and to look for what becomes late. */
export async function startNotificationJobs(
  context: JobContext,
  options: NotificationOptions = {},
): Promise<JobKind> {
  const { boss, log } = context;
  const senders = createSenders(options);
  const metrics = createNotificationMetrics(context.metrics.registry);
  const rules = { senders, metrics, schedule: options.schedule ?? NOTIFICATION_SCHEDULE };
  const pool = startPool({
    ...{ boss, log, queue: NOTIFICATION_QUEUE, slots: SLOTS, groups: AT_ONCE },
    work: (data, signal) => sendMessage(context, SendJob.parse(data), rules, signal),
  });
  const facts = await workQueue(
    boss,
    { queue: NOTIFICATIONS_QUEUE, workers: 2, batchSize: 16 },
    settleFacts(context, { queue: NOTIFICATIONS_QUEUE, what: 'making messages' }, async (fact) => {
      const outcome = await planMessages(context, rules, fact);
      pool.wake();
      return outcome;
    }),
  );
  await startOrderTimes(context);
  return {
    wake: facts.wake,
    async stop() {
      await pool.stop();
      for (const sender of Object.values(senders)) sender.close();
    },
  };
}

function createSenders(options: NotificationOptions): Senders {
  const { email, sms, push, allowInsecure = false, timeoutMs = 15_000 } = options;
  const rules = { allowInsecure, resolve: options.resolve ?? createResolve(), timeoutMs };
  return {
    ...(email && { email: createEmailSender({ ...email, timeoutMs }) }),
    ...(sms && { sms: createSmsSender({ ...sms, timeoutMs }) }),
    ...(push && { push: createPushSender({ ...push, ...rules }) }),
  };
}
