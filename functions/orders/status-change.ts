import { z } from '@hono/zod-openapi';
import { Location } from '../../domain/geo.ts';
import { type ReasonCode as Code, isExplainable, REASON_NEEDED } from '../../domain/order-status.ts';
import { Instant, Money, ReasonCode, Status } from '../../domain/orders.ts';
import { PIN_TRIES, ProofGiven, type StepDetails } from '../../domain/proof.ts';
import { text } from '../../domain/text.ts';
import type { Pins } from '../proofs/pins.ts';

const WHY = 'is required for this status, or a reasonCode that says it';

export const StatusChange = z
  .strictObject({
    status: Status,
    /** Made by the client; the same one twice is one update. */
    updateId: z.uuid().optional(),
    occurredAt: Instant.optional(),
    location: Location.optional(),
    reason: text(500).optional(),
    reasonCode: ReasonCode.optional(),
    cashCollected: Money.optional().openapi({
      description: 'What the driver took in, at `delivered`. Left out: as much as `cashOnDelivery` says.',
    }),
    proof: ProofGiven.optional(),
    override: z
      .strictObject({ proof: z.literal(true) })
      .optional()
      .openapi({ description: 'Deliver without the proof that is missing. Needs a `reason`.' }),
  })
  .refine((change) => isExplained(change) || !REASON_NEEDED.includes(change.status), {
    path: ['reason'],
    message: WHY,
  })
  .refine((change) => change.status !== 'assigned', {
    path: ['status'],
    message: 'use /assign, which names the driver',
  })
  .refine((change) => change.reasonCode === undefined || isExplainable(change.status), {
    path: ['reasonCode'],
    message: 'says why an order failed, was called off or declined',
  })
  .refine((change) => change.cashCollected === undefined || change.status === 'delivered', {
    path: ['cashCollected'],
    message: 'is told with the status delivered',
  })
  .refine((change) => change.proof?.pin === undefined || change.status === 'delivered', {
    path: ['proof', 'pin'],
    message: 'is told with the status delivered',
  })
  .refine((change) => change.override === undefined || change.status === 'delivered', {
    path: ['override'],
    message: 'is for the status delivered',
  })
  .refine((change) => change.override === undefined || change.reason !== undefined, {
    path: ['reason'],
    message: 'is required with an override',
  })
  .openapi('StatusChange');
export type StatusChange = z.infer<typeof StatusChange>;

/** Why: in words, or by a code that says more than `other`. */
export const isExplained = (given: { reason?: string | undefined; reasonCode?: Code | undefined }): boolean =>
  given.reason !== undefined || (given.reasonCode !== undefined && given.reasonCode !== 'other');

/** For `/cancel` and the like. */
export const EXPLAINED = { path: ['reason'], message: WHY };

/** What `move_order` (db/sql/12) is told besides, or null. The PIN leaves here as its HMAC only. */
export function whatElse(pins: Pins, orderId: string, change: StatusChange) {
  const { reasonCode, cashCollected, proof, override } = change;
  if (!reasonCode && cashCollected === undefined && !proof && !override) return null;
  const { photoIds, signatureId, signedBy, pin } = proof ?? {};
  const details: StepDetails = defined({
    cashCollected,
    photoIds: photoIds?.length ? photoIds.map((id) => id.toLowerCase()) : undefined,
    signatureId: signatureId?.toLowerCase(),
    signedBy,
  });
  return defined({
    reasonCode,
    cashCollected,
    photoIds: details.photoIds,
    signatureId: details.signatureId,
    pinMac: pin === undefined ? undefined : pins.mac(orderId, pin),
    pinTries: pin === undefined ? undefined : PIN_TRIES,
    overrideProof: override?.proof,
    details: Object.keys(details).length > 0 ? details : undefined,
  });
}

/** SQL asks which keys there are. */
function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // The keys that are there have their own values; the others are optional to who reads it.
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
