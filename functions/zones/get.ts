import { createRoute } from '@hono/zod-openapi';
import { zones } from '../../db/schema/zones.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { ownZone, Zone, zoneFromRow } from './zone.ts';

export const getZoneRoute = createRoute({
  method: 'get',
  path: '/v1/zones/{id}',
  summary: 'Read a zone',
  tags: ['Zones'],
  ...secured('zones:read'),
  request: { params: IdParam },
  responses: { 200: answer(Zone, 'The zone'), ...securedProblems('not_found') },
});

/** Everybody of the merchant. Throws `not_found`. */
export async function getZone(deps: Deps, { merchantId }: Actor, id: string): Promise<Zone> {
  const [row] = await deps.db.withMerchant(merchantId, (tx) =>
    tx.select().from(zones).where(ownZone(merchantId, id)),
  );
  if (row === undefined) throw notFound('zone');
  return zoneFromRow(row);
}
