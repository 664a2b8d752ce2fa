import { createRoute } from '@hono/zod-openapi';
import { zones } from '../../db/schema/zones.ts';
import { notFound } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { audit } from '../accounts/audit.ts';
import { IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { ownZone } from './zone.ts';

export const removeZoneRoute = createRoute({
  method: 'delete',
  path: '/v1/zones/{id}',
  summary: 'Remove a zone',
  description: 'Quotes that were given stay good. Without any zone left, quotes are given for anywhere.',
  tags: ['Zones'],
  ...secured('zones:write'),
  request: { params: IdParam },
  responses: { 204: { description: 'Removed' }, ...securedProblems('not_found') },
});

/** Managers and API keys. Throws `not_found`. */
export async function removeZone(deps: Deps, actor: Actor, id: string): Promise<void> {
  await deps.db.withMerchant(actor.merchantId, async (tx) => {
    const [removed] = await tx
      .delete(zones)
      .where(ownZone(actor.merchantId, id))
      .returning({ name: zones.name });
    if (removed === undefined) throw notFound('zone');
    await audit(tx, actor, { action: 'zone.removed', entityType: 'zone', entityId: id, details: removed });
  });
}
