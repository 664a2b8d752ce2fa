import { createRoute, z } from '@hono/zod-openapi';
import { and, eq, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { ratings } from '../../db/schema/conversation.ts';
import { orders, outbox } from '../../db/schema/orders.ts';
import { AppError } from '../../domain/errors.ts';
import { Instant } from '../../domain/orders.ts';
import { mayChangeRating, NewRating, RATING_MS_TO_CHANGE } from '../../domain/ratings.ts';
import { answer, body, problems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { TokenParam } from '../tracking/get.ts';
import { openLink } from './open-link.ts';
import { throttle } from './throttle.ts';

/** What the customer said, as the customer sees it. */
const OwnRating = z
  .object({
    stars: z.int(),
    comment: z.string().nullable(),
    changeableUntil: Instant,
  })
  .openapi('OwnRating');
const NewRatingBody = z.strictObject(NewRating.shape).openapi('NewRating');

export const rateDeliveryRoute = createRoute({
  method: 'post',
  path: '/v1/tracking/{token}/rating',
  summary: 'Say how the delivery was',
  description:
    'Once it is delivered, while the link is good. It may be changed for 24 h after the first word.',
  tags: ['Tracking'],
  request: { params: TokenParam, body: body(NewRatingBody) },
  responses: {
    200: answer(OwnRating, 'The rating'),
    ...problems('not_found', 'conflict', 'too_many_requests'),
  },
});

export const getOwnRatingRoute = createRoute({
  method: 'get',
  path: '/v1/tracking/{token}/rating',
  summary: 'What the customer said of the delivery',
  tags: ['Tracking'],
  request: { params: TokenParam },
  responses: {
    200: answer(z.object({ rating: OwnRating.nullable() }), 'The rating, or null'),
    ...problems('not_found'),
  },
});

/** Whoever holds the link. Throws `not_found`, `conflict` (not delivered, or too late to change it). */
export async function rateDelivery(deps: Deps, token: string, { stars, comment: said }: NewRating) {
  const comment = said ?? null;
  const { merchantId, orderId } = await openLink(deps, token);
  await throttle(deps, orderId, 'rating');
  const rated = await deps.db.withMerchant(merchantId, async (tx) => {
    const [order] = await tx
      .select({ status: orders.status, driverId: orders.driverId })
      .from(orders)
      .where(and(eq(orders.merchantId, merchantId), eq(orders.id, orderId)))
      // The customer's erasure comes before or after, and not in between.
      .for('share');
    if (order?.status !== 'delivered') {
      throw new AppError('conflict', 'Only what was delivered can be rated.');
    }
    const known = await findRating(tx, merchantId, orderId);
    if (known?.stars === stars && known.comment === comment) return known;
    if (known !== undefined && !mayChangeRating(known.createdAt, new Date())) {
      throw new AppError('conflict', 'A rating can be changed for a day, and that is over.');
    }
    const now = sql`clock_timestamp()`;
    const [row] = await tx
      .insert(ratings)
      .values({
        merchantId,
        orderId,
        driverId: order.driverId,
        stars,
        comment,
        createdAt: now,
        updatedAt: now,
      })
      .onConflictDoUpdate({
        target: [ratings.merchantId, ratings.orderId],
        set: { stars, comment, updatedAt: now, version: sql`${ratings.version} + 1` },
      })
      .returning();
    if (row === undefined) throw new Error('an upsert returns its row');
    await tx.insert(outbox).values({
      topic: 'rating',
      merchantId,
      entityId: orderId,
      version: row.version,
      payload: sql`(select to_jsonb(r) from ${ratings} r where r.merchant_id = ${merchantId} and r.order_id = ${orderId})`,
    });
    return row;
  });
  deps.wakeRelay();
  return ownRating(rated);
}

/** Whoever holds the link. Throws `not_found`. */
export async function getOwnRating(deps: Deps, token: string) {
  const { merchantId, orderId } = await openLink(deps, token);
  const row = await deps.db.withMerchant(merchantId, (tx) => findRating(tx, merchantId, orderId));
  return { rating: row === undefined ? null : ownRating(row) };
}

export async function findRating(tx: Transaction, merchantId: string, orderId: string) {
  const [row] = await tx
    .select()
    .from(ratings)
    .where(and(eq(ratings.merchantId, merchantId), eq(ratings.orderId, orderId)));
  return row;
}

type RatingRow = NonNullable<Awaited<ReturnType<typeof findRating>>>;

const ownRating = ({ stars, comment, createdAt }: RatingRow) => ({
  stars,
  comment,
  changeableUntil: new Date(createdAt.getTime() + RATING_MS_TO_CHANGE).toISOString(),
});
