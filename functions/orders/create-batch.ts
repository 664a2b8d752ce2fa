import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, body, fieldErrors, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { IdempotencyKey, type Once } from '../idempotency.ts';
import { tellable } from '../problem.ts';
import { createOrder, NewOrder } from './create.ts';
import { eachAtOnce, geocoderFor } from './many.ts';
import { ManagerOrder } from './order.ts';

const MOST_ORDERS = 100;
/** Of the connections to the database, so that other requests find some. */
const AT_ONCE = 4;
const GEOCODING_MS = 8000;

export const NewBatch = z
  .strictObject({
    // Each is parsed by itself: a bad one is told at its place and stops no other.
    orders: z
      .array(z.unknown().openapi({ allOf: [{ $ref: '#/components/schemas/NewOrder' }] }))
      .min(1)
      .max(MOST_ORDERS),
  })
  .openapi('NewBatch');

const Created = z.object({
  index: z.int(),
  status: z.literal(201),
  replayed: z.boolean(),
  order: ManagerOrder,
});
const Refused = z.object({
  index: z.int(),
  status: z.int(),
  error: z.object({
    code: z.string(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  }),
});
export const BatchResult = z.object({ results: z.array(z.union([Created, Refused])) }).openapi('BatchResult');
export type BatchResult = z.infer<typeof BatchResult>;
type ItemResult = BatchResult['results'][number];

export const createBatchRoute = createRoute({
  method: 'post',
  path: '/v1/orders/batch',
  summary: 'Create up to 100 orders, each by itself',
  description:
    'Answers 200 with a result for each order, in their order: `status` 201 with the order, or the status and the error ' +
    'that `POST /v1/orders` would have answered. With an Idempotency-Key, the same batch again creates only what is missing, ' +
    'and tells the others as they were created, with `replayed`.',
  tags: ['Orders'],
  ...secured('orders:create'),
  request: { headers: IdempotencyKey, body: body(NewBatch) },
  responses: { 200: answer(BatchResult, 'What became of each'), ...securedProblems('too_large') },
});

/**
 * Managers and API keys. Each order is a transaction of its own, so a process that is killed in between has created some of
 * them; `onceForItem` gives each its part of the key, and throws `invalid`. Never throws for what is one order's fault.
 */
export async function createBatch(
  deps: Deps,
  actor: Actor,
  { orders }: z.infer<typeof NewBatch>,
  onceForItem: (order: unknown, index: number) => Once | undefined,
): Promise<BatchResult> {
  const forBatch: Deps = { ...deps, geocoder: geocoderFor(deps.geocoder, GEOCODING_MS) };
  // A key that is none is told of the whole.
  const onces = orders.map(onceForItem);
  const results = await eachAtOnce(orders, AT_ONCE, async (order, index): Promise<ItemResult> => {
    try {
      return await createItem(forBatch, actor, order, index, onces[index]);
    } catch (error) {
      const { status, code, message, hints } = tellable(error, deps.log);
      const { errors, extra } = hints;
      return { index, status, error: { code, detail: message, ...(errors && { errors }), ...extra } };
    }
  });
  return { results };
}

async function createItem(deps: Deps, actor: Actor, order: unknown, index: number, once: Once | undefined) {
  const parsed = NewOrder.safeParse(order);
  if (!parsed.success) {
    throw new AppError('invalid', 'The order is not valid.', { errors: fieldErrors(parsed.error.issues) });
  }
  let replayed = false;
  const noted = once && {
    ...once,
    replayed: () => {
      replayed = true;
    },
  };
  const created = await createOrder(deps, actor, parsed.data, noted);
  return { index, status: 201 as const, replayed, order: created };
}
