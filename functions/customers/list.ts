import { createRoute, type z } from '@hono/zod-openapi';
import { and, desc, eq, lt } from 'drizzle-orm';
import { customers } from '../../db/schema/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { answer, secured, securedProblems } from '../api.ts';
import { plainPhone } from '../contact-fields.ts';
import type { Deps } from '../deps.ts';
import { afterId, PageQuery, pageOf, toPage } from '../paging.ts';
import { Customer, customerFromRow } from './customer.ts';

export const ListCustomersQuery = PageQuery.extend({
  phone: text(40)
    .overwrite(plainPhone)
    .optional()
    .openapi({ description: 'This one, in any spelling; a plus is written %2B.' }),
  email: text(254).toLowerCase().optional().openapi({ description: 'This one, in any spelling.' }),
});

export const listCustomersRoute = createRoute({
  method: 'get',
  path: '/v1/customers',
  summary: 'List customers, newest first',
  tags: ['Customers'],
  ...secured('customers:read'),
  request: { query: ListCustomersQuery },
  responses: { 200: answer(pageOf(Customer), 'A page of customers'), ...securedProblems() },
});

/** Managers and API keys. Erased ones are in it, so that who keeps a copy learns of it. */
export async function listCustomers(
  deps: Deps,
  { merchantId }: Actor,
  { phone, email, limit, cursor }: z.infer<typeof ListCustomersQuery>,
) {
  const after = afterId(cursor);
  const found = await deps.db.withMerchant(merchantId, (tx) =>
    tx
      .select()
      .from(customers)
      .where(
        and(
          eq(customers.merchantId, merchantId),
          phone === undefined ? undefined : eq(customers.phone, phone),
          email === undefined ? undefined : eq(customers.email, email),
          after ? lt(customers.id, after) : undefined,
        ),
      )
      .orderBy(desc(customers.id))
      .limit(limit + 1),
  );
  const { rows, nextCursor } = toPage(found, limit);
  return { data: rows.map(customerFromRow), nextCursor };
}
