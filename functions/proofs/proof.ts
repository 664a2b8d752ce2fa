import { z } from '@hono/zod-openapi';
import type { InferSelectModel } from 'drizzle-orm';
import type { proofs } from '../../db/schema/proofs.ts';
import { Instant } from '../../domain/orders.ts';
import { ProofKind, ProofType } from '../../domain/proof.ts';
import type { Deps } from '../deps.ts';

export type ProofRow = InferSelectModel<typeof proofs>;

/** A file as its list tells of it. `url` needs no other credential, until `expiresAt`. */
export const Proof = z
  .object({
    id: z.uuid(),
    orderId: z.uuid(),
    kind: ProofKind,
    contentType: ProofType,
    size: z.int().openapi({ description: 'Bytes' }),
    sha256: z.string(),
    actor: z.object({ type: z.string(), id: z.uuid().nullable() }),
    createdAt: Instant,
    url: z.url(),
    expiresAt: Instant,
  })
  .openapi('Proof');
export type Proof = z.infer<typeof Proof>;

export async function proofFromRow(deps: Pick<Deps, 'proofLinks'>, row: ProofRow): Promise<Proof> {
  const { id, orderId, kind, size, sha256 } = row;
  return {
    id,
    orderId,
    kind,
    // Only pictures of these types are stored.
    contentType: ProofType.parse(row.contentType),
    size,
    sha256,
    actor: { type: row.actorType, id: row.actorId },
    createdAt: row.createdAt.toISOString(),
    ...(await deps.proofLinks.sign(row.merchantId, id)),
  };
}
