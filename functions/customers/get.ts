import { createRoute } from '@hono/zod-openapi';
import { customers } from '../../db/schema/orders.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { Customer, customerFromRow, ownCustomer } from './customer.ts';

export const getCustomerRoute = createRoute({
  method: 'get',
  path: '/v1/customers/{id}',
  summary: 'Read a customer',
  tags: ['Customers'],
  ...secured('customers:read'),
  request: { params: IdParam },
  responses: { 200: answer(Customer, 'The customer'), ...securedProblems('not_found') },
});

/** Managers and API keys. One who was erased reads as erased. Throws `not_found`. */
export async function getCustomer(deps: Deps, { merchantId }: Actor, id: string): Promise<Customer> {
  const [row] = await deps.db.withMerchant(merchantId, (tx) =>
    tx.select().from(customers).where(ownCustomer(merchantId, id)),
  );
  if (row === undefined) throw notFound('customer');
  return customerFromRow(row);
}
