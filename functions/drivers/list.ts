import { createRoute, type z } from '@hono/zod-openapi';
import { and, desc, eq, isNull, lt } from 'drizzle-orm';
import { drivers } from '../../db/schema/drivers.ts';
import { DriverState } from '../../domain/orders.ts';
import { type Actor, driverScope } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { afterId, PageQuery, pageOf, toPage } from '../paging.ts';
import { Driver, driverFromRow, isPerson } from './driver.ts';

export const ListDriversQuery = PageQuery.extend({ status: DriverState.optional() });

export const listDriversRoute = createRoute({
  method: 'get',
  path: '/v1/drivers',
  summary: 'List drivers, newest first',
  tags: ['Drivers'],
  ...secured('drivers:read'),
  request: { query: ListDriversQuery },
  responses: { 200: answer(pageOf(Driver), 'A page of drivers'), ...securedProblems() },
});

/** Managers and API keys see the merchant's, a driver themselves. */
export async function listDrivers(deps: Deps, actor: Actor, query: z.infer<typeof ListDriversQuery>) {
  const { status, limit } = query;
  const own = driverScope(actor);
  const after = afterId(query.cursor);
  const found = await deps.db.withMerchant(actor.merchantId, (tx) =>
    tx
      .select()
      .from(drivers)
      .where(
        and(
          eq(drivers.merchantId, actor.merchantId),
          isNull(drivers.removedAt),
          isPerson,
          own === null ? undefined : eq(drivers.id, own),
          status && eq(drivers.status, status),
          after ? lt(drivers.id, after) : undefined,
        ),
      )
      .orderBy(desc(drivers.id))
      .limit(limit + 1),
  );
  const { rows, nextCursor } = toPage(found, limit);
  return { data: rows.map(driverFromRow), nextCursor };
}
