import { z } from '@hono/zod-openapi';
import type { InferSelectModel } from 'drizzle-orm';
import { rowFromJson } from '../../db/row.ts';
import { lateReports } from '../../db/schema/proofs.ts';
import { Location } from '../../domain/geo.ts';
import { Instant, Money, ReasonCode, Status } from '../../domain/orders.ts';

export type LateReportRow = InferSelectModel<typeof lateReports>;

/** What else the phone sent, and what the manager said to it. Written by keep_late_report and settle_late_report (db/sql). */
const Details = z.object({
  reasonCode: ReasonCode.nullable().default(null),
  cashCollected: Money.nullable().default(null),
  photoIds: z.array(z.uuid()).default([]),
  signatureId: z.uuid().nullable().default(null),
  signedBy: z.string().nullable().default(null),
  pinRight: z.boolean().nullable().default(null),
  applied: z.boolean().nullable().default(null),
  note: z.string().nullable().default(null),
});

/** As managers see it. */
export const LateReport = z
  .object({
    id: z.uuid(),
    orderId: z.uuid(),
    driverId: z.uuid().nullable(),
    updateId: z.uuid().nullable(),
    status: Status,
    /** The order's when the report came. */
    orderStatus: Status,
    occurredAt: Instant,
    receivedAt: Instant,
    reason: z.string().nullable(),
    location: Location.nullable(),
    ...Details.shape,
    settledAt: Instant.nullable(),
    settledBy: z.uuid().nullable(),
  })
  .openapi('LateReport');
export type LateReport = z.infer<typeof LateReport>;

export function lateReportFromRow({ merchantId: _, details, ...row }: LateReportRow): LateReport {
  return {
    ...row,
    ...Details.parse(details ?? {}),
    occurredAt: row.occurredAt.toISOString(),
    receivedAt: row.receivedAt.toISOString(),
    settledAt: row.settledAt?.toISOString() ?? null,
  };
}

export const lateReportFromJson = (json: Record<string, unknown>): LateReport =>
  lateReportFromRow(rowFromJson(lateReports, json));

/** What the phone learns: that it may forget the update. Not whether its PIN was right, nor who has the order now. */
export const LateReportReceipt = z
  .object({
    lateReport: z.object({
      id: z.uuid(),
      orderId: z.uuid(),
      updateId: z.uuid().nullable(),
      status: Status,
      occurredAt: Instant,
      receivedAt: Instant,
    }),
  })
  .openapi('LateReportReceipt');
export type LateReportReceipt = z.infer<typeof LateReportReceipt>;

export function receiptFor(json: Record<string, unknown>): LateReportReceipt {
  const { id, orderId, updateId, status, occurredAt, receivedAt } = lateReportFromJson(json);
  return { lateReport: { id, orderId, updateId, status, occurredAt, receivedAt } };
}
