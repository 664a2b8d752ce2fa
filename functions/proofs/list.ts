import { createRoute, z } from '@hono/zod-openapi';
import { and, asc, eq } from 'drizzle-orm';
import { proofs } from '../../db/schema/proofs.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { getOrder } from '../orders/get.ts';
import { Proof, proofFromRow } from './proof.ts';

export const listProofsRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/proofs',
  summary: "An order's photos and signatures",
  description: 'Each with a link to the file that is good for five minutes.',
  tags: ['Proofs'],
  ...secured('orders:read'),
  request: { params: IdParam },
  responses: {
    200: answer(z.object({ data: z.array(Proof), nextCursor: z.null() }), 'The files, oldest first'),
    ...securedProblems('not_found'),
  },
});

/** More than this no order has, unless many drivers had it. */
const MOST = 200;

/** Who may read the order. Throws `not_found`. */
export async function listProofs(deps: Deps, actor: Actor, orderId: string) {
  await getOrder(deps, actor, orderId);
  const rows = await deps.db.withMerchant(actor.merchantId, (tx) =>
    tx
      .select()
      .from(proofs)
      .where(and(eq(proofs.merchantId, actor.merchantId), eq(proofs.orderId, orderId)))
      .orderBy(asc(proofs.createdAt), asc(proofs.id))
      .limit(MOST),
  );
  return { data: await Promise.all(rows.map((row) => proofFromRow(deps, row))), nextCursor: null };
}
