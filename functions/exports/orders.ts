import { createRoute } from '@hono/zod-openapi';
import { and, asc, eq, gt, gte, inArray, lt } from 'drizzle-orm';
import type { z } from 'zod';
import type { OrderRow } from '../../db/order-record.ts';
import { drivers } from '../../db/schema/drivers.ts';
import { orders } from '../../db/schema/orders.ts';
import type { ProofDemand } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import type { Period } from '../analytics/get.ts';
import { secured, securedProblems } from '../api.ts';
import { writeItems } from '../csv/items.ts';
import { type Columns, pagesOf } from '../csv/write.ts';
import type { Deps } from '../deps.ts';
import { CLOCK_SKEW_MS, firstIdAt, StatusList } from '../orders/list.ts';
import {
  ABOUT_EXPORTS,
  type CsvAnswer,
  csvAnswer,
  decimals,
  ExportQuery,
  exportCsv,
  PAGE,
  type Writers,
} from './export.ts';

export const ExportOrdersQuery = ExportQuery.extend({ status: StatusList.optional() });

export const exportOrdersRoute = createRoute({
  method: 'get',
  path: '/v1/orders/export',
  summary: 'The orders that were created in a period, as CSV',
  description: `${ABOUT_EXPORTS} The file can be imported again.`,
  tags: ['Exports'],
  ...secured('orders:export'),
  request: { query: ExportOrdersQuery },
  responses: { 200: csvAnswer('The orders, the oldest first'), ...securedProblems() },
});

type Row = { order: OrderRow; driver: string | null };

/** Managers and API keys. Orders that change while they are read are told as their page found them. */
export function exportOrders(
  deps: Deps,
  actor: Actor,
  query: z.infer<typeof ExportOrdersQuery>,
): Promise<CsvAnswer> {
  return exportCsv<Row>(deps, actor, query, {
    name: 'orders',
    columns,
    pages: (period) =>
      pagesOf(PAGE, (after) => readPage(deps, actor.merchantId, { ...period, ...query }, after?.order.id)),
  });
}

type Wanted = Pick<Period, 'starts' | 'ends'> & Pick<z.infer<typeof ExportOrdersQuery>, 'status'>;

function readPage(
  { db }: Deps,
  merchantId: string,
  { starts, ends, status }: Wanted,
  after: string | undefined,
): Promise<Row[]> {
  return db.withMerchant(merchantId, (tx) =>
    tx
      .select({ order: orders, driver: drivers.name })
      .from(orders)
      .leftJoin(drivers, and(eq(drivers.merchantId, orders.merchantId), eq(drivers.id, orders.driverId)))
      .where(
        and(
          eq(orders.merchantId, merchantId),
          status && inArray(orders.status, status),
          gte(orders.createdAt, starts),
          lt(orders.createdAt, ends),
          // Ids grow with the time of creation: the primary key finds them.
          after ? gt(orders.id, after) : gte(orders.id, firstIdAt(starts.toISOString())),
          lt(orders.id, firstIdAt(ends.toISOString(), CLOCK_SKEW_MS)),
        ),
      )
      .orderBy(asc(orders.id))
      .limit(PAGE),
  );
}

/** Those of the import have its names. Never the tracking link: who has it needs no other credential. */
const columns = ({ time, amount }: Writers): Columns<Row> => ({
  number: ({ order }) => order.number,
  id: ({ order }) => order.id,
  external_id: ({ order }) => order.externalId,
  status: ({ order }) => order.status,
  created_at: ({ order }) => time(order.createdAt),
  ready_at: ({ order }) => time(order.readyAt),
  promised_at: ({ order }) => time(order.promisedAt),
  picked_up_at: ({ order }) => time(order.pickupTime),
  delivered_at: ({ order }) => time(order.deliveryTime),
  driver_id: ({ order }) => order.driverId,
  driver: ({ driver }) => driver,
  ...stopColumns('pickup', 'pickup_window', time),
  ...stopColumns('dropoff', 'window', time),
  items: ({ order }) => writeItems(order.items, decimals(order.currency)),
  currency: ({ order }) => order.currency,
  total: ({ order }) => amount(order.total, order.currency),
  tip: ({ order }) => amount(order.tip, order.currency),
  cash_on_delivery: ({ order }) => amount(order.cashOnDelivery, order.currency),
  cash_collected: ({ order }) => amount(order.cashCollected, order.currency),
  fee: ({ order }) => amount(order.fee, order.currency),
  distance_m: ({ order }) => order.distance,
  attempts: ({ order }) => order.attempts ?? 0,
  reason_code: ({ order }) => order.reasonCode,
  reason: ({ order }) => order.reason,
  notes: ({ order }) => order.notes,
  proof: ({ order }) => writeProof(order.proof),
  sandbox: ({ order }) => String(order.sandbox ?? false),
});

const stopColumns = (stop: 'pickup' | 'dropoff', window: string, time: Writers['time']): Columns<Row> => ({
  [`${stop}_address`]: ({ order }) => order[stop].address,
  [`${stop}_lat`]: ({ order }) => order[stop].location?.lat,
  [`${stop}_lng`]: ({ order }) => order[stop].location?.lng,
  [`${stop}_name`]: ({ order }) => order[stop].contact?.name,
  [`${stop}_phone`]: ({ order }) => order[stop].contact?.phone,
  [`${stop}_email`]: ({ order }) => order[stop].contact?.email,
  [`${stop}_instructions`]: ({ order }) => order[stop].instructions,
  [`${window}_from`]: ({ order }) => time(order[stop].window?.from),
  [`${window}_to`]: ({ order }) => time(order[stop].window?.to),
});

const writeProof = (proof: ProofDemand | null): string =>
  (['photo', 'signature', 'pin'] as const).filter((kind) => proof?.[kind]).join(' ');
