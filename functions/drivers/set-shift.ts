import { createRoute, z } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import { drivers } from '../../db/schema/drivers.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { DriverState } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import {
  Driver,
  DriverParam,
  driverFromRow,
  lockDriver,
  presentDriver,
  reachableDriver,
  recordDriverChange,
} from './driver.ts';
import { countOrders, howMany, IN_HAND } from './orders-of-driver.ts';

export const ShiftChange = z.strictObject({ status: DriverState }).openapi('ShiftChange');

export const setShiftRoute = createRoute({
  method: 'put',
  path: '/v1/drivers/{id}/shift',
  summary: "Start or end a driver's shift",
  tags: ['Drivers'],
  ...secured('drivers:shift'),
  request: { params: DriverParam, body: body(ShiftChange) },
  responses: {
    200: { ...answer(Driver, 'The driver'), headers: z.object({ ETag: z.string() }) },
    ...securedProblems('not_found', 'conflict'),
  },
});

/**
 * The driver, managers and API keys. Throws `not_found`, and `conflict` for who would leave with goods in hand; orders
 * not yet picked up stay theirs, for the manager to give to someone else. The same state again changes nothing.
 */
export async function setShift(
  deps: Deps,
  actor: Actor,
  id: string,
  { status }: z.infer<typeof ShiftChange>,
): Promise<Driver> {
  const { merchantId } = actor;
  const driverId = reachableDriver(actor, id);
  const row = await deps.db.withMerchant(merchantId, async (tx) => {
    const current = await lockDriver(tx, merchantId, driverId);
    if (current.status === status) return current;
    if (status === 'offline') {
      const orders = await countOrders(tx, merchantId, driverId, IN_HAND);
      if (orders > 0) throw stillCarrying(orders);
    }
    const [changed] = await tx
      .update(drivers)
      .set({ status, version: current.version + 1, updatedAt: sql`clock_timestamp()` })
      .where(presentDriver(merchantId, driverId))
      .returning();
    if (changed === undefined) throw notFound('driver');
    await recordDriverChange(tx, merchantId, driverId);
    return changed;
  });
  deps.wakeRelay();
  return driverFromRow(row);
}

const stillCarrying = (orders: number): AppError =>
  new AppError(
    'conflict',
    `The driver still has ${howMany(orders)} in hand: deliver, return or hand over first.`,
    {
      extra: { orders },
    },
  );
