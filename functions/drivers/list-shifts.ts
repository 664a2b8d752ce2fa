import { createRoute, z } from '@hono/zod-openapi';
import { and, desc, eq, lt } from 'drizzle-orm';
import { shifts } from '../../db/schema/drivers.ts';
import { Instant } from '../../domain/orders.ts';
import { type Actor, driverScope } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { afterId, PageQuery, pageOf, toPage } from '../paging.ts';
import { Shift, shiftFromRow, startedWithin } from './shift.ts';

export const ListShiftsQuery = PageQuery.extend({
  driverId: z.uuid().optional(),
  from: Instant.optional().openapi({ description: 'Begun at or after.' }),
  to: Instant.optional().openapi({ description: 'Begun before or at.' }),
});

export const listShiftsRoute = createRoute({
  method: 'get',
  path: '/v1/shifts',
  summary: 'Shifts, newest first',
  tags: ['Drivers'],
  ...secured('shifts:read'),
  request: { query: ListShiftsQuery },
  responses: { 200: answer(pageOf(Shift), 'A page of shifts'), ...securedProblems() },
});

/** Managers and API keys see the merchant's, a driver their own. */
export async function listShifts(deps: Deps, actor: Actor, query: z.infer<typeof ListShiftsQuery>) {
  const { from, to, limit } = query;
  const driverId = driverScope(actor) ?? query.driverId;
  const after = afterId(query.cursor);
  const found = await deps.db.withMerchant(actor.merchantId, (tx) =>
    tx
      .select()
      .from(shifts)
      .where(
        and(
          eq(shifts.merchantId, actor.merchantId),
          driverId ? eq(shifts.driverId, driverId) : undefined,
          startedWithin(from, to),
          after ? lt(shifts.id, after) : undefined,
        ),
      )
      .orderBy(desc(shifts.id))
      .limit(limit + 1),
  );
  const { rows, nextCursor } = toPage(found, limit);
  return { data: rows.map(shiftFromRow), nextCursor };
}
