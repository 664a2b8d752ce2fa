import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { and, eq, gt, sql } from 'drizzle-orm';
import type { Context } from 'hono';
import type { Transaction } from '../db/client.ts';
import { idempotencyKeys } from '../db/schema/upkeep.ts';
import { AppError } from '../domain/errors.ts';
import { type Actor, driverScope } from '../domain/policy.ts';
import type { ApiEnv } from './api.ts';
import type { Deps } from './deps.ts';

export const IdempotencyKey = z.object({
  'idempotency-key': z
    .string()
    .optional()
    .openapi({
      description:
        'Made by the client, 1 to 255 visible ASCII characters. For 24 hours the same request with the same key is answered ' +
        'as it was first, with `Idempotency-Replayed: true`, and does nothing; another request with it is 422. While the ' +
        'first one is being answered, the next is 409.',
    }),
});

/** What makes a request the same as an earlier one. */
export type Once = {
  key: string;
  requestHash: string;
  /** Tells the client that the answer is the first one's. */
  replayed: () => void;
};

/** `input` is the body as it was parsed. Undefined without the header; throws `invalid` for one that is no key. */
export function onceFor(
  c: Pick<Context<ApiEnv>, 'req' | 'header' | 'var'>,
  input: unknown,
): Once | undefined {
  const key = c.req.header('Idempotency-Key');
  if (key === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new AppError('invalid', 'The request is not valid.', {
      errors: [{ path: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' }],
    });
  }
  // `me` in a path is another driver's each time, and so is what was answered: a device's token.
  const driver = (c.var.actor && driverScope(c.var.actor)) ?? '';
  const request = `${c.req.method} ${c.req.path} ${driver}${canonical(input)}`;
  return {
    key,
    requestHash: createHash('sha256').update(request).digest('hex'),
    replayed: () => c.header('Idempotency-Replayed', 'true'),
  };
}

/** The same for one of many in a body, by its place there: it may be repeated without the others. */
export function onceForPart(
  c: Pick<Context<ApiEnv>, 'req' | 'header' | 'var'>,
  part: unknown,
  index: number,
): Once | undefined {
  const once = onceFor(c, part);
  return once && { ...once, key: `${once.key}:${index}` };
}

/** JSON with its keys in order, so that who writes them in another order asks the same. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/**
 * `withMerchant` for a verb that creates something: with a key, its answer is stored in the same transaction, and is what
 * a repeat gets instead of a second one. `create` gives the whole answer. (Creating an order does the same in SQL.)
 * Throws `conflict` while the first request runs, `unprocessable` when it was another one, and what `create` throws.
 */
export async function createOnce<T extends object>(
  { db, answers }: Pick<Deps, 'db' | 'answers'>,
  { merchantId }: Actor,
  once: Once | undefined,
  create: (tx: Transaction) => Promise<T>,
): Promise<T> {
  if (once === undefined) return db.withMerchant(merchantId, create);
  return db.withMerchant(merchantId, async (tx) => {
    await takeTurn(tx, merchantId, once.key);
    const earlier = await earlierAnswer<T>(tx, answers, merchantId, once);
    if (earlier !== undefined) return earlier;
    const answer = await create(tx);
    // Sealed: it may hold a key or a link that is shown this once, or whom it is about.
    const row = {
      requestHash: once.requestHash,
      status: 201,
      response: { sealed: answers.seal(JSON.stringify(answer)) },
      createdAt: sql`now()`,
    };
    await tx
      .insert(idempotencyKeys)
      .values({ merchantId, key: once.key, ...row })
      .onConflictDoUpdate({ target: [idempotencyKeys.merchantId, idempotencyKeys.key], set: row });
    return answer;
  });
}

/**
 * What createOnce would answer a repeat with, for a verb that has much to do before: undefined when it is none. Throws
 * `unprocessable` when it was another request.
 */
export async function findAnswer<T extends object>(
  { db, answers }: Pick<Deps, 'db' | 'answers'>,
  { merchantId }: Actor,
  once: Once | undefined,
): Promise<T | undefined> {
  if (once === undefined) return undefined;
  return db.withMerchant(merchantId, (tx) => earlierAnswer<T>(tx, answers, merchantId, once));
}

async function earlierAnswer<T>(
  tx: Transaction,
  answers: Deps['answers'],
  merchantId: string,
  once: Once,
): Promise<T | undefined> {
  const [earlier] = await tx
    .select()
    .from(idempotencyKeys)
    .where(
      and(
        eq(idempotencyKeys.merchantId, merchantId),
        eq(idempotencyKeys.key, once.key),
        gt(idempotencyKeys.createdAt, sql`now() - interval '24 hours'`),
      ),
    );
  if (earlier === undefined) return undefined;
  const { sealed } = Stored.parse(earlier.response);
  if (earlier.requestHash !== once.requestHash || sealed === undefined) throw otherRequest();
  once.replayed();
  // This route sealed it, within the last day.
  return JSON.parse(answers.open(sealed)) as T;
}

/**
 * Has who repeats the request that made this row answered with what it is by now: what was erased is not to come back. The
 * answer was stored in the transaction that made the row, so at the same moment.
 */
export async function amendAnswer<T extends { id: string }>(
  tx: Transaction,
  answers: Deps['answers'],
  made: { merchantId: string; createdAt: Date },
  answer: T,
): Promise<void> {
  const { merchantId, key, createdAt, response } = idempotencyKeys;
  const stored = await tx
    .select({ key, response })
    .from(idempotencyKeys)
    .where(and(eq(merchantId, made.merchantId), eq(createdAt, made.createdAt)));
  for (const row of stored) {
    const { sealed } = Stored.parse(row.response);
    if (sealed === undefined || idIn(answers, sealed) !== answer.id) continue;
    await tx
      .update(idempotencyKeys)
      .set({ response: { sealed: answers.seal(JSON.stringify(answer)) } })
      .where(and(eq(merchantId, made.merchantId), eq(key, row.key)));
  }
}

const WithId = z.object({ id: z.string().optional() });

/** None for what was sealed with a secret that was lost: nobody is answered with that. */
function idIn(answers: Deps['answers'], sealed: string): string | undefined {
  try {
    return WithId.parse(JSON.parse(answers.open(sealed))).id;
  } catch {
    return undefined;
  }
}

/** An order's answer is a row, and not sealed. */
const Stored = z.object({ sealed: z.string().optional() });

/** The second of two at once does not see the first's row, so a lock tells it: the one that create_order_once takes. */
async function takeTurn(tx: Transaction, merchantId: string, key: string): Promise<void> {
  const [turn] = await tx.execute<{ taken: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`dropmate order ${merchantId} ${key}`}, 0)) as taken`,
  );
  if (turn?.taken !== true) throw stillRunning();
}

export const stillRunning = (): AppError =>
  new AppError('conflict', 'The first request with this Idempotency-Key is still being answered.', {
    retryAfter: 1,
  });

export const otherRequest = (): AppError =>
  new AppError('unprocessable', 'This Idempotency-Key was used for another request.', {
    errors: [{ path: 'Idempotency-Key', message: 'was used with another body' }],
  });
