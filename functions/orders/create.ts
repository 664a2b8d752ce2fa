import { createRoute, z } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import { hashToken, trackingToken } from '../../db/tracking-token.ts';
import { AppError } from '../../domain/errors.ts';
import { Contact, Instant, Item, Money, ProofDemand, Stop } from '../../domain/orders.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { SandboxOutcome } from '../../domain/sandbox.ts';
import { text } from '../../domain/text.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import { plainPhone } from '../contact-fields.ts';
import type { Deps } from '../deps.ts';
import { IdempotencyKey, type Once, otherRequest, stillRunning } from '../idempotency.ts';
import { ManagerOrder, managerOrderFromJson } from './order.ts';
import { placed } from './place.ts';
import { type QuoteRefusal, refuseQuote } from './refuse-quote.ts';
import { wrongTimes } from './times.ts';

export const NewOrder = z
  .strictObject({
    externalId: text(200).optional(),
    pickup: Stop.optional(),
    dropoff: Stop.safeExtend({ contact: Contact }),
    items: z.array(Item).max(200).default([]),
    total: Money.optional(),
    readyAt: Instant.optional().openapi({
      description: "Left out: now and the merchant's usual time of preparation, if there is one.",
    }),
    notes: text(2000).optional(),
    tip: Money.optional(),
    cashOnDelivery: Money.optional(),
    proof: ProofDemand.optional(),
    quoteId: z
      .uuid()
      .optional()
      .openapi({
        description:
          'From `POST /v1/quotes`: gives the order its fee and its promise. Good for one order with the quoted stops (to ' +
          '200 m). Without one an order is taken outside of zones and of opening hours too, and has no fee.',
      }),
    sandbox: z.boolean().optional().openapi({
      description:
        'To try an integration: a robot delivers it within a minute, and nobody is sent a message.',
    }),
    sandboxOutcome: SandboxOutcome.optional().openapi({ description: 'How the robot ends it: `delivered`.' }),
  })
  .refine(({ sandbox, sandboxOutcome }) => sandbox || sandboxOutcome === undefined, {
    path: ['sandboxOutcome'],
    message: 'is for orders with `sandbox`',
  })
  .openapi('NewOrder');
export type NewOrder = z.infer<typeof NewOrder>;

export const createOrderRoute = createRoute({
  method: 'post',
  path: '/v1/orders',
  summary: 'Create an order',
  tags: ['Orders'],
  ...secured('orders:create'),
  request: { headers: IdempotencyKey, body: body(NewOrder) },
  responses: {
    201: answer(ManagerOrder, 'The order, with its tracking link'),
    ...securedProblems('conflict', 'unprocessable'),
  },
});

/**
 * Managers and API keys. An address that is not found is accepted: the manager places it later. With `once` a repeat gets
 * the first answer; throws `conflict` while the first one runs and `unprocessable` when it was another request. Throws
 * both for a quote as well, and `invalid` for times that cannot be.
 */
export async function createOrder(deps: Deps, actor: Actor, input: NewOrder, once: Once | undefined) {
  const wrong = wrongTimes(input, Date.now());
  // A repeat is answered as it was first, though its window has passed meanwhile.
  const earlier =
    once && (isUnplaced(input) || wrong.length > 0) ? await findCreated(deps, actor, once) : null;
  if (earlier === null && wrong.length > 0) {
    throw new AppError('invalid', 'The request is not valid.', { errors: wrong });
  }
  const result = earlier ?? (await insertOrder(deps, actor, input, once));
  switch (result.outcome) {
    case 'no_pickup':
      throw new AppError('invalid', 'The order needs a pickup: the merchant has no usual one.', {
        errors: [{ path: 'pickup', message: 'is required while the merchant has no default pickup' }],
      });
    case 'running':
      throw stillRunning();
    case 'other_request':
      throw otherRequest();
    case 'done':
      deps.wakeRelay();
      return managerOrderFromJson(deps, result.order);
    case 'replay':
      once?.replayed();
      return managerOrderFromJson(deps, result.order);
    default:
      throw refuseQuote(result);
  }
}

type CreateResult =
  | { outcome: 'done' | 'replay'; order: Record<string, unknown> }
  | { outcome: 'no_pickup' | 'running' | 'other_request' }
  | QuoteRefusal;

/** The geocoder will be asked, and need not be for a repeat. */
const isUnplaced = ({ pickup, dropoff }: NewOrder): boolean =>
  [pickup, dropoff].some((stop) => stop !== undefined && stop.location === undefined);

async function findCreated({ db }: Deps, { merchantId }: Actor, { key, requestHash }: Once) {
  const [found] = await db.hot<[{ result: CreateResult | null }]>`
    select find_created_order(${merchantId}, ${key}, ${requestHash}) as result`;
  return found.result;
}

async function insertOrder(deps: Deps, actor: Actor, input: NewOrder, once: Once | undefined) {
  const [pickup, dropoff] = await Promise.all([
    input.pickup && placed(deps.geocoder, input.pickup),
    placed(deps.geocoder, input.dropoff),
  ]);
  const row = newRow(deps, { ...input, pickup, dropoff });
  const { hot } = deps.db;
  const values = hot`${actor.merchantId}, ${hot.json(row)}, ${hot.json(customerOf(dropoff))}, ${uuidv7()}, ${actor.type},
    ${actorId(actor)}`;
  const [answered] = await hot<[{ result: CreateResult }]>`
    select ${once ? hot`create_order_once(${values}, ${once.key}, ${once.requestHash})` : hot`create_order(${values})`}
      as result`;
  return answered.result;
}

/** What create_order is given: the columns that its caller decides. Its id is new with each call. */
export function newRow(deps: Pick<Deps, 'links' | 'pins'>, input: NewOrder) {
  const id = uuidv7();
  return {
    id,
    external_id: input.externalId,
    pickup: input.pickup,
    dropoff: input.dropoff,
    items: input.items,
    total: input.total,
    ready_at: input.readyAt,
    notes: input.notes,
    tip: input.tip,
    cash_on_delivery: input.cashOnDelivery,
    proof: input.proof,
    quote_id: input.quoteId,
    sandbox: input.sandbox,
    sandbox_outcome: input.sandboxOutcome,
    tracking_hash: hashToken(trackingToken(deps.links.trackingKey, id, 0)),
    pin: input.proof?.pin ? deps.pins.create(id) : undefined,
  };
}

/** Who the order goes to, for find_or_add_customer: they are known again however the phone or the email is written. */
export function customerOf({ contact, address, location }: NewOrder['dropoff']) {
  return {
    id: uuidv7(),
    name: contact.name,
    phone: contact.phone && (plainPhone(contact.phone) || undefined),
    email: contact.email?.toLowerCase(),
    address,
    location,
  };
}
