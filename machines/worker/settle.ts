import type { Job, JobResult } from 'pg-boss';
import { complaint, describe } from './complaint.ts';
import { Fact } from './consequences.ts';
import type { JobContext } from './jobs.ts';

/** What came of a job: a `dead` one is tried no more. The reason names nobody. */
export type Outcome = { status: 'done' } | { status: 'retry' | 'dead'; reason: string };

/**
 * Makes the worker of a queue that the relay fills: does each fact of a batch, all at once, and settles each by itself. A
 * fact that can't be read is dead; when `work` throws it is tried again. Never rejects.
 */
export function settleFacts(
  { log, metrics }: Pick<JobContext, 'log' | 'metrics'>,
  { queue, what }: { queue: string; what: string },
  work: (fact: Fact) => Promise<Outcome>,
): (jobs: Job<unknown>[]) => Promise<JobResult[]> {
  const failures = complaint(log, what);

  async function settle(job: Job<unknown>): Promise<JobResult> {
    const fact = Fact.safeParse(job.data);
    const outcome: Outcome = fact.success
      ? await work(fact.data).catch((error) => ({ status: 'retry', reason: describe(error) }))
      : { status: 'dead', reason: 'not readable' };
    metrics.jobs.inc({ queue, outcome: outcome.status });
    switch (outcome.status) {
      case 'done':
        failures.worked();
        return { id: job.id, status: 'completed' };
      case 'retry':
        failures.failed(outcome.reason);
        return { id: job.id, status: 'failed', output: { reason: outcome.reason } };
      case 'dead':
        log.error(
          { job: job.id, topic: fact.data?.topic, entity: fact.data?.entityId, reason: outcome.reason },
          'dead letter',
        );
        return { id: job.id, status: 'deadletter', output: { reason: outcome.reason } };
    }
  }
  return (jobs) => Promise.all(jobs.map(settle));
}
