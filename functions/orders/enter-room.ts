import { createRoute } from '@hono/zod-openapi';
import { type Actor, actorId, can } from '../../domain/policy.ts';
import { requireManager } from '../accounts/require-manager.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { RoomAddress } from '../room-address.ts';
import { getOrder } from './get.ts';

export const enterOrderRoomRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/room',
  summary: 'The live room of an order, and a token for it',
  tags: ['Orders'],
  ...secured('orders:watch'),
  request: { params: IdParam },
  responses: { 200: answer(RoomAddress, 'Where to connect'), ...securedProblems('not_found') },
});

export const enterFleetRoomRoute = createRoute({
  method: 'get',
  path: '/v1/fleet/room',
  summary: "The live room of the merchant's fleet, and a token for it",
  tags: ['Fleet'],
  ...secured('fleet:watch'),
  responses: { 200: answer(RoomAddress, 'Where to connect'), ...securedProblems() },
});

/** Who may read the order. Throws `not_found`, and `forbidden` for a manager who was removed. */
export async function enterOrderRoom(deps: Deps, actor: Actor, orderId: string) {
  await refuseRemoved(deps, actor);
  await getOrder(deps, actor, orderId);
  return deps.rooms.admit({ ...claimsOf(actor), party: 'delivery-room', room: orderId });
}

/** Managers see all of the fleet, a driver their own part. Throws `forbidden` for a manager who was removed. */
export async function enterFleetRoom(deps: Deps, actor: Actor) {
  await refuseRemoved(deps, actor);
  return deps.rooms.admit({ ...claimsOf(actor), party: 'fleet-room', room: actor.merchantId });
}

/** A room token lives for an hour; a colleague who was removed must not get one in the minutes their access token has left. */
async function refuseRemoved(deps: Deps, actor: Actor): Promise<void> {
  if (actor.type === 'manager')
    await deps.db.withMerchant(actor.merchantId, (tx) => requireManager(tx, actor));
}

function claimsOf(actor: Actor) {
  const { merchantId: merchant } = actor;
  return actor.type === 'driver'
    ? { sub: actor.userId, merchant, audience: 'driver' as const, driver: actor.driverId }
    : {
        sub: actorId(actor),
        merchant,
        audience: 'manager' as const,
        ...(can(actor, 'orders:chat') ? {} : { readOnly: true as const }),
      };
}
