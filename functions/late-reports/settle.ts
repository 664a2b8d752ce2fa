import { createRoute, z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { lateReports } from '../../db/schema/proofs.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { ASSIGN_FROM, HAND_OVER_FROM, legalFrom, type OrderStatus } from '../../domain/order-status.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { answer, IdParam, optionalBody, securedProblems, securedWithOptionalBody } from '../api.ts';
import type { Deps } from '../deps.ts';
import { illegal } from '../orders/change-status.ts';
import { LateReport, lateReportFromJson } from './late-report.ts';

export const Settlement = z
  .strictObject({ apply: z.boolean().default(false), note: text(1000).optional() })
  .openapi('Settlement');
export type Settlement = z.infer<typeof Settlement>;

export const settleLateReportRoute = createRoute({
  method: 'post',
  path: '/v1/late-reports/{id}/settle',
  summary: 'Close a late report, or take it as true',
  description:
    'With `apply` the order gets back the driver who reported and takes the reported step, whatever proof is missing, when ' +
    'that is legal now; else 409, and the report stays open. Several reports of one order are applied oldest first.',
  tags: ['Late reports'],
  ...securedWithOptionalBody('late_reports:settle'),
  request: { params: IdParam, body: optionalBody(Settlement) },
  responses: {
    200: answer(LateReport, 'The report. One that was settled before stays as it was'),
    ...securedProblems('not_found', 'conflict', 'illegal_transition'),
  },
});

/** Managers and API keys. Throws `not_found`, `illegal_transition`, `conflict` when its driver has left. */
export async function settleLateReport(
  deps: Deps,
  actor: Actor,
  id: string,
  { apply = false, note }: Partial<Settlement>,
): Promise<LateReport> {
  const { merchantId } = actor;
  const [known] = await deps.db.withMerchant(merchantId, (tx) =>
    tx
      .select({ status: lateReports.status })
      .from(lateReports)
      .where(and(eq(lateReports.merchantId, merchantId), eq(lateReports.id, id))),
  );
  if (known === undefined) throw notFound('late report');
  const [answered] = await deps.db.hot<[{ result: SettleResult }]>`
    select settle_late_report(${merchantId}, ${id}, ${apply}, ${note ?? null}, ${legalFrom(known.status)}::order_status[],
      ${[...ASSIGN_FROM]}::order_status[], ${[...HAND_OVER_FROM]}::order_status[], ${uuidv7()}, ${uuidv7()}, ${actor.type},
      ${actorId(actor)}) as result`;
  const { result } = answered;
  switch (result.outcome) {
    case 'not_found':
      throw notFound('late report');
    case 'refused':
      throw refused(result.step, known.status);
    case 'done':
    case 'repeat':
      if (result.outcome === 'done' && apply) deps.wakeRelay();
      return lateReportFromJson(result.report);
  }
}

type SettleResult =
  | { outcome: 'not_found' }
  | { outcome: 'done' | 'repeat'; report: Record<string, unknown> }
  | { outcome: 'refused'; step: Refusal };
type Refusal = { outcome: string; order?: { status: OrderStatus; status_at: string } };

function refused({ outcome, order }: Refusal, to: OrderStatus): AppError {
  if (outcome === 'illegal' && order !== undefined) return illegal(order, to);
  return new AppError(
    'conflict',
    'The order cannot be given back to the driver who reported: they have left.',
  );
}
