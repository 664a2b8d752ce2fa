import { createRoute, z } from '@hono/zod-openapi';
import { and, isNull, sql } from 'drizzle-orm';
import { customers } from '../../db/schema/orders.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { Location } from '../../domain/geo.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { Email } from '../accounts/fields.ts';
import { answer, body, IdParam, secured, securedProblems } from '../api.ts';
import { Phone } from '../contact-fields.ts';
import type { Deps } from '../deps.ts';
import { Customer, customerFromRow, ownCustomer, refuseDuplicate } from './customer.ts';

/** What is left out stays; null takes the value away. Orders keep the contact they were made with. */
export const CustomerEdit = z
  .strictObject({
    name: text(200).optional(),
    phone: Phone.nullable().optional(),
    email: Email.nullable().optional(),
    address: text(500).nullable().optional(),
    location: Location.nullable().optional(),
  })
  .openapi('CustomerEdit');
export type CustomerEdit = z.infer<typeof CustomerEdit>;

export const editCustomerRoute = createRoute({
  method: 'patch',
  path: '/v1/customers/{id}',
  summary: 'Change what is known of a customer',
  tags: ['Customers'],
  ...secured('customers:write'),
  request: { params: IdParam, body: body(CustomerEdit) },
  responses: { 200: answer(Customer, 'The customer'), ...securedProblems('not_found', 'conflict') },
});

/** Managers and API keys. Throws `not_found`, `conflict` for another's phone or email, and for one who was erased. */
export async function editCustomer(deps: Deps, { merchantId }: Actor, id: string, edit: CustomerEdit) {
  const own = ownCustomer(merchantId, id);
  const row = await deps.db
    .withMerchant(merchantId, async (tx) => {
      const [changed] = await tx
        .update(customers)
        .set({ ...edit, updatedAt: sql`clock_timestamp()` })
        .where(and(own, isNull(customers.erasedAt)))
        .returning();
      if (changed !== undefined) return changed;
      if ((await tx.$count(customers, own)) === 0) throw notFound('customer');
      throw new AppError('conflict', 'The customer was erased and stays so.');
    })
    .catch(refuseDuplicate);
  return customerFromRow(row);
}
