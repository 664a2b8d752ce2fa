import { createRoute, z } from '@hono/zod-openapi';
import { and, desc, eq, inArray, isNull, ne, type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { type DriverRow, driverRecord, type OrderRow, orderRecord } from '../../db/order-record.ts';
import { drivers } from '../../db/schema/drivers.ts';
import { deliveryUpdates, orders } from '../../db/schema/orders.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { distance, type Location } from '../../domain/geo.ts';
import { ASSIGN_FROM, DRIVER_STATUSES, HAND_OVER_FROM } from '../../domain/order-status.ts';
import { DriverState, Eta, VehicleType } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { isPerson } from '../drivers/driver.ts';
import { type Candidate, rankDrivers, type Suggestion } from './suggest-ranking.ts';

/** Told, of as many as are looked at closely: those on shift first, then the nearest. */
const MOST_TOLD = 10;
const MOST_CANDIDATES = 50;

const seconds = z.int();
const Reason = z.discriminatedUnion('code', [
  z.object({ code: z.literal('travel'), seconds, metres: z.int() }),
  z.object({ code: z.literal('no_location'), seconds }),
  z.object({ code: z.literal('location_age'), seconds, age: z.int() }),
  z.object({ code: z.literal('active_orders'), seconds, count: z.int(), carried: z.int() }),
  z.object({ code: z.enum(['available', 'offline']), seconds }),
  z.object({
    code: z.enum(['vehicle_fits', 'vehicle_out_of_reach']),
    seconds,
    metres: z.int(),
    reach: z.int().nullable(),
  }),
  z.object({ code: z.literal('declined_before'), seconds }),
]);

export const DriverSuggestion = z
  .object({
    driver: z.object({ id: z.uuid(), name: z.string(), vehicleType: VehicleType, status: DriverState }),
    score: z.int().openapi({ description: "The sum of the reasons' seconds; the smallest comes first." }),
    eta: Eta.describe('When this driver would be at the pickup and the dropoff.'),
    reasons: z.array(Reason),
  })
  .openapi('DriverSuggestion');

export const suggestDriversRoute = createRoute({
  method: 'get',
  path: '/v1/orders/{id}/suggestions',
  summary: 'Who could take the order, the best driver first, and why',
  description: 'Of a carried order: who could take it over, from where its driver is.',
  tags: ['Orders'],
  ...secured('orders:assign'),
  request: { params: IdParam },
  responses: {
    200: answer(z.object({ data: z.array(DriverSuggestion), nextCursor: z.null() }), 'At most ten drivers'),
    ...securedProblems('not_found', 'conflict'),
  },
});

/** Managers and API keys. Locations are those of the last flush. Throws `not_found`, `conflict` when nobody can get it. */
export async function suggestDrivers(deps: Deps, { merchantId }: Actor, id: string): Promise<Suggestion[]> {
  const { order, candidates, start } = await deps.db.withMerchant(merchantId, async (tx) => {
    const [order] = await tx
      .select()
      .from(orders)
      .where(and(eq(orders.merchantId, merchantId), eq(orders.id, id)));
    if (order === undefined) throw notFound('order');
    if (![...ASSIGN_FROM, ...HAND_OVER_FROM].includes(order.status)) {
      throw new AppError('conflict', `The order is ${order.status} and gets no driver.`);
    }
    const start = await startOf(tx, order);
    return { order, start, candidates: await findCandidates(tx, deps, order, start) };
  });
  const { window, ...pickup } = order.pickup;
  const offered = {
    ...orderRecord(order, deps.links),
    status: 'assigned' as const,
    stopSequence: null,
    pickup: { ...pickup, ...(window && { window }), location: start },
  };
  const to = order.dropoff.location;
  const metres = start && to ? Math.round(distance(start, to)) : null;
  return rankDrivers(candidates, { order: offered, metres, now: Date.now() }).slice(0, MOST_TOLD);
}

/** Where it is fetched: what is carried, from where its driver is. */
async function startOf(tx: Transaction, { merchantId, driverId, status, pickup }: OrderRow) {
  if (driverId === null || !HAND_OVER_FROM.includes(status)) return pickup.location;
  const [driver] = await tx
    .select({ location: drivers.location })
    .from(drivers)
    .where(and(eq(drivers.merchantId, merchantId), eq(drivers.id, driverId)));
  return driver?.location ? { lat: driver.location.lat, lng: driver.location.lng } : undefined;
}

async function findCandidates(
  tx: Transaction,
  { links }: Pick<Deps, 'links'>,
  { merchantId, id, driverId }: OrderRow,
  start: Location | undefined,
): Promise<Candidate[]> {
  const found = await tx
    .select()
    .from(drivers)
    .where(
      and(
        eq(drivers.merchantId, merchantId),
        isNull(drivers.removedAt),
        isPerson,
        driverId === null ? undefined : ne(drivers.id, driverId),
      ),
    )
    .orderBy(desc(sql`${drivers.status} = 'available'`), byDistance(start), drivers.id)
    .limit(MOST_CANDIDATES);
  if (found.length === 0) return [];
  const theirs = await tx
    .select()
    .from(orders)
    .where(
      and(
        eq(orders.merchantId, merchantId),
        inArray(
          orders.driverId,
          found.map((driver) => driver.id),
        ),
        inArray(orders.status, [...DRIVER_STATUSES]),
      ),
    );
  const declined = await whoDeclined(tx, merchantId, id);
  const ordersOf = Map.groupBy(theirs, (order) => order.driverId);
  return found.map((driver: DriverRow) => ({
    driver: driverRecord(driver),
    orders: (ordersOf.get(driver.id) ?? []).map((order) => orderRecord(order, links)),
    declined: declined.has(driver.userId),
  }));
}

function byDistance(start: Location | undefined): SQL {
  if (start === undefined) return sql`${drivers.id}`;
  return sql`distance_metres(${drivers.location}, ${JSON.stringify(start)}::jsonb) nulls last`;
}

/** The users of the drivers who gave this order back. */
async function whoDeclined(
  tx: Transaction,
  merchantId: string,
  orderId: string,
): Promise<Set<string | null>> {
  const { actorId, actorType, kind, statusUpdate } = deliveryUpdates;
  const rows = await tx
    .select({ userId: actorId })
    .from(deliveryUpdates)
    .where(
      and(
        eq(deliveryUpdates.merchantId, merchantId),
        eq(deliveryUpdates.orderId, orderId),
        eq(kind, 'status'),
        eq(statusUpdate, 'created'),
        eq(actorType, 'driver'),
      ),
    );
  return new Set(rows.map(({ userId }) => userId));
}
