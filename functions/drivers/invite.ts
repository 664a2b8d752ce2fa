import { createRoute } from '@hono/zod-openapi';
import type { Actor } from '../../domain/policy.ts';
import { createInvitation } from '../accounts/create-invitation.ts';
import { answer, IdParam, secured, securedProblems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { createOnce, IdempotencyKey, type Once } from '../idempotency.ts';
import { DriverInvitation, invitationAnswer } from './create.ts';
import { lockDriver } from './driver.ts';

export const inviteDriverRoute = createRoute({
  method: 'post',
  path: '/v1/drivers/{id}/invite',
  summary: 'Invite a driver again',
  tags: ['Drivers'],
  ...secured('drivers:write'),
  request: { params: IdParam, headers: IdempotencyKey },
  responses: {
    201: answer(DriverInvitation, 'A new link by which the driver signs in'),
    ...securedProblems('not_found', 'conflict', 'unprocessable'),
  },
});

/** Managers and API keys: for a lost link or a new phone. Throws `not_found`. */
export async function inviteDriver(deps: Deps, actor: Actor, id: string, once: Once | undefined) {
  const { merchantId } = actor;
  return createOnce(deps, actor, once, async (tx) => {
    const { userId } = await lockDriver(tx, merchantId, id);
    return invitationAnswer(deps, await createInvitation(tx, { merchantId, userId }));
  });
}
