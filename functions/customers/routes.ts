import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { onceFor } from '../idempotency.ts';
import { createCustomer, createCustomerRoute } from './create.ts';
import { editCustomer, editCustomerRoute } from './edit.ts';
import { eraseCustomer, eraseCustomerRoute } from './erase.ts';
import { getCustomer, getCustomerRoute } from './get.ts';
import { listCustomers, listCustomersRoute } from './list.ts';

export const customers = (deps: Deps) =>
  router()
    .openapi(createCustomerRoute, async (c) => {
      const input = c.req.valid('json');
      const customer = await createCustomer(deps, c.var.actor, input, onceFor(c, input));
      return c.json(customer, 201, { Location: `/v1/customers/${customer.id}` });
    })
    .openapi(listCustomersRoute, async (c) =>
      c.json(await listCustomers(deps, c.var.actor, c.req.valid('query')), 200),
    )
    .openapi(getCustomerRoute, async (c) =>
      c.json(await getCustomer(deps, c.var.actor, c.req.valid('param').id), 200),
    )
    .openapi(editCustomerRoute, async (c) =>
      c.json(await editCustomer(deps, c.var.actor, c.req.valid('param').id, c.req.valid('json')), 200),
    )
    .openapi(eraseCustomerRoute, async (c) => {
      await eraseCustomer(deps, c.var.actor, c.req.valid('param').id);
      return c.body(null, 204);
    });
