import { createRoute } from '@hono/zod-openapi';
import { and, asc, eq, gte, lt, sql } from 'drizzle-orm';
import { ratings } from '../../db/schema/conversation.ts';
import { drivers } from '../../db/schema/drivers.ts';
import { orders } from '../../db/schema/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import type { Period } from '../analytics/get.ts';
import { secured, securedProblems } from '../api.ts';
import { type Columns, pagesOf } from '../csv/write.ts';
import type { Deps } from '../deps.ts';
import {
  ABOUT_EXPORTS,
  type CsvAnswer,
  csvAnswer,
  ExportQuery,
  exportCsv,
  PAGE,
  type Writers,
} from './export.ts';

export const exportRatingsRoute = createRoute({
  method: 'get',
  path: '/v1/orders/export/ratings',
  summary: 'The ratings that were given in a period, as CSV',
  description: ABOUT_EXPORTS,
  tags: ['Exports'],
  ...secured('ratings:read'),
  request: { query: ExportQuery },
  responses: { 200: csvAnswer('The ratings, the oldest first'), ...securedProblems() },
});

type Row = Awaited<ReturnType<typeof readPage>>[number];

/** Managers and API keys. */
export function exportRatings(deps: Deps, actor: Actor, query: ExportQuery): Promise<CsvAnswer> {
  return exportCsv<Row>(deps, actor, query, {
    name: 'ratings',
    columns,
    pages: (period) => pagesOf(PAGE, (after) => readPage(deps, actor.merchantId, period, after)),
  });
}

function readPage(
  { db }: Deps,
  merchantId: string,
  { starts, ends }: Pick<Period, 'starts' | 'ends'>,
  after: { ratedAt: Date; orderId: string } | undefined,
) {
  const isLater =
    after &&
    sql`(${ratings.createdAt}, ${ratings.orderId}) > (${after.ratedAt.toISOString()}::timestamptz, ${after.orderId}::uuid)`;
  return db.withMerchant(merchantId, (tx) =>
    tx
      .select({
        ratedAt: ratings.createdAt,
        changedAt: ratings.updatedAt,
        number: orders.number,
        orderId: ratings.orderId,
        externalId: orders.externalId,
        driverId: ratings.driverId,
        driver: drivers.name,
        stars: ratings.stars,
        comment: ratings.comment,
      })
      .from(ratings)
      .innerJoin(orders, and(eq(orders.merchantId, ratings.merchantId), eq(orders.id, ratings.orderId)))
      .leftJoin(drivers, and(eq(drivers.merchantId, ratings.merchantId), eq(drivers.id, ratings.driverId)))
      .where(
        and(
          eq(ratings.merchantId, merchantId),
          gte(ratings.createdAt, starts),
          lt(ratings.createdAt, ends),
          isLater,
        ),
      )
      .orderBy(asc(ratings.createdAt), asc(ratings.orderId))
      .limit(PAGE),
  );
}

const columns = ({ time }: Writers): Columns<Row> => ({
  rated_at: ({ ratedAt }) => time(ratedAt),
  changed_at: ({ changedAt }) => time(changedAt),
  order_number: ({ number }) => number,
  order_id: ({ orderId }) => orderId,
  external_id: ({ externalId }) => externalId,
  driver_id: ({ driverId }) => driverId,
  driver: ({ driver }) => driver,
  stars: ({ stars }) => stars,
  comment: ({ comment }) => comment,
});
