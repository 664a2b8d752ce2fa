import { createRoute, type z } from '@hono/zod-openapi';
import { and, asc, eq, gt } from 'drizzle-orm';
import { zones } from '../../db/schema/zones.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { afterId, PageQuery, pageOf, toPage } from '../paging.ts';
import { Zone, zoneFromRow } from './zone.ts';

export const listZonesRoute = createRoute({
  method: 'get',
  path: '/v1/zones',
  summary: 'List zones, oldest first',
  tags: ['Zones'],
  ...secured('zones:read'),
  request: { query: PageQuery },
  responses: { 200: answer(pageOf(Zone), 'A page of zones'), ...securedProblems() },
});

/** Everybody of the merchant. */
export async function listZones(
  deps: Deps,
  { merchantId }: Actor,
  { limit, cursor }: z.infer<typeof PageQuery>,
) {
  const after = afterId(cursor);
  const found = await deps.db.withMerchant(merchantId, (tx) =>
    tx
      .select()
      .from(zones)
      .where(and(eq(zones.merchantId, merchantId), after ? gt(zones.id, after) : undefined))
      .orderBy(asc(zones.id))
      .limit(limit + 1),
  );
  const { rows, nextCursor } = toPage(found, limit);
  return { data: rows.map(zoneFromRow), nextCursor };
}
