import { createRoute, z } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import { customers } from '../../db/schema/orders.ts';
import { Location } from '../../domain/geo.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { Email } from '../accounts/fields.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import { Phone } from '../contact-fields.ts';
import type { Deps } from '../deps.ts';
import { Customer, customerFromRow, refuseDuplicate } from './customer.ts';

export const NewCustomer = z
  .strictObject({
    name: text(200),
    phone: Phone.optional(),
    email: Email.optional(),
    address: text(500).optional(),
    location: Location.optional(),
  })
  .openapi('NewCustomer');
export type NewCustomer = z.infer<typeof NewCustomer>;

export const createCustomerRoute = createRoute({
  method: 'post',
  path: '/v1/customers',
  summary: 'Add a customer',
  tags: ['Customers'],
  ...secured('customers:write'),
  request: { body: body(NewCustomer) },
  responses: { 201: answer(Customer, 'The customer'), ...securedProblems('conflict') },
});

/** Managers and API keys; orders add their customers by themselves. Throws `conflict` for a known phone or email. */
export async function createCustomer(deps: Deps, { merchantId }: Actor, input: NewCustomer) {
  const [row] = await deps.db
    .withMerchant(merchantId, (tx) =>
      tx
        .insert(customers)
        .values({ ...input, merchantId, id: uuidv7() })
        .returning(),
    )
    .catch(refuseDuplicate);
  if (row === undefined) throw new Error('The insert returned no customer.');
  return customerFromRow(row);
}
