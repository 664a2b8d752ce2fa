import type { ApiProblem } from '../../session/problem.ts';
import type { Notice, OutboxItem } from './item.ts';

/** What an attempt brought: the server's answer, or why there is none. */
export type SendResult = { ok: true; status: number; body: unknown } | { ok: false; problem: ApiProblem };

export type Outcome =
  | { type: 'done'; notice: Notice | null }
  /** The server knows better: what is displayed is to be loaded again. */
  | { type: 'refused'; notice: Notice }
  /** This order's lane waits; others go on. */
  | { type: 'later'; notBefore: number }
  /** Nothing can be sent until then: there is no network, or too much was asked. */
  | { type: 'pause'; until: number }
  /** Nothing can be sent before the driver logs in again. */
  | { type: 'signed_out' };

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * What an answer means for the item. `random` is from 0 to 1. Pure. An answer of 2xx is final, 202 being a report that came
 * too late and is kept; so is a refusal that would be the same again (400, 403, 404, 409, 422…). All else is tried again:
 * by its id the server takes a repeat for what it is.
 */
export function outcomeOf(item: OutboxItem, result: SendResult, now: number, random: number): Outcome {
  if (result.ok) {
    return { type: 'done', notice: result.status === 202 ? noticeOf(item, 'late', 'late', '') : null };
  }
  const { problem } = result;
  const patience = Math.max((problem.retryAfter ?? 0) * 1000, backoff(item.attempts, random));
  if (problem.status === 0 || problem.status === 429) return { type: 'pause', until: now + patience };
  if (problem.code === 'unauthenticated') return { type: 'signed_out' };
  // What tells no code is no answer of ours, but of something in between.
  if (problem.isTransient || problem.code === 'unknown') return { type: 'later', notBefore: now + patience };
  return { type: 'refused', notice: refusalOf(item, problem) };
}

/** 1, 2, 4 … 60 seconds, a quarter more or less: a thousand phones do not come back in the same second. */
export function backoff(attempts: number, random: number): number {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 10));
  return Math.round(pause * (0.75 + random / 2));
}

function refusalOf(item: OutboxItem, problem: ApiProblem): Notice {
  const { missing, triesLeft } = problem.extra;
  return {
    ...noticeOf(item, 'refused', problem.code, problem.message),
    missing: Array.isArray(missing) ? missing.filter((each) => typeof each === 'string') : [],
    triesLeft: typeof triesLeft === 'number' ? triesLeft : null,
  };
}

function noticeOf(item: OutboxItem, kind: Notice['kind'], code: string, detail: string): Notice {
  const { id, driverId, at, action } = item;
  const about = {
    kind: action.kind,
    orderNumber: 'orderNumber' in action ? action.orderNumber : null,
    status: action.kind === 'status' ? action.status : null,
  };
  return { id, driverId, at, kind, action: about, code, detail, missing: [], triesLeft: null };
}
