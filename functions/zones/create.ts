import { createRoute, z } from '@hono/zod-openapi';
import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { merchants } from '../../db/schema/accounts.ts';
import { zones } from '../../db/schema/zones.ts';
import { AppError } from '../../domain/errors.ts';
import type { Actor } from '../../domain/policy.ts';
import { audit } from '../accounts/audit.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { createOnce, IdempotencyKey, type Once } from '../idempotency.ts';
import { Zone, ZoneFields, zoneFromRow } from './zone.ts';

/** A quote looks at all of them. */
export const MOST_ZONES = 100;

export const NewZone = z
  .strictObject({
    ...ZoneFields,
    hours: ZoneFields.hours.default(null),
    active: ZoneFields.active.default(true),
  })
  .openapi('NewZone');
export type NewZone = z.infer<typeof NewZone>;

export const createZoneRoute = createRoute({
  method: 'post',
  path: '/v1/zones',
  summary: 'Add a zone that is delivered to',
  description:
    'Where zones overlap, the cheapest that is open counts. With the first zone, quotes outside of all are refused.',
  tags: ['Zones'],
  ...secured('zones:write'),
  request: { headers: IdempotencyKey, body: body(NewZone) },
  responses: { 201: answer(Zone, 'The zone'), ...securedProblems('conflict', 'unprocessable') },
});

/** Managers and API keys. Throws `conflict` for the hundred-and-first. */
export function createZone(deps: Deps, actor: Actor, input: NewZone, once: Once | undefined): Promise<Zone> {
  const { merchantId } = actor;
  return createOnce(deps, actor, once, async (tx) => {
    // So that of several at once each counts the others.
    await tx
      .select({ id: merchants.id })
      .from(merchants)
      .where(eq(merchants.id, merchantId))
      .for('no key update');
    if ((await tx.$count(zones, eq(zones.merchantId, merchantId))) >= MOST_ZONES) {
      throw new AppError('conflict', `There are ${MOST_ZONES} zones already; a zone can have several areas.`);
    }
    const [added] = await tx
      .insert(zones)
      .values({ ...input, merchantId, id: uuidv7() })
      .returning();
    if (added === undefined) throw new Error('The insert returned no zone.');
    await audit(tx, actor, { action: 'zone.created', entityType: 'zone', entityId: added.id });
    return zoneFromRow(added);
  });
}
