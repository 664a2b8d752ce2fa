import { createRoute } from '@hono/zod-openapi';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { users } from '../../db/schema/accounts.ts';
import { devices, drivers } from '../../db/schema/drivers.ts';
import { outbox } from '../../db/schema/orders.ts';
import { AppError } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { revokeSessions } from '../accounts/revoke-sessions.ts';
import { IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { lockDriver, presentDriver } from './driver.ts';
import { countOrders, howMany } from './orders-of-driver.ts';
import { closeShift } from './shift.ts';

export const removeDriverRoute = createRoute({
  method: 'delete',
  path: '/v1/drivers/{id}',
  summary: 'Remove a driver who has no orders',
  tags: ['Drivers'],
  ...secured('drivers:write'),
  request: { params: IdParam },
  responses: { 204: { description: 'Removed' }, ...securedProblems('not_found', 'conflict') },
});

/**
 * Managers and API keys. The name stays, for the orders they brought; phone, email, place and every way in go.
 * Throws `not_found`, and `conflict` while they have orders.
 */
export async function removeDriver(deps: Deps, { merchantId }: Actor, id: string): Promise<void> {
  await deps.db.withMerchant(merchantId, async (tx) => {
    // Nobody assigns to them from here on: assign_order waits for this lock, and then finds them removed.
    const { userId, version } = await lockDriver(tx, merchantId, id);
    const orders = await countOrders(tx, merchantId, id);
    if (orders > 0) {
      throw new AppError('conflict', `The driver has ${howMany(orders)}; give them to someone else first.`, {
        extra: { orders },
      });
    }
    await tx
      .update(drivers)
      .set({
        status: 'offline',
        phone: null,
        email: null,
        location: null,
        removedAt: sql`clock_timestamp()`,
        updatedAt: sql`clock_timestamp()`,
        version: version + 1,
      })
      .where(presentDriver(merchantId, id));
    await closeShift(tx, { merchantId, driverId: id });
    await closeEveryWayIn(tx, merchantId, id, userId);
    await tx.insert(outbox).values({
      topic: 'driver_removed',
      merchantId,
      entityId: id,
      version: version + 1,
      payload: { driverId: id },
    });
  });
  deps.wakeRelay();
}

async function closeEveryWayIn(tx: Transaction, merchantId: string, id: string, userId: string) {
  const now = sql`clock_timestamp()`;
  await tx
    .update(users)
    .set({ email: null, passwordHash: null, disabledAt: now })
    .where(and(eq(users.merchantId, merchantId), eq(users.id, userId)));
  await revokeSessions(tx, { merchantId, userId });
  await tx
    .update(devices)
    .set({ revokedAt: now })
    .where(and(eq(devices.merchantId, merchantId), eq(devices.driverId, id), isNull(devices.revokedAt)));
}
