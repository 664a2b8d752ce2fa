import { createRoute, z } from '@hono/zod-openapi';
import { uuidv7 } from 'uuidv7';
import { users } from '../../db/schema/accounts.ts';
import { Instant } from '../../domain/orders.ts';
import type { Actor } from '../../domain/policy.ts';
import { text } from '../../domain/text.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { createOnce, IdempotencyKey, type Once } from '../idempotency.ts';
import { isDuplicate } from '../problem.ts';
import { audit } from './audit.ts';
import { Colleague, colleagueAnswer } from './colleague.ts';
import { createInvitation, inviteUrl } from './create-invitation.ts';
import { Email } from './fields.ts';
import { requireManager } from './require-manager.ts';
import { emailTaken } from './sign-up.ts';

export const NewColleague = z
  .strictObject({ name: text(200), email: Email, role: z.literal('manager').default('manager') })
  .openapi('NewColleague');
export type NewColleague = z.infer<typeof NewColleague>;

export const InvitedColleague = Colleague.extend({
  inviteUrl: z.url().openapi({ description: 'Shown once; good for seven days.' }),
  inviteExpiresAt: Instant,
}).openapi('InvitedColleague');

export const inviteUserRoute = createRoute({
  method: 'post',
  path: '/v1/users',
  summary: 'Invite a colleague',
  tags: ['Accounts'],
  ...secured('users:write'),
  request: { headers: IdempotencyKey, body: body(NewColleague) },
  responses: {
    201: answer(InvitedColleague, 'The colleague, with the link to send to them'),
    ...securedProblems('conflict', 'unprocessable'),
  },
});

/** Managers. Throws `conflict` when the email has an account, here or elsewhere. */
export async function inviteUser(deps: Deps, actor: Actor, input: NewColleague, once: Once | undefined) {
  const { merchantId } = actor;
  const { name, email, role } = input;
  const id = uuidv7();
  try {
    return await createOnce(deps, actor, once, async (tx) => {
      await requireManager(tx, actor);
      const [row] = await tx.insert(users).values({ merchantId, id, name, email, role }).returning();
      if (row === undefined) throw new Error('A row was not there after its insert.');
      const invitation = await createInvitation(tx, { merchantId, userId: id });
      await audit(tx, actor, { action: 'user.invited', entityType: 'user', entityId: id, details: { role } });
      return {
        ...colleagueAnswer(row),
        inviteUrl: inviteUrl(deps.links.publicUrl, invitation),
        inviteExpiresAt: invitation.expiresAt.toISOString(),
      };
    });
  } catch (error) {
    if (isDuplicate(error, 'users_email')) throw emailTaken();
    throw error;
  }
}
