import { createHash } from 'node:crypto';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../../db/client.ts';
import { AppError } from '../../domain/errors.ts';

export type LoginThrottle = {
  /** Counts an attempt before it is looked at, so that many at once count too. Throws `too_many_requests`. */
  count: (email: string, address: string) => Promise<void>;
  /** Takes the attempt back: it was the right password. */
  forgive: (email: string, address: string) => Promise<void>;
};

const QUARTER_HOUR = 900;

/**
 * Failed attempts in a quarter of an hour, over all processes: the table `throttles`, which knows emails and addresses by
 * their hash only. `kind` keeps one thing's attempts from another's; `detail` tells who made too many.
 */
export function createLoginThrottle(db: Database, kind: string, detail: string): LoginThrottle {
  const storeClient = storeOf(db);
  const limiter = (name: string, points: number) =>
    new RateLimiterPostgres({
      storeClient,
      storeType: 'pool',
      tableName: 'throttles',
      tableCreated: true,
      keyPrefix: `${kind} ${name}`,
      points,
      duration: QUARTER_HOUR,
    });
  // The third is for guessers with many addresses; high, or anybody could lock anybody out.
  const byAddress = limiter('address', 100);
  const byBoth = limiter('both', 10);
  const byEmail = limiter('email', 100);
  return {
    count: async (email, address) => {
      await consume(byAddress, hash(address), detail);
      await consume(byBoth, hash(`${address} ${email}`), detail);
      await consume(byEmail, hash(email), detail);
    },
    forgive: async (email, address) => {
      await Promise.all([
        byAddress.reward(hash(address)),
        byBoth.delete(hash(`${address} ${email}`)),
        byEmail.reward(hash(email)),
      ]);
    },
  };
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** What the limiter asks of a `pg` pool, on the system role's connections. Asked each time: they are renewed. */
const storeOf = (db: Database) => ({
  query: async ({ text, values }: { text: string; values?: (string | number | null)[] }) => {
    const rows = await db.system.$client.unsafe(text, values ?? []);
    return { rows, rowCount: rows.count };
  },
});

async function consume(limiter: RateLimiterPostgres, key: string, detail: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfter = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    throw new AppError('too_many_requests', detail, { retryAfter });
  }
}
