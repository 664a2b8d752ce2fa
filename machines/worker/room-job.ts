import { driverRecordFromJson, orderRecordFromJson, type TrackingLinks } from '../../db/order-record.ts';
import { rowFromJson } from '../../db/row.ts';
import { messages } from '../../db/schema/conversation.ts';
import { serviceKey, signServiceToken } from '../../db/secrets.ts';
import type { RoomEvent } from '../../domain/room-events.ts';
import { describe } from './complaint.ts';
import type { Fact } from './consequences.ts';
import type { JobContext, JobKind } from './jobs.ts';
import type { Metrics } from './metrics.ts';
import { ROOM_QUEUE } from './queues.ts';
import { type Outcome, settleFacts } from './settle.ts';
import { workQueue } from './work-queue.ts';

/** Starts to post each fact to its merchant's fleet room. `realtimeUrl` is REALTIME_INTERNAL_URL. */
export function startRoomJobs(context: JobContext, realtimeUrl: string): Promise<JobKind> {
  const { metrics, links } = context;
  const tell = roomPoster(context, realtimeUrl);
  const work = settleFacts(context, { queue: ROOM_QUEUE, what: 'posting to rooms' }, async (fact) => {
    const event = roomEvent(fact, links);
    if (!event) return { status: 'dead', reason: 'not readable' };
    const outcome = await tell(fact.merchantId, event);
    if (outcome.status === 'done') metrics.roomDelay.observe((Date.now() - Date.parse(fact.at)) / 1000);
    return outcome;
  });
  return workQueue(context.boss, { queue: ROOM_QUEUE, workers: 4, batchSize: 16 }, work);
}

/** Posts events to the merchants' fleet rooms; never rejects. `realtimeUrl` is REALTIME_INTERNAL_URL. */
export function roomPoster({ metrics, secret }: Pick<JobContext, 'metrics' | 'secret'>, realtimeUrl: string) {
  const token = serviceToken(serviceKey(secret));
  return async (merchantId: string, event: RoomEvent): Promise<Outcome> =>
    post({ realtimeUrl, metrics }, merchantId, event, await token());
}

/** What the room is told, or undefined when the row can't be read. */
function roomEvent({ topic, entityId, payload, at }: Fact, links: TrackingLinks): RoomEvent | undefined {
  try {
    switch (topic) {
      case 'order':
        return { type: 'order', order: orderRecordFromJson(payload, links) };
      case 'driver':
        return {
          type: 'driver',
          driver: driverRecordFromJson(payload),
          ...(payload.robot === true && { robot: true }),
        };
      case 'driver_removed':
        return { type: 'driver_removed', driverId: entityId };
      case 'user_removed':
        return { type: 'user_removed', userId: entityId };
      case 'message':
        return messageEvent(payload);
      case 'chat_erased':
        return { type: 'chat_erased', orderId: entityId, at };
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

function messageEvent(payload: Record<string, unknown>): RoomEvent {
  const { id, orderId, sender, text, createdAt } = rowFromJson(messages, payload);
  return { type: 'message', orderId, message: { id, from: sender, text, at: createdAt.toISOString() } };
}

const POST_TIMEOUT_MS = 5000;

async function post(
  { realtimeUrl, metrics }: { realtimeUrl: string; metrics: Metrics },
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
