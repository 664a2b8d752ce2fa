import { createRoute, z } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import { drivers } from '../../db/schema/drivers.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { DriverState, Money } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
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
import { closeShift, countLater, findLastShift, openShift, Shift, shiftFromRow } from './shift.ts';

const atTheEnd = (field: string) => ({ path: [field], message: 'is told at the end of a shift' });

export const ShiftChange = z
  .strictObject({
    status: DriverState,
    cashCounted: Money.optional().openapi({ description: 'What the driver hands over, at the end.' }),
    note: text(1000).optional(),
  })
  .refine(
    ({ status, cashCounted }) => status === 'offline' || cashCounted === undefined,
    atTheEnd('cashCounted'),
  )
  .refine(({ status, note }) => status === 'offline' || note === undefined, atTheEnd('note'))
  .openapi('ShiftChange');

export const DriverOnShift = Driver.extend({
  shift: Shift.nullable().openapi({ description: 'The open one, or the one that has ended, with its cash.' }),
}).openapi('DriverOnShift');
export type DriverOnShift = z.infer<typeof DriverOnShift>;

export const setShiftRoute = createRoute({
  method: 'put',
  path: '/v1/drivers/{id}/shift',
  summary: "Start or end a driver's shift",
  tags: ['Drivers'],
  ...secured('drivers:shift'),
  request: { params: DriverParam, body: body(ShiftChange) },
  responses: {
    200: { ...answer(DriverOnShift, 'The driver'), headers: z.object({ ETag: z.string() }) },
    ...securedProblems('not_found', 'conflict'),
  },
});

/**
 * The driver, managers and API keys. Throws `not_found`, and `conflict` for who would leave with goods in hand; orders
 * not yet picked up stay theirs, for the manager to give to someone else. The same state again changes nothing, but for a
 * count of the cash that was still missing.
 */
export async function setShift(
  deps: Deps,
  actor: Actor,
  id: string,
  { status, ...count }: z.infer<typeof ShiftChange>,
): Promise<DriverOnShift> {
  const { merchantId } = actor;
  const driverId = reachableDriver(actor, id);
  const who = { merchantId, driverId };
  const { row, shift } = await deps.db.withMerchant(merchantId, async (tx) => {
    const current = await lockDriver(tx, merchantId, driverId);
    if (current.status === status) {
      if (status === 'offline') await countLater(tx, who, count);
      return { row: current, shift: await findLastShift(tx, who) };
    }
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
    await (status === 'available' ? openShift(tx, who) : closeShift(tx, who, count));
    return { row: changed, shift: await findLastShift(tx, who) };
  });
  deps.wakeRelay();
  return { ...driverFromRow(row), shift: shift === undefined ? null : shiftFromRow(shift) };
}

const stillCarrying = (orders: number): AppError =>
  new AppError(
    'conflict',
    `The driver still has ${howMany(orders)} in hand: deliver, return or hand over first.`,
    {
      extra: { orders },
    },
  );
