import { createRoute } from '@hono/zod-openapi';
import { eq } from 'drizzle-orm';
import { merchants } from '../../db/schema/accounts.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { Merchant, merchantAnswer } from './merchant.ts';

export const getMerchantRoute = createRoute({
  method: 'get',
  path: '/v1/merchants/me',
  summary: 'The business that you belong to',
  tags: ['Accounts'],
  ...secured('merchant:read'),
  responses: { 200: answer(Merchant, 'The business'), ...securedProblems('not_found') },
});

/** Managers and drivers. */
export async function getMerchant(deps: Deps, actor: Actor): Promise<Merchant> {
  const [row] = await deps.db.withMerchant(actor.merchantId, (tx) =>
    tx.select().from(merchants).where(eq(merchants.id, actor.merchantId)),
  );
  if (row === undefined) throw notFound('merchant');
  return merchantAnswer(row);
}
