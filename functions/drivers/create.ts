import { createRoute, z } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import { users } from '../../db/schema/accounts.ts';
import { drivers } from '../../db/schema/drivers.ts';
import { Instant, VehicleType } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { createInvitation, type Invitation, inviteUrl } from '../accounts/create-invitation.ts';
import { Email } from '../accounts/fields.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import { Phone } from '../contact-fields.ts';
import type { Deps } from '../deps.ts';
import { createOnce, IdempotencyKey, type Once } from '../idempotency.ts';
import { Driver, driverFromRow, recordDriverChange, refuseTakenEmail } from './driver.ts';

export const NewDriver = z
  .strictObject({
    name: text(200),
    phone: Phone.optional(),
    email: Email.optional(),
    vehicleType: VehicleType,
  })
  .openapi('NewDriver');
export type NewDriver = z.infer<typeof NewDriver>;

/** The link is shown once; a new one can be had at any time. */
export const DriverInvitation = z
  .object({ inviteUrl: z.string(), inviteExpiresAt: Instant })
  .openapi('DriverInvitation');

export const InvitedDriver = Driver.extend(DriverInvitation.shape).openapi('InvitedDriver');

export const createDriverRoute = createRoute({
  method: 'post',
  path: '/v1/drivers',
  summary: 'Add a driver and invite them',
  tags: ['Drivers'],
  ...secured('drivers:write'),
  request: { headers: IdempotencyKey, body: body(NewDriver) },
  responses: {
    201: answer(InvitedDriver, 'The driver, with the link by which they sign in'),
    ...securedProblems('conflict', 'unprocessable'),
  },
});

/** Managers and API keys. Throws `conflict` when the email has an account. */
export async function createDriver(deps: Deps, actor: Actor, input: NewDriver, once: Once | undefined) {
  const { merchantId } = actor;
  const { name, phone, email, vehicleType } = input;
  const id = uuidv7();
  const userId = uuidv7();
  const driver = await createOnce(deps, actor, once, async (tx) => {
    await tx.insert(users).values({ merchantId, id: userId, name, email, role: 'driver' });
    const [row] = await tx
      .insert(drivers)
      .values({ merchantId, id, userId, name, phone, email, vehicleType })
      .returning();
    if (row === undefined) throw new Error('The insert returned no driver.');
    await recordDriverChange(tx, merchantId, id);
    const invitation = invitationAnswer(deps, await createInvitation(tx, { merchantId, userId }));
    return { ...driverFromRow(row), ...invitation };
  }).catch(refuseTakenEmail);
  deps.wakeRelay();
  return driver;
}

export const invitationAnswer = (deps: Pick<Deps, 'links'>, invitation: Invitation) => ({
  inviteUrl: inviteUrl(deps.links.publicUrl, invitation),
  inviteExpiresAt: invitation.expiresAt.toISOString(),
});
