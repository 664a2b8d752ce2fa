import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../../db/client.ts';
import { derivedId } from '../../../db/derived-id.ts';
import { orders } from '../../../db/schema/orders.ts';
import type { JobContext, JobKind } from '../jobs.ts';
import { startPool } from '../pool.ts';
import { ROBOT_QUEUE, SANDBOX_QUEUE } from '../queues.ts';
import { roomPoster } from '../room-job.ts';
import { settleFacts } from '../settle.ts';
import { workQueue } from '../work-queue.ts';
import { type Act, nextAct } from './next-act.ts';
import { move, take } from './perform.ts';

export type SandboxOptions = {
  /** Between two acts of a robot; a test has less time. */
  tickMs?: number;
};

/** One act at one version of an order: its fact begins with the first, and each leads to the next. */
const RobotJob = z.object({ merchantId: z.uuid(), orderId: z.uuid(), version: z.int(), tick: z.int() });
type RobotJob = z.infer<typeof RobotJob>;

const SLOTS = 20;

/**
 * Starts to deliver the orders of the sandbox. Each version of such an order begins a chain of acts, which ends with a step,
 * and so with the next version. Acts are jobs with derived ids, so a worker that is killed is gone on for by the next.
 */
export async function startSandboxJobs(
  context: JobContext,
  realtimeUrl: string,
  { tickMs = 1000 }: SandboxOptions = {},
): Promise<JobKind> {
  const { boss, log, database } = context;
  const tell = roomPoster(context, realtimeUrl);

  async function schedule(job: RobotJob): Promise<void> {
    const id = derivedId('robot act', job.orderId, job.version, job.tick);
    const startAfter = new Date(Date.now() + tickMs).toISOString();
    await boss.insert(ROBOT_QUEUE, [{ id, data: job, startAfter }]);
    pool.wake();
  }

  const pool = startPool({
    ...{ boss, log, queue: ROBOT_QUEUE, slots: SLOTS, groups: { default: SLOTS } },
    async work(data) {
      const job = RobotJob.parse(data);
      const done = await act(database, job);
      if (done === undefined) return;
      if (done.act.do !== 'drive') {
        // As the API does; the sweep is the net.
        await database.hot`select pg_notify('outbox', '')`.catch(() => {});
        return;
      }
      const fix = { ...done.act.at, accuracy: 5, fixedAt: new Date().toISOString() };
      const { driverId } = done;
      // One that is lost is lost, as a phone's.
      if (driverId) await tell(job.merchantId, { type: 'fixes', driverId, source: 'sandbox', fixes: [fix] });
      await schedule({ ...job, tick: job.tick + 1 });
    },
  });
  const facts = await workQueue(
    boss,
    { queue: SANDBOX_QUEUE, workers: 1, batchSize: 16 },
    settleFacts(context, { queue: SANDBOX_QUEUE, what: 'the sandbox' }, async (fact) => {
      const { merchantId, entityId, version } = fact;
      await schedule({ merchantId, orderId: entityId, version, tick: 0 });
      return { status: 'done' };
    }),
  );
  return { wake: facts.wake, stop: pool.stop };
}

/** What was done; undefined when the order is at another version by now, which has a chain of its own. */
function act(
  database: Database,
  { merchantId, orderId, version, tick }: RobotJob,
): Promise<{ act: Act; driverId: string | null } | undefined> {
  return database.withMerchant(merchantId, async (tx) => {
    const [order] = await tx
      .select()
      .from(orders)
      .where(and(eq(orders.merchantId, merchantId), eq(orders.id, orderId), eq(orders.version, version)));
    if (!order?.sandbox) return undefined;
    const { status, sandboxOutcome, driverId } = order;
    const [pickup, dropoff] = [order.pickup.location, order.dropoff.location];
    const next = nextAct({ status, outcome: sandboxOutcome ?? 'delivered', pickup, dropoff }, tick);
    if (next.do === 'take') await take(tx, order);
    if (next.do === 'move') await move(tx, order, next.to);
    return { act: next, driverId };
  });
}
