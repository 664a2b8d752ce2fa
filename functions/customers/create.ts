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
import { createOnce, IdempotencyKey, type Once } from '../idempotency.ts';
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
  request: { headers: IdempotencyKey, body: body(NewCustomer) },
  responses: { 201: answer(Customer, 'The customer'), ...securedProblems('conflict', 'unprocessable') },
});

/** Managers and API keys; orders add their customers by themselves. Throws `conflict` for a known phone or email. */
export async function createCustomer(deps: Deps, actor: Actor, input: NewCustomer, once: Once | undefined) {
  const { merchantId } = actor;
  return createOnce(deps, actor, once, async (tx) => {
    const [row] = await tx
      .insert(customers)
      .values({ ...input, merchantId, id: uuidv7() })
      .returning();
    if (row === undefined) throw new Error('The insert returned no customer.');
    return customerFromRow(row);
  }).catch(refuseDuplicate);
}
