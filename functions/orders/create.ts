import { createRoute, z } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import { hashToken, trackingToken } from '../../db/tracking-token.ts';
import { AppError } from '../../domain/errors.ts';
import { Contact, Instant, Item, Money, ProofDemand, Stop } from '../../domain/orders.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { ManagerOrder, managerOrderFromJson } from './order.ts';
import { placed } from './place.ts';

export const NewOrder = z
  .strictObject({
    externalId: text(200).optional(),
    pickup: Stop.optional(),
    dropoff: Stop.safeExtend({ contact: Contact }),
    items: z.array(Item).max(200).default([]),
    total: Money.optional(),
    readyAt: Instant.optional(),
    notes: text(2000).optional(),
    tip: Money.optional(),
    cashOnDelivery: Money.optional(),
    proof: ProofDemand.optional(),
  })
  .openapi('NewOrder');
export type NewOrder = z.infer<typeof NewOrder>;

export const createOrderRoute = createRoute({
  method: 'post',
  path: '/v1/orders',
  summary: 'Create an order',
  tags: ['Orders'],
  ...secured('orders:create'),
  request: { body: body(NewOrder) },
  responses: { 201: answer(ManagerOrder, 'The order, with its tracking link'), ...securedProblems() },
});

/** Managers and API keys. An address that is not found is accepted: the manager places it later. */
export async function createOrder(deps: Deps, actor: Actor, input: NewOrder) {
  const [pickup, dropoff] = await Promise.all([
    input.pickup && placed(deps.geocoder, input.pickup),
    placed(deps.geocoder, input.dropoff),
  ]);
  const id = uuidv7();
  const row = {
    id,
    external_id: input.externalId,
    pickup,
    dropoff,
    items: input.items,
    total: input.total,
    ready_at: input.readyAt,
    notes: input.notes,
    tip: input.tip,
    cash_on_delivery: input.cashOnDelivery,
    proof: input.proof,
    tracking_hash: hashToken(trackingToken(deps.links.trackingKey, id, 0)),
  };
  const { contact, address, location } = dropoff;
  const customer = { ...contact, id: uuidv7(), address, location };
  const { hot } = deps.db;
  const [answered] = await hot<[{ result: CreateResult }]>`
    select create_order(${actor.merchantId}, ${hot.json(row)}, ${hot.json(customer)}, ${uuidv7()}, ${actor.type},
      ${actorId(actor)}) as result`;
  if (answered.result.outcome === 'no_pickup') {
    throw new AppError('invalid', 'The order needs a pickup: the merchant has no usual one.', {
      errors: [{ path: 'pickup', message: 'is required while the merchant has no default pickup' }],
    });
  }
  deps.wakeRelay();
  return managerOrderFromJson(deps, answered.result.order);
}

type CreateResult = { outcome: 'done'; order: Record<string, unknown> } | { outcome: 'no_pickup' };
