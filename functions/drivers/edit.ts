import { createRoute, z } from '@hono/zod-openapi';
import { and, eq, sql } from 'drizzle-orm';
import { users } from '../../db/schema/accounts.ts';
import { drivers } from '../../db/schema/drivers.ts';
import { notFound } from '../../domain/errors.ts';
import { VehicleType } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { Email } from '../accounts/fields.ts';
import { answer, body, IdParam, secured, securedProblems } from '../api.ts';
import { Phone } from '../contact-fields.ts';
import type { Deps } from '../deps.ts';
import { IfMatch, stale } from '../etag.ts';
import {
  Driver,
  driverFromRow,
  lockDriver,
  presentDriver,
  recordDriverChange,
  refuseTakenEmail,
} from './driver.ts';

/** What is left out stays; null takes the value away. */
export const DriverEdit = z
  .strictObject({
    name: text(200).optional(),
    phone: Phone.nullable().optional(),
    email: Email.nullable().optional(),
    vehicleType: VehicleType.optional(),
  })
  .openapi('DriverEdit');
export type DriverEdit = z.infer<typeof DriverEdit>;

export const editDriverRoute = createRoute({
  method: 'patch',
  path: '/v1/drivers/{id}',
  summary: 'Change what is known of a driver',
  tags: ['Drivers'],
  ...secured('drivers:write'),
  request: { params: IdParam, headers: IfMatch, body: body(DriverEdit) },
  responses: {
    200: { ...answer(Driver, 'The driver'), headers: z.object({ ETag: z.string() }) },
    ...securedProblems('not_found', 'conflict', 'stale'),
  },
});

/** Managers and API keys. Throws `not_found`, `stale`, `conflict` when the email has another account. */
export async function editDriver(
  deps: Deps,
  { merchantId }: Actor,
  id: string,
  edit: DriverEdit,
  version: number | null,
): Promise<Driver> {
  const row = await deps.db
    .withMerchant(merchantId, async (tx) => {
      const current = await lockDriver(tx, merchantId, id);
      if (version !== null && version !== current.version) throw stale(current.version);
      if (Object.keys(edit).length === 0) return current;
      const { name = current.name, email = current.email } = edit;
      // The account by which they sign in goes by the same name and email.
      await tx
        .update(users)
        .set({ name, email })
        .where(and(eq(users.merchantId, merchantId), eq(users.id, current.userId)));
      const [changed] = await tx
        .update(drivers)
        .set({ ...edit, version: current.version + 1, updatedAt: sql`clock_timestamp()` })
        .where(presentDriver(merchantId, id))
        .returning();
      if (changed === undefined) throw notFound('driver');
      await recordDriverChange(tx, merchantId, id);
      return changed;
    })
    .catch(refuseTakenEmail);
  deps.wakeRelay();
  return driverFromRow(row);
}
