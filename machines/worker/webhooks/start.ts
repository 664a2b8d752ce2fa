import { createSeal } from '../../../db/seal.ts';
import { createResolve, type Resolve } from '../../../db/webhook-target.ts';
import { WEBHOOK_SCHEDULE } from '../../../domain/webhooks.ts';
import { complaint } from '../complaint.ts';
import type { JobContext, JobKind } from '../jobs.ts';
import { startPool } from '../pool.ts';
import { WEBHOOK_DELIVERY_QUEUE, WEBHOOKS_QUEUE } from '../queues.ts';
import { settleFacts } from '../settle.ts';
import { workQueue } from '../work-queue.ts';
import { deliver } from './deliver.ts';
import { fanOut } from './fan-out.ts';
import { createWebhookMetrics } from './metrics.ts';
import { recoverDeliveries } from './recover.ts';
import { AttemptJob } from './schedule.ts';

export type WebhookOptions = {
  /** Also http, and receivers on loopback: for development and tests. */
  allowInsecure?: boolean;
  /** The rest is as domain/webhooks.ts has it; a test has less time. */
  schedule?: readonly number[];
  timeoutMs?: number;
  resolve?: Resolve;
};

/** So many may hang at a time before others wait, and so many of one endpoint. */
const SLOTS = 200;
const OF_ONE_ENDPOINT = 4;

/** Starts to make webhooks of facts, and to deliver them. */
export async function startWebhookJobs(context: JobContext, options: WebhookOptions = {}): Promise<JobKind> {
  const { boss, log } = context;
  const rules = {
    allowInsecure: options.allowInsecure ?? false,
    resolve: options.resolve ?? createResolve(),
    timeoutMs: options.timeoutMs ?? 15_000,
    schedule: options.schedule ?? WEBHOOK_SCHEDULE,
    seal: createSeal(context.secret, 'webhook'),
    metrics: createWebhookMetrics(context.metrics.registry, context.db),
  };
  const pool = startPool({
    boss,
    log,
    queue: WEBHOOK_DELIVERY_QUEUE,
    slots: SLOTS,
    groups: { default: OF_ONE_ENDPOINT },
    work: (data, signal) => deliver(context, AttemptJob.parse(data), rules, signal),
  });
  const facts = await workQueue(
    boss,
    { queue: WEBHOOKS_QUEUE, workers: 2, batchSize: 16 },
    settleFacts(context, { queue: WEBHOOKS_QUEUE, what: 'making webhooks' }, async (fact) => {
      const outcome = await fanOut(context, fact);
      pool.wake();
      return outcome;
    }),
  );
  const failures = complaint(log, 'looking for webhooks on their way');
  recoverDeliveries(context).catch(failures.failed);
  return { wake: facts.wake, stop: pool.stop };
}
