import { and, eq, isNull } from 'drizzle-orm';
import { derivedId } from '../../../db/derived-id.ts';
import { webhookDeliveries, webhookEndpoints } from '../../../db/schema/webhooks.ts';
import type { Fact } from '../consequences.ts';
import { isErased } from '../is-erased.ts';
import type { JobContext } from '../jobs.ts';
import type { Outcome } from '../settle.ts';
import { tell } from './event.ts';
import { type Due, scheduleDeliveries } from './schedule.ts';

/**
 * Makes of a fact one delivery for each endpoint that wants it, and then a job for each. All ids derive from the fact, so
 * that whatever is done again after a kill is done once.
 */
export async function fanOut(context: FanOutContext, fact: Fact): Promise<Outcome> {
  const due =
    fact.topic === 'webhook' ? await findDelivery(context, fact) : await addDeliveries(context, fact);
  if (due === 'unreadable') return { status: 'dead', reason: 'not readable' };
  await scheduleDeliveries(context.boss, due);
  return { status: 'done' };
}

type FanOutContext = Pick<JobContext, 'database' | 'links'> & { boss: Pick<JobContext['boss'], 'insert'> };

/** A test or a replay: functions wrote the delivery, and the fact names it. */
async function findDelivery({ database }: FanOutContext, { merchantId, entityId }: Fact): Promise<Due[]> {
  return database.withMerchant(merchantId, (tx) =>
    tx
      .select(DUE)
      .from(webhookDeliveries)
      .where(
        and(
          eq(webhookDeliveries.merchantId, merchantId),
          eq(webhookDeliveries.id, entityId),
          eq(webhookDeliveries.status, 'pending'),
        ),
      ),
  );
}

const DUE = {
  merchantId: webhookDeliveries.merchantId,
  id: webhookDeliveries.id,
  endpointId: webhookDeliveries.endpointId,
  round: webhookDeliveries.round,
  step: webhookDeliveries.step,
  nextAttemptAt: webhookDeliveries.nextAttemptAt,
};

async function addDeliveries({ database, links }: FanOutContext, fact: Fact): Promise<Due[] | 'unreadable'> {
  const { merchantId, topic, entityId, version } = fact;
  return database.withMerchant(merchantId, async (tx) => {
    const endpoints = await tx
      .select({ id: webhookEndpoints.id, events: webhookEndpoints.events })
      .from(webhookEndpoints)
      .where(and(eq(webhookEndpoints.merchantId, merchantId), isNull(webhookEndpoints.disabledAt)));
    if (endpoints.length === 0) return [];
    const told = await tell(fact, { tx, links });
    if (told === undefined) return 'unreadable';
    const { event, orderId, data } = told;
    const wanting = endpoints.filter(({ events }) => events.includes(event));
    if (wanting.length === 0 || (orderId !== null && (await isErased(tx, fact, orderId)))) return [];
    const now = new Date();
    const rows = wanting.map((endpoint) => ({
      merchantId,
      id: derivedId('webhook', endpoint.id, topic, entityId, version),
      endpointId: endpoint.id,
      event,
      orderId,
      payload: { type: event, timestamp: fact.at, data },
      nextAttemptAt: now,
    }));
    await tx.insert(webhookDeliveries).values(rows).onConflictDoNothing();
    return rows.map((row) => ({ ...row, round: 0, step: 0 }));
  });
}
