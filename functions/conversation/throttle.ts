import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../../domain/errors.ts';
import type { Deps } from '../deps.ts';

/** So many messages a minute may a sender write into one chat, and so many ratings may come of one link. */
const A_MINUTE = 20;

const limiters = new WeakMap<object, RateLimiterMemory>();

/**
 * Counts what a sender writes about an order, whether by room or by HTTP. In this process's memory: each process counts for
 * itself. Throws `too_many_requests`.
 */
export async function throttle(deps: Pick<Deps, 'db'>, orderId: string, sender: string): Promise<void> {
  const limiter = limiters.get(deps.db) ?? new RateLimiterMemory({ points: A_MINUTE, duration: 60 });
  limiters.set(deps.db, limiter);
  try {
    await limiter.consume(`${orderId} ${sender}`);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfter = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    throw new AppError('too_many_requests', 'That is too much in a minute; wait a little.', { retryAfter });
  }
}
