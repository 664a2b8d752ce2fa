import { createRoute, z } from '@hono/zod-openapi';
import type { Actor } from '../../domain/policy.ts';
import { answer, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { Driver, DriverParam, driverFromRow, reachableDriver, requireDriver } from './driver.ts';

export const getDriverRoute = createRoute({
  method: 'get',
  path: '/v1/drivers/{id}',
  summary: 'Read a driver',
  tags: ['Drivers'],
  ...secured('drivers:read'),
  request: { params: DriverParam },
  responses: {
    200: { ...answer(Driver, 'The driver'), headers: z.object({ ETag: z.string() }) },
    ...securedProblems('not_found'),
  },
});

/** Managers, API keys, and the driver. Throws `not_found`. */
export async function getDriver(deps: Deps, actor: Actor, id: string): Promise<Driver> {
  const driverId = reachableDriver(actor, id);
  const row = await deps.db.withMerchant(actor.merchantId, (tx) =>
    requireDriver(tx, actor.merchantId, driverId),
  );
  return driverFromRow(row);
}
