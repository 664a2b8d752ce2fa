import { createRoute, z } from '@hono/zod-openapi';
import { and, asc, between, eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { deliveryUpdates, trailChunks } from '../../db/schema/orders.ts';
import { isActive } from '../../domain/order-status.ts';
import type { Actor } from '../../domain/policy.ts';
import { decodeTrail, type TrailPoint } from '../../domain/trail.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { getOrder } from './get.ts';

/** RFC 7946; `times` beside the coordinates are those of the fixes, as gpx.io and togeojson name them. */
export const Trail = z
  .object({
    type: z.literal('Feature'),
    geometry: z
      .object({ type: z.literal('LineString'), coordinates: z.array(z.tuple([z.number(), z.number()])) })
      .nullable(),
    properties: z.object({ orderId: z.uuid(), times: z.array(z.string()) }),
  })
  .openapi('Trail');

export const getTrailRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/trail',
  summary: 'The way the order went, as GeoJSON',
  tags: ['Orders'],
  ...secured('orders:read'),
  request: { params: IdParam },
  responses: {
    200: answer(Trail, 'A feature; its geometry is null without two fixes'),
    ...securedProblems('not_found'),
  },
});

/** Who may read the order. The trail is its drivers' while they had it, up to a few seconds ago. Throws `not_found`. */
export async function getTrail(deps: Deps, actor: Actor, orderId: string): Promise<z.infer<typeof Trail>> {
  await getOrder(deps, actor, orderId);
  const points = await deps.db.withMerchant(actor.merchantId, async (tx) => {
    const carries = await findCarries(tx, actor.merchantId, orderId);
    const trails = await Promise.all(carries.map((carry) => readTrail(tx, actor.merchantId, carry)));
    return trails.flat();
  });
  return {
    type: 'Feature',
    geometry:
      points.length < 2
        ? null
        : { type: 'LineString', coordinates: points.map(({ lat, lng }) => [lng, lat] as const) },
    properties: { orderId, times: points.map(({ at }) => new Date(at).toISOString()) },
  };
}

/** A time during which one driver had the order. */
type Carry = { driverId: string; from: Date; to: Date };

async function findCarries(tx: Transaction, merchantId: string, orderId: string): Promise<Carry[]> {
  const updates = await tx
    .select({
      driverId: deliveryUpdates.driverId,
      at: deliveryUpdates.receivedAt,
      status: deliveryUpdates.statusUpdate,
    })
    .from(deliveryUpdates)
    .where(and(eq(deliveryUpdates.merchantId, merchantId), eq(deliveryUpdates.orderId, orderId)))
    .orderBy(asc(deliveryUpdates.version));
  const carries: Carry[] = [];
  for (const [index, { driverId, at, status }] of updates.entries()) {
    if (driverId === null || !isActive(status)) continue;
    const to = updates[index + 1]?.at ?? new Date();
    const last = carries.at(-1);
    if (last?.driverId === driverId && last.to.getTime() === at.getTime()) last.to = to;
    else carries.push({ driverId, from: at, to });
  }
  return carries;
}

/** A chunk covers at most this long, so an interval's first point may be in one that started so much earlier. */
const LONGEST_CHUNK_MS = 60_000;

async function readTrail(
  tx: Transaction,
  merchantId: string,
  { driverId, from, to }: Carry,
): Promise<TrailPoint[]> {
  const chunks = await tx
    .select({ points: trailChunks.points })
    .from(trailChunks)
    .where(
      and(
        eq(trailChunks.merchantId, merchantId),
        eq(trailChunks.driverId, driverId),
        between(trailChunks.startedAt, new Date(from.getTime() - LONGEST_CHUNK_MS), to),
      ),
    )
    .orderBy(asc(trailChunks.startedAt));
  return chunks
    .flatMap(({ points }) => decodeTrail(points))
    .filter(({ at }) => at >= from.getTime() && at <= to.getTime());
}
