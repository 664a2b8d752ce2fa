import { createRoute, z } from '@hono/zod-openapi';
import { and, desc, eq, isNotNull, isNull, lt } from 'drizzle-orm';
import { lateReports } from '../../db/schema/proofs.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { afterId, PageQuery, pageOf, toPage } from '../paging.ts';
import { LateReport, lateReportFromRow } from './late-report.ts';

export const ListLateReportsQuery = PageQuery.extend({
  settled: z.enum(['true', 'false']).optional(),
  orderId: z.uuid().optional(),
  driverId: z.uuid().optional(),
});

export const listLateReportsRoute = createRoute({
  method: 'get',
  path: '/v1/late-reports',
  summary: 'What phones reported too late, newest first',
  description:
    'A driver without network goes on working; when the order was cancelled, given to someone else or moved by someone ' +
    'else meanwhile, what they report can no longer be taken, and is kept here for a manager to settle.',
  tags: ['Late reports'],
  ...secured('late_reports:read'),
  request: { query: ListLateReportsQuery },
  responses: { 200: answer(pageOf(LateReport), 'A page of late reports'), ...securedProblems() },
});

/** Managers and API keys. */
export async function listLateReports(
  deps: Deps,
  { merchantId }: Actor,
  { settled, orderId, driverId, limit, cursor }: z.infer<typeof ListLateReportsQuery>,
) {
  const after = afterId(cursor);
  const found = await deps.db.withMerchant(merchantId, (tx) =>
    tx
      .select()
      .from(lateReports)
      .where(
        and(
          eq(lateReports.merchantId, merchantId),
          settled === undefined
            ? undefined
            : settled === 'true'
              ? isNotNull(lateReports.settledAt)
              : isNull(lateReports.settledAt),
          orderId ? eq(lateReports.orderId, orderId) : undefined,
          driverId ? eq(lateReports.driverId, driverId) : undefined,
          after ? lt(lateReports.id, after) : undefined,
        ),
      )
      .orderBy(desc(lateReports.id))
      .limit(limit + 1),
  );
  const { rows, nextCursor } = toPage(found, limit);
  return { data: rows.map(lateReportFromRow), nextCursor };
}
