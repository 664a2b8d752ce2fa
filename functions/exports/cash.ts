import { createRoute } from '@hono/zod-openapi';
import { and, asc, eq, gt, gte, isNotNull, isNull, lt, lte, or } from 'drizzle-orm';
import { drivers, shifts } from '../../db/schema/drivers.ts';
import { orders } from '../../db/schema/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import type { Period } from '../analytics/get.ts';
import { secured, securedProblems } from '../api.ts';
import { type Columns, pagesOf } from '../csv/write.ts';
import type { Deps } from '../deps.ts';
import { CLOCK_SKEW_MS, firstIdAt } from '../orders/list.ts';
import {
  ABOUT_EXPORTS,
  type CsvAnswer,
  csvAnswer,
  ExportQuery,
  exportCsv,
  PAGE,
  type Writers,
} from './export.ts';

export const exportCashRoute = createRoute({
  method: 'get',
  path: '/v1/orders/export/cash',
  summary: 'The cash of the orders that were delivered in a period, as CSV',
  description: `${ABOUT_EXPORTS} An order that had cash to collect, or brought some, or a tip, is a row; sandbox orders are not.`,
  tags: ['Exports'],
  ...secured('orders:export'),
  request: { query: ExportQuery },
  responses: { 200: csvAnswer('One row an order, by their creation'), ...securedProblems() },
});

/** An order may wait for its delivery that long (times.ts), and for some time at the door. */
const LONGEST_MS = 400 * 24 * 60 * 60_000;

type Row = Awaited<ReturnType<typeof readPage>>[number];

/** Managers and API keys. A delivery is in the shift in which the server heard of it, as the shift's own count has it. */
export function exportCash(deps: Deps, actor: Actor, query: ExportQuery): Promise<CsvAnswer> {
  return exportCsv<Row>(deps, actor, query, {
    name: 'cash',
    columns,
    pages: (period) => pagesOf(PAGE, (after) => readPage(deps, actor.merchantId, period, after?.id)),
  });
}

function readPage(
  { db }: Deps,
  merchantId: string,
  { starts, ends }: Pick<Period, 'starts' | 'ends'>,
  after: string | undefined,
) {
  const earliest = new Date(starts.getTime() - LONGEST_MS).toISOString();
  return db.withMerchant(merchantId, (tx) =>
    tx
      .select({
        id: orders.id,
        number: orders.number,
        externalId: orders.externalId,
        deliveredAt: orders.statusAt,
        driverId: orders.driverId,
        driver: drivers.name,
        shiftId: shifts.id,
        shiftStartedAt: shifts.startedAt,
        currency: orders.currency,
        total: orders.total,
        cashOnDelivery: orders.cashOnDelivery,
        cashCollected: orders.cashCollected,
        tip: orders.tip,
      })
      .from(orders)
      .leftJoin(drivers, and(eq(drivers.merchantId, orders.merchantId), eq(drivers.id, orders.driverId)))
      .leftJoin(
        shifts,
        and(
          eq(shifts.merchantId, orders.merchantId),
          eq(shifts.driverId, orders.driverId),
          lte(shifts.startedAt, orders.statusAt),
          or(isNull(shifts.endedAt), gt(shifts.endedAt, orders.statusAt)),
        ),
      )
      .where(
        and(
          eq(orders.merchantId, merchantId),
          eq(orders.status, 'delivered'),
          gte(orders.statusAt, starts),
          lt(orders.statusAt, ends),
          or(isNotNull(orders.cashOnDelivery), isNotNull(orders.cashCollected), isNotNull(orders.tip)),
          or(isNull(orders.sandbox), eq(orders.sandbox, false)),
          gt(orders.id, after ?? firstIdAt(earliest)),
          lt(orders.id, firstIdAt(ends.toISOString(), CLOCK_SKEW_MS)),
        ),
      )
      .orderBy(asc(orders.id))
      .limit(PAGE),
  );
}

const columns = ({ time, amount }: Writers): Columns<Row> => ({
  order_number: ({ number }) => number,
  order_id: ({ id }) => id,
  external_id: ({ externalId }) => externalId,
  delivered_at: ({ deliveredAt }) => time(deliveredAt),
  driver_id: ({ driverId }) => driverId,
  driver: ({ driver }) => driver,
  shift_id: ({ shiftId }) => shiftId,
  shift_started_at: ({ shiftStartedAt }) => time(shiftStartedAt),
  currency: ({ currency }) => currency,
  total: ({ total, currency }) => amount(total, currency),
  cash_on_delivery: ({ cashOnDelivery, currency }) => amount(cashOnDelivery, currency),
  cash_collected: ({ cashCollected, currency }) => amount(cashCollected, currency),
  // Below 0, some is missing.
  difference: ({ cashOnDelivery, cashCollected, currency }) =>
    cashOnDelivery === null && cashCollected === null
      ? null
      : amount((cashCollected ?? 0) - (cashOnDelivery ?? 0), currency),
  tip: ({ tip, currency }) => amount(tip, currency),
});
