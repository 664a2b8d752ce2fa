import { createRoute, z } from '@hono/zod-openapi';
import { and, desc, eq, gte, lte, sql } from 'drizzle-orm';
import { ratings } from '../../db/schema/conversation.ts';
import { notFound } from '../../domain/errors.ts';
import { Instant } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { afterId, PageQuery, pageOf, toPage } from '../paging.ts';
import { findRating } from './rate-delivery.ts';
import { Rating, ratingFromRow } from './rating.ts';

export const ListRatingsQuery = PageQuery.extend({
  driverId: z.uuid().optional(),
  from: Instant.optional().openapi({ description: 'Said at or after.' }),
  to: Instant.optional().openapi({ description: 'Said before or at.' }),
});

const RatingPage = pageOf(Rating)
  .extend({
    count: z.int().openapi({ description: 'Of all that match, not of this page.' }),
    average: z.number().nullable().openapi({ description: 'Stars, of all that match; null of none.' }),
  })
  .openapi('RatingPage');

export const listRatingsRoute = createRoute({
  method: 'get',
  path: '/v1/ratings',
  summary: 'List ratings, newest first, with their average',
  tags: ['Ratings'],
  ...secured('ratings:read'),
  request: { query: ListRatingsQuery },
  responses: { 200: answer(RatingPage, 'A page of ratings'), ...securedProblems() },
});

export const getRatingRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/rating',
  summary: "The customer's rating of an order",
  tags: ['Ratings'],
  ...secured('ratings:read'),
  request: { params: IdParam },
  responses: { 200: answer(Rating, 'The rating'), ...securedProblems('not_found') },
});

/** Managers and API keys; a driver shall not have to wonder which customer said what. */
export async function listRatings(
  deps: Deps,
  { merchantId }: Actor,
  query: z.infer<typeof ListRatingsQuery>,
) {
  const { driverId, from, to, limit } = query;
  const after = afterId(query.cursor);
  const matching = and(
    eq(ratings.merchantId, merchantId),
    driverId === undefined ? undefined : eq(ratings.driverId, driverId),
    from === undefined ? undefined : gte(ratings.createdAt, new Date(from)),
    to === undefined ? undefined : lte(ratings.createdAt, new Date(to)),
  );
  return deps.db.withMerchant(merchantId, async (tx) => {
    const found = await tx
      .select()
      .from(ratings)
      .where(
        and(
          matching,
          after === undefined
            ? undefined
            : sql`(${ratings.createdAt}, ${ratings.orderId}) < (select r.created_at, r.order_id from ${ratings} r
                where r.merchant_id = ${merchantId} and r.order_id = ${after})`,
        ),
      )
      .orderBy(desc(ratings.createdAt), desc(ratings.orderId))
      .limit(limit + 1);
    const [sum] = await tx
      .select({
        count: sql<number>`count(*)::int`,
        average: sql<number | null>`avg(${ratings.stars})::float8`,
      })
      .from(ratings)
      .where(matching);
    const { rows, nextCursor } = toPage(
      found.map((row) => ({ ...row, id: row.orderId })),
      limit,
    );
    return {
      data: rows.map(ratingFromRow),
      nextCursor,
      count: sum?.count ?? 0,
      average: sum?.average ?? null,
    };
  });
}

/** Managers and API keys. Throws `not_found`, also while nothing was said. */
export async function getRating(deps: Deps, { merchantId }: Actor, orderId: string): Promise<Rating> {
  const row = await deps.db.withMerchant(merchantId, (tx) => findRating(tx, merchantId, orderId));
  if (row === undefined) throw notFound('rating');
  return ratingFromRow(row);
}
