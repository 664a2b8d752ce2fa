import type { Job, JobResult } from 'pg-boss';
import type { Logger } from 'pino';
import { driverRecordFromJson, orderRecordFromJson, type TrackingLinks } from '../../db/order-record.ts';
import { signServiceToken } from '../../db/secrets.ts';
import type { RoomEvent } from '../../domain/room-events.ts';
import { complaint, describe } from './complaint.ts';
import { Fact } from './consequences.ts';
import type { Metrics } from './metrics.ts';
import { ROOM_QUEUE } from './queues.ts';

export type RoomJobOptions = {
  /** Where the rooms are: REALTIME_INTERNAL_URL. */
  realtimeUrl: string;
  /** Of db/secrets.ts serviceKey(). */
  key: Uint8Array;
  links: TrackingLinks;
  log: Logger;
  metrics: Metrics;
};

type Outcome = { status: 'done' } | { status: 'retry' | 'dead'; reason: string };

/**
 * Makes the worker of the room queue: posts each fact of a batch to its merchant's fleet room, all at once, and settles
 * each by itself. Never rejects.
 */
export function roomJob(options: RoomJobOptions): (jobs: Job<unknown>[]) => Promise<JobResult[]> {
  const { log, metrics } = options;
  const failures = complaint(log, 'posting to rooms');
  const token = serviceToken(options.key);

  async function settle(job: Job<unknown>): Promise<JobResult> {
    const fact = Fact.safeParse(job.data);
    const event = fact.success ? roomEvent(fact.data, options.links) : undefined;
    const outcome: Outcome =
      fact.success && event
        ? await post(options, fact.data.merchantId, event, await token())
        : { status: 'dead', reason: 'not readable' };
    metrics.jobs.inc({ queue: ROOM_QUEUE, outcome: outcome.status });
    if (outcome.status === 'done') {
      failures.worked();
      if (fact.success) metrics.roomDelay.observe((Date.now() - Date.parse(fact.data.at)) / 1000);
      return { id: job.id, status: 'completed' };
    }
    if (outcome.status === 'retry') {
      failures.failed(outcome.reason);
      return { id: job.id, status: 'failed', output: { reason: outcome.reason } };
    }
    log.error(
      { job: job.id, topic: fact.data?.topic, entity: fact.data?.entityId, reason: outcome.reason },
      'dead letter',
    );
    return { id: job.id, status: 'deadletter', output: { reason: outcome.reason } };
  }
  return (jobs) => Promise.all(jobs.map(settle));
}

/** What the room is told, or undefined when the row can't be read. */
function roomEvent({ topic, entityId, payload }: Fact, links: TrackingLinks): RoomEvent | undefined {
  try {
    switch (topic) {
      case 'order':
        return { type: 'order', order: orderRecordFromJson(payload, links) };
      case 'driver':
        return { type: 'driver', driver: driverRecordFromJson(payload) };
      case 'driver_removed':
        return { type: 'driver_removed', driverId: entityId };
      case 'user_removed':
        return { type: 'user_removed', userId: entityId };
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

const POST_TIMEOUT_MS = 5000;

async function post(
  { realtimeUrl, metrics }: RoomJobOptions,
  merchantId: string,
  event: RoomEvent,
  token: string,
): Promise<Outcome> {
  const ended = metrics.roomPost.startTimer();
  try {
    const response = await fetch(new URL(`/parties/fleet-room/${merchantId}`, realtimeUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(event),
      redirect: 'manual',
      signal: AbortSignal.timeout(POST_TIMEOUT_MS),
    });
    // To its end, or the connection isn't used again.
    await response.arrayBuffer();
    return outcomeOf(response.status);
  } catch (error) {
    return { status: 'retry', reason: describe(error) };
  } finally {
    ended();
  }
}

// 401 and 403 are about us, a secret or a clock that is being set right, and not about the event.
const PASSING = [401, 403, 408, 425, 429];

/** What an HTTP status means for the event: a 4xx is final, but for those that pass. */
export function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return { status: 'done' };
  const final = status >= 400 && status < 500 && !PASSING.includes(status);
  return { status: final ? 'dead' : 'retry', reason: `the room answered ${status}` };
}

const TOKEN_USE_MS = 30_000;

/** A token of ours, good for a minute, and used for half of that. */
function serviceToken(key: Uint8Array): () => Promise<string> {
  let signedAt = Number.NEGATIVE_INFINITY;
  let token: Promise<string>;
  return () => {
    if (performance.now() - signedAt > TOKEN_USE_MS) {
      signedAt = performance.now();
      token = signServiceToken(key, 'worker', 'dropmate:realtime');
    }
    return token;
  };
}
