import { createRoute } from '@hono/zod-openapi';
import { notFound } from '../../domain/errors.ts';
import { answer, problems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { RoomAddress } from '../room-address.ts';
import { findByToken } from './find-order.ts';
import { TokenParam } from './get.ts';

export const enterTrackingRoomRoute = createRoute({
  method: 'get',
  path: '/v1/tracking/{token}/room',
  summary: "The delivery's live room, and a token for it",
  tags: ['Tracking'],
  request: { params: TokenParam },
  responses: { 200: answer(RoomAddress, 'Where to connect'), ...problems('not_found') },
});

/** Whoever holds the link. Throws `not_found`. */
export async function enterTrackingRoom(deps: Deps, token: string) {
  const link = await findByToken(deps, token);
  if (link.kind !== 'good') throw notFound('tracking link');
  const { merchantId: merchant, orderId: room } = link;
  return deps.rooms.admit({ sub: room, merchant, party: 'delivery-room', room, audience: 'customer' });
}
