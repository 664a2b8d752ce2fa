import { createRoute, z } from '@hono/zod-openapi';
import { and, desc, eq, gte, inArray, lt, lte, sql } from 'drizzle-orm';
import { orders } from '../../db/schema/orders.ts';
import { PROMISE_STATUSES } from '../../domain/lateness.ts';
import { isStatus, type OrderStatus } from '../../domain/order-status.ts';
import { Instant } from '../../domain/orders.ts';
import { type Actor, driverScope } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { afterId, PageQuery, pageOf, toPage } from '../paging.ts';
import { OrderAnswer, orderFromRow } from './order.ts';

export const StatusList = z
  .string()
  .transform((value) => value.split(','))
  .refine((values): values is OrderStatus[] => values.every(isStatus), {
    message: 'is not a list of statuses',
  })
  .openapi({ type: 'string', example: 'created,assigned' });

export const ListOrdersQuery = PageQuery.extend({
  status: StatusList.optional(),
  driverId: z.uuid().optional(),
  customerId: z.uuid().optional(),
  externalId: z.string().max(200).optional(),
  from: Instant.optional().openapi({ description: 'Created at or after.' }),
  to: Instant.optional().openapi({ description: 'Created before or at.' }),
  sandbox: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: 'Only those that a robot delivers, or none of them; left out: all.' }),
  late: z
    .literal('true')
    .optional()
    .openapi({ description: 'Those that somebody waits for past `promisedAt`.' }),
});

export const listOrdersRoute = createRoute({
  method: 'get',
  path: '/v1/orders',
  summary: 'List orders, newest first',
  tags: ['Orders'],
  ...secured('orders:read'),
  request: { query: ListOrdersQuery },
  responses: { 200: answer(pageOf(OrderAnswer), 'A page of orders'), ...securedProblems() },
});

/** Managers and API keys see the merchant's, a driver their own. */
export async function listOrders(deps: Deps, actor: Actor, query: z.infer<typeof ListOrdersQuery>) {
  const { status, customerId, externalId, from, to, sandbox, late, limit } = query;
  const driverId = driverScope(actor) ?? query.driverId;
  const after = afterId(query.cursor);
  const found = await deps.db.withMerchant(actor.merchantId, (tx) =>
    tx
      .select()
      .from(orders)
      .where(
        and(
          eq(orders.merchantId, actor.merchantId),
          status && inArray(orders.status, status),
          driverId ? eq(orders.driverId, driverId) : undefined,
          customerId ? eq(orders.customerId, customerId) : undefined,
          externalId ? eq(orders.externalId, externalId) : undefined,
          // Ids grow with the time of creation, so these two use the primary key as well.
          from ? and(gte(orders.id, firstIdAt(from)), gte(orders.createdAt, new Date(from))) : undefined,
          to
            ? and(lt(orders.id, firstIdAt(to, CLOCK_SKEW_MS)), lte(orders.createdAt, new Date(to)))
            : undefined,
          // null: written by the release before.
          sandbox && sql`${orders.sandbox} is ${sql.raw(sandbox === 'true' ? 'true' : 'not true')}`,
          // As `latenessOf` has it; by the partial index of active orders.
          late
            ? and(inArray(orders.status, [...PROMISE_STATUSES]), lt(orders.promisedAt, sql`now()`))
            : undefined,
          after ? lt(orders.id, after) : undefined,
        ),
      )
      .orderBy(desc(orders.id))
      .limit(limit + 1),
  );
  const { rows, nextCursor } = toPage(found, limit);
  return { data: rows.map((row) => orderFromRow(deps, actor, row)), nextCursor };
}

/** The id is made by our clock, `created_at` by the database's; they may differ by so much. */
export const CLOCK_SKEW_MS = 60_000;

/** The smallest UUIDv7 of that moment (RFC 9562, 5.7: the first 48 bits are milliseconds), the skew off. */
export function firstIdAt(instant: string, skew = -CLOCK_SKEW_MS): string {
  const hex = Math.max(0, Date.parse(instant) + skew)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
