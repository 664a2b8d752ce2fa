import type { Context, MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../domain/errors.ts';
import { actorId } from '../domain/policy.ts';
import { clientAddress } from './accounts/client-address.ts';
import type { ApiEnv } from './api.ts';

/** Requests a minute that one may make; 0 is no limit. */
export type RateLimits = {
  /** A user, or an API key. */
  perCredential: number;
  /** Who shows no credential, or a wrong one; a phone tracker counts by its address too. */
  perAddress: number;
};

const WINDOW_SECONDS = 60;

/**
 * Two middlewares for `/v1`: `byAddress` stands before the credential is looked at, `byCredential` after it. Each process
 * counts for itself, in memory: with n of them the limit is up to n times as high, and nothing is written for a request.
 */
export function rateLimits(
  { perCredential, perAddress }: RateLimits,
  { isOpen, onFly }: { isOpen: (path: string) => boolean; onFly: boolean },
): { byAddress: MiddlewareHandler<ApiEnv>; byCredential: MiddlewareHandler<ApiEnv> } {
  const strangers = limiter('address', perAddress);
  const known = limiter('credential', perCredential);
  return {
    byAddress: async (c, next) => {
      if (strangers === undefined) return next();
      const address = clientAddress(c, onFly);
      if (c.req.header('Authorization') === undefined || isOpen(c.req.path)) {
        await take(c, strangers, address);
        return next();
      }
      // A good credential counts for itself. Those who guess are told to wait before the next guess is looked at.
      const guesses = await strangers.get(`guess ${address}`);
      if (guesses !== null && guesses.remainingPoints <= 0) throw tooMany(c, strangers, guesses);
      await next();
      if (c.res.status === 401) await strangers.penalty(`guess ${address}`);
    },
    byCredential: async (c, next) => {
      const { actor } = c.var;
      if (known !== undefined && actor !== undefined) await take(c, known, actorId(actor));
      await next();
    },
  };
}

const limiter = (name: string, points: number): RateLimiterMemory | undefined =>
  points === 0 ? undefined : new RateLimiterMemory({ keyPrefix: name, points, duration: WINDOW_SECONDS });

async function take(c: Context<ApiEnv>, limit: RateLimiterMemory, key: string): Promise<void> {
  try {
    tell(c, limit, await limit.consume(key));
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) throw tooMany(c, limit, refusal);
    throw refusal;
  }
}

function tooMany(c: Context<ApiEnv>, limit: RateLimiterMemory, state: RateLimiterRes): AppError {
  tell(c, limit, state);
  return new AppError('too_many_requests', `At most ${limit.points} requests a minute; wait a while.`, {
    retryAfter: seconds(state),
  });
}

/** The header fields of draft-ietf-httpapi-ratelimit-headers-10. */
function tell(c: Context<ApiEnv>, { keyPrefix, points }: RateLimiterMemory, state: RateLimiterRes): void {
  c.header('RateLimit-Policy', `"${keyPrefix}";q=${points};w=${WINDOW_SECONDS}`);
  c.header('RateLimit', `"${keyPrefix}";r=${state.remainingPoints};t=${seconds(state)}`);
}

const seconds = ({ msBeforeNext }: RateLimiterRes): number => Math.max(1, Math.ceil(msBeforeNext / 1000));
