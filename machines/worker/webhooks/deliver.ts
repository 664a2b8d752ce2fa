import { and, eq, isNull, sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import type { Transaction } from '../../../db/client.ts';
import {
  type SealedSecret,
  webhookAttempts,
  webhookDeliveries,
  webhookEndpoints,
} from '../../../db/schema/webhooks.ts';
import type { Seal } from '../../../db/seal.ts';
import { nextAttemptIn } from '../../../domain/webhooks.ts';
import type { JobContext } from '../jobs.ts';
import type { WebhookMetrics } from './metrics.ts';
import { type AttemptJob, scheduleDeliveries } from './schedule.ts';
import { type Attempt, type SendOptions, sendWebhook } from './send.ts';

export type DeliverOptions = Omit<SendOptions, 'signal'> & {
  schedule: readonly number[];
  seal: Seal;
  metrics: WebhookMetrics;
};

/**
 * Makes one attempt at a delivery, writes down what came of it, and sees to the next one. Done again after a kill, it either
 * sends the same webhook (same id, same body) once more, or finds it sent and only sees to the next one. Throws when it was
 * aborted before it was written down, or the database is away.
 */
export async function deliver(
  context: Pick<JobContext, 'database'> & { boss: Pick<JobContext['boss'], 'insert'> },
  job: AttemptJob,
  options: DeliverOptions,
  signal: AbortSignal,
): Promise<void> {
  const found = await context.database.withMerchant(job.merchantId, (tx) => findDelivery(tx, job));
  // Erased, or its endpoint was deleted, or it is done with.
  if (found?.status !== 'pending') return;
  if (found.round !== job.round || found.step !== job.step) {
    // This attempt was written down, and whoever did may have been killed before they scheduled the next.
    return scheduleDeliveries(context.boss, [found]);
  }
  if (found.disabledAt !== null) {
    await context.database.withMerchant(job.merchantId, (tx) => giveUp(tx, job));
    return;
  }
  const attempt = await sendWebhook(signed(found, options.seal), { ...options, signal });
  const outcome = outcomeOf(attempt, found.event === 'webhook.test' ? 1 : undefined, job, options.schedule);
  const recorded = await context.database.withMerchant(job.merchantId, (tx) =>
    record(tx, job, attempt, outcome),
  );
  if (!recorded) return;
  options.metrics.deliveries.inc({ outcome: outcome.status === 'pending' ? 'retry' : outcome.status });
  options.metrics.attempt.observe(attempt.ms / 1000);
  if (outcome.status === 'pending') {
    await scheduleDeliveries(context.boss, [
      { ...found, step: job.step + 1, nextAttemptAt: outcome.nextAttemptAt },
    ]);
  }
}

type Found = NonNullable<Awaited<ReturnType<typeof findDelivery>>>;

const ofJob = ({ merchantId, deliveryId }: AttemptJob) =>
  and(eq(webhookDeliveries.merchantId, merchantId), eq(webhookDeliveries.id, deliveryId));

async function findDelivery(tx: Transaction, job: AttemptJob) {
  const [found] = await tx
    .select({
      merchantId: webhookDeliveries.merchantId,
      id: webhookDeliveries.id,
      endpointId: webhookDeliveries.endpointId,
      event: webhookDeliveries.event,
      payload: webhookDeliveries.payload,
      status: webhookDeliveries.status,
      round: webhookDeliveries.round,
      step: webhookDeliveries.step,
      nextAttemptAt: webhookDeliveries.nextAttemptAt,
      url: webhookEndpoints.url,
      secrets: webhookEndpoints.secrets,
      disabledAt: webhookEndpoints.disabledAt,
    })
    .from(webhookDeliveries)
    .innerJoin(
      webhookEndpoints,
      and(
        eq(webhookEndpoints.merchantId, webhookDeliveries.merchantId),
        eq(webhookEndpoints.id, webhookDeliveries.endpointId),
      ),
    )
    .where(ofJob(job));
  return found;
}

/** By https://www.standardwebhooks.com: each secret that is good signs, the newest first. */
function signed({ id, url, payload, secrets }: Found, seal: Seal) {
  const body = JSON.stringify(payload);
  const now = new Date();
  const signatures = goodSecrets(secrets, now).map(({ sealed }) =>
    new Webhook(seal.open(sealed)).sign(id, now, body),
  );
  return {
    url,
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'DropMate-Webhooks',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': signatures.join(' '),
    },
  };
}

const goodSecrets = (secrets: readonly SealedSecret[], now: Date): SealedSecret[] =>
  secrets.filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > now.getTime());

type DeliveryOutcome =
  | { status: 'delivered' }
  | { status: 'pending'; nextAttemptAt: Date }
  | { status: 'dead'; isGone: boolean };

/** `most`: attempts that are made at all, when not those of the schedule. */
function outcomeOf(
  { status, error, retryAfter }: Attempt,
  most: number | undefined,
  { step }: AttemptJob,
  schedule: readonly number[],
): DeliveryOutcome {
  if (error === null) return { status: 'delivered' };
  if (status === 410) return { status: 'dead', isGone: true };
  const made = step + 1;
  const seconds =
    most !== undefined && made >= most
      ? null
      : nextAttemptIn(made, { random: Math.random(), retryAfter, schedule });
  if (seconds === null) return { status: 'dead', isGone: false };
  return { status: 'pending', nextAttemptAt: new Date(Date.now() + seconds * 1000) };
}

/** Writes down an attempt; false when that was done, or overtaken by a replay, meanwhile. */
async function record(
  tx: Transaction,
  job: AttemptJob,
  { status, error, ms }: Attempt,
  outcome: DeliveryOutcome,
): Promise<boolean> {
  const [delivery] = await tx
    .update(webhookDeliveries)
    .set({
      status: outcome.status,
      attempts: sql`${webhookDeliveries.attempts} + 1`,
      step: job.step + 1,
      nextAttemptAt: outcome.status === 'pending' ? outcome.nextAttemptAt : null,
      deliveredAt: outcome.status === 'delivered' ? new Date() : null,
    })
    .where(stillThere(job))
    .returning({ attempts: webhookDeliveries.attempts, endpointId: webhookDeliveries.endpointId });
  if (delivery === undefined) return false;
  await tx.insert(webhookAttempts).values({
    merchantId: job.merchantId,
    deliveryId: job.deliveryId,
    attempt: delivery.attempts,
    status,
    error,
    ms,
  });
  if (outcome.status === 'dead' && outcome.isGone) {
    await disable(tx, job.merchantId, delivery.endpointId);
  }
  return true;
}

const stillThere = (job: AttemptJob) =>
  and(
    ofJob(job),
    eq(webhookDeliveries.status, 'pending'),
    eq(webhookDeliveries.round, job.round),
    eq(webhookDeliveries.step, job.step),
  );

/** Nothing is sent to a disabled endpoint; once it is enabled again, it can be replayed. */
async function giveUp(tx: Transaction, job: AttemptJob): Promise<void> {
  await tx.update(webhookDeliveries).set({ status: 'dead', nextAttemptAt: null }).where(stillThere(job));
}

async function disable(tx: Transaction, merchantId: string, endpointId: string): Promise<void> {
  const now = new Date();
  await tx
    .update(webhookEndpoints)
    .set({ disabledAt: now, disabledReason: 'It answered 410 Gone.', updatedAt: now })
    .where(
      and(
        eq(webhookEndpoints.merchantId, merchantId),
        eq(webhookEndpoints.id, endpointId),
        isNull(webhookEndpoints.disabledAt),
      ),
    );
}
