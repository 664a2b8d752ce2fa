import { createRoute, z } from '@hono/zod-openapi';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { devices } from '../../db/schema/drivers.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { driverPathId, reachableDriver } from './driver.ts';

const DeviceParam = z.object({
  id: driverPathId,
  deviceId: z.uuid().openapi({ param: { name: 'deviceId', in: 'path' } }),
});

export const revokeDeviceRoute = createRoute({
  method: 'delete',
  path: '/v1/drivers/{id}/devices/{deviceId}',
  summary: "Revoke a phone tracker's token",
  tags: ['Drivers'],
  ...secured('drivers:devices'),
  request: { params: DeviceParam },
  responses: {
    204: { description: 'Revoked, within ten seconds everywhere' },
    ...securedProblems('not_found'),
  },
});

/** The driver, managers and API keys. Throws `not_found`, also for one that is revoked already. */
export async function revokeDevice(deps: Deps, actor: Actor, id: string, deviceId: string): Promise<void> {
  const { merchantId } = actor;
  const driverId = reachableDriver(actor, id);
  const revoked = await deps.db.withMerchant(merchantId, (tx) =>
    tx
      .update(devices)
      .set({ revokedAt: sql`clock_timestamp()` })
      .where(
        and(
          eq(devices.merchantId, merchantId),
          eq(devices.driverId, driverId),
          eq(devices.id, deviceId),
          isNull(devices.revokedAt),
        ),
      )
      .returning({ id: devices.id }),
  );
  if (revoked.length === 0) throw notFound('device');
}
