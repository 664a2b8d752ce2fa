import { router } from '../api.ts';
import type { Deps } from '../deps.ts';
import { onceFor } from '../idempotency.ts';
import { createQuote, createQuoteRoute } from './create.ts';

export const quotes = (deps: Deps) =>
  router().openapi(createQuoteRoute, async (c) => {
    const input = c.req.valid('json');
    return c.json(await createQuote(deps, c.var.actor, input, onceFor(c, input)), 201);
  });
