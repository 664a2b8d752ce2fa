import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../../domain/errors.ts';

export type LoginThrottle = {
  /** Counts an attempt before it is looked at, so that many at once count too. Throws `too_many_requests`. */
  count: (email: string, address: string) => Promise<void>;
  /** Takes the attempt back: it was the right password. */
  forgive: (email: string, address: string) => Promise<void>;
};

const QUARTER_HOUR = 900;

/** Failed attempts in a quarter of an hour; `detail` tells who made too many. In this process's memory: each counts for itself. */
export function createLoginThrottle(detail: string): LoginThrottle {
  const limiter = (points: number) => new RateLimiterMemory({ points, duration: QUARTER_HOUR });
  // The third is for guessers with many addresses; high, or anybody could lock anybody out.
  const byAddress = limiter(100);
  const byBoth = limiter(10);
  const byEmail = limiter(100);
  return {
    count: async (email, address) => {
      await consume(byAddress, address, detail);
      await consume(byBoth, `${address} ${email}`, detail);
      await consume(byEmail, email, detail);
    },
    forgive: async (email, address) => {
      await Promise.all([
        byAddress.reward(address),
        byBoth.delete(`${address} ${email}`),
        byEmail.reward(email),
      ]);
    },
  };
}

async function consume(limiter: RateLimiterMemory, key: string, detail: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfter = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    throw new AppError('too_many_requests', detail, { retryAfter });
  }
}
