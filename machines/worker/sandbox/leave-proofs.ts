import { createHash } from 'node:crypto';
import type { Transaction } from '../../../db/client.ts';
import { derivedId } from '../../../db/derived-id.ts';
import type { OrderRow } from '../../../db/order-record.ts';
import { proofFiles, proofs } from '../../../db/schema/proofs.ts';
import { PROOF_KINDS, type StepDetails } from '../../../domain/proof.ts';
import type { Robot } from './take-robot.ts';

/** The files that an order demands, as its driver would have uploaded them; in the database, whatever is set up. */
export async function leaveProofs(
  tx: Transaction,
  { merchantId, id: orderId, proof, version }: OrderRow,
  { userId }: Robot,
): Promise<StepDetails> {
  const rows = PROOF_KINDS.filter((kind) => proof?.[kind]).map((kind) => ({
    ...{ merchantId, orderId, kind, id: derivedId('robot proof', orderId, version, kind) },
    ...{ contentType: 'image/png', size: PICTURE.length, sha256: SHA256, storage: 'database' as const },
    ...{ actorType: 'driver', actorId: userId },
  }));
  if (rows.length === 0) return {};
  await tx.insert(proofs).values(rows).onConflictDoNothing();
  const files = rows.map(({ id }) => ({ merchantId, proofId: id, bytes: PICTURE }));
  await tx.insert(proofFiles).values(files).onConflictDoNothing();
  const idsOf = (kind: string) => rows.filter((row) => row.kind === kind).map(({ id }) => id);
  const [photoIds, [signatureId]] = [idsOf('photo'), idsOf('signature')];
  return {
    ...(photoIds.length > 0 && { photoIds }),
    ...(signatureId !== undefined && { signatureId, signedBy: 'Robot' }),
  };
}

/** A green square of 8 × 8 pixels. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mPgL8vDihiGlgQApWE8wYpLEGkAAAAASUVORK5CYII=',
  'base64',
);
const SHA256 = createHash('sha256').update(PICTURE).digest('hex');
