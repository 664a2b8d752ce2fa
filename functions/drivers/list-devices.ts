import { createRoute, z } from '@hono/zod-openapi';
import { and, asc, eq, isNull } from 'drizzle-orm';
import { devices } from '../../db/schema/drivers.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { Device, deviceFromRow } from './device.ts';
import { DriverParam, reachableDriver, requireDriver } from './driver.ts';

export const listDevicesRoute = createRoute({
  method: 'get',
  path: '/v1/drivers/{id}/devices',
  summary: "A driver's phone trackers",
  tags: ['Drivers'],
  ...secured('drivers:devices'),
  request: { params: DriverParam },
  responses: {
    200: answer(z.object({ data: z.array(Device), nextCursor: z.null() }), 'Those that are not revoked'),
    ...securedProblems('not_found'),
  },
});

/** The driver, managers and API keys. Throws `not_found`. */
export async function listDevices(deps: Deps, actor: Actor, id: string) {
  const { merchantId } = actor;
  const driverId = reachableDriver(actor, id);
  const rows = await deps.db.withMerchant(merchantId, async (tx) => {
    await requireDriver(tx, merchantId, driverId);
    return tx
      .select()
      .from(devices)
      .where(
        and(eq(devices.merchantId, merchantId), eq(devices.driverId, driverId), isNull(devices.revokedAt)),
      )
      .orderBy(asc(devices.id));
  });
  return { data: rows.map(deviceFromRow), nextCursor: null };
}
