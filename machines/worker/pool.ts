import { setTimeout as delay } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { complaint, describe } from './complaint.ts';

export type PoolOptions = {
  boss: Pick<PgBoss, 'fetch' | 'complete' | 'fail'>;
  queue: string;
  log: Logger;
  /** Jobs in hand at a time, and, of those, of one group, over all workers. */
  slots: number;
  groups: { default: number; tiers?: Record<string, number> };
  work: (data: unknown, signal: AbortSignal) => Promise<void>;
};

export type Pool = { wake: () => void; stop: () => Promise<void> };

const MOST_AT_ONCE = 32;
const LOOK_MS = 1000;
const GRACE_MS = 5000;

/**
 * Works a queue whose jobs wait for others, each by itself and many at a time: pg-boss's own workers would wait for the
 * slowest of a batch, or look for jobs once each. A group at its limit is passed over. On `stop`, what does not end within
 * 5 s is aborted and left to another worker.
 */
export function startPool({ boss, queue, log, slots, groups, work }: PoolOptions): Pool {
  const failures = complaint(log, `the queue ${queue}`);
  const aborting = new AbortController();
  const inHand = new Set<Promise<void>>();
  let stopped = false;
  let wakeUp = () => {};
  let woken = false;

  function wake(): void {
    woken = true;
    wakeUp();
  }

  async function settle(job: { id: string; data: unknown }): Promise<void> {
    try {
      await work(job.data, aborting.signal);
      await boss.complete(queue, job.id);
      failures.worked();
    } catch (error) {
      if (!aborting.signal.aborted) failures.failed(error);
      // When that fails too, it is found again after its expiry.
      await boss.fail(queue, job.id, { reason: describe(error) }).catch(() => {});
    }
  }

  /** Whether there may be more. */
  async function take(): Promise<boolean> {
    const batchSize = Math.min(MOST_AT_ONCE, slots - inHand.size);
    if (batchSize <= 0) return false;
    const jobs = await boss.fetch(queue, { batchSize, groupConcurrency: groups });
    for (const job of jobs) {
      const settled = settle(job).finally(() => {
        inHand.delete(settled);
        // Its slot is free, and its group below the limit.
        wake();
      });
      inHand.add(settled);
    }
    return jobs.length > 0;
  }

  async function run(): Promise<void> {
    while (!stopped) {
      woken = false;
      const more = await take().catch((error) => {
        failures.failed(error);
        return false;
      });
      if (!more && !woken && !stopped) await pause();
    }
  }

  /** Until woken, or the next look. */
  async function pause(): Promise<void> {
    const waking = new AbortController();
    wakeUp = () => waking.abort();
    await delay(LOOK_MS, undefined, { signal: waking.signal }).catch(() => {});
    wakeUp = () => {};
  }

  const running = run();
  return {
    wake,
    async stop() {
      stopped = true;
      wake();
      await running;
      const patience = setTimeout(() => aborting.abort(new Error('the worker stops')), GRACE_MS);
      await Promise.all(inHand);
      clearTimeout(patience);
    },
  };
}
