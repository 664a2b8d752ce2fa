import { createRoute, z } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import { zones } from '../../db/schema/zones.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { audit } from '../accounts/audit.ts';
import { answer, body, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { getZone } from './get.ts';
import { ownZone, Zone, ZoneFields, zoneFromRow } from './zone.ts';

/** What is left out stays; area, fee and hours are replaced as a whole. */
export const ZoneEdit = z.strictObject(ZoneFields).partial().openapi('ZoneEdit');
export type ZoneEdit = z.infer<typeof ZoneEdit>;

export const editZoneRoute = createRoute({
  method: 'patch',
  path: '/v1/zones/{id}',
  summary: 'Change a zone',
  description: 'Quotes that were given stay as they are until they expire.',
  tags: ['Zones'],
  ...secured('zones:write'),
  request: { params: IdParam, body: body(ZoneEdit) },
  responses: { 200: answer(Zone, 'The zone'), ...securedProblems('not_found') },
});

/** Managers and API keys. Naming nothing changes nothing. Throws `not_found`. */
export async function editZone(deps: Deps, actor: Actor, id: string, edit: ZoneEdit): Promise<Zone> {
  const changed = Object.keys(edit);
  if (changed.length === 0) return getZone(deps, actor, id);
  const row = await deps.db.withMerchant(actor.merchantId, async (tx) => {
    const [edited] = await tx
      .update(zones)
      .set({ ...edit, updatedAt: sql`clock_timestamp()` })
      .where(ownZone(actor.merchantId, id))
      .returning();
    if (edited === undefined) throw notFound('zone');
    await audit(tx, actor, {
      action: 'zone.changed',
      entityType: 'zone',
      entityId: id,
      details: { changed },
    });
    return edited;
  });
  return zoneFromRow(row);
}
