import { createRoute, z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { users } from '../../db/schema/accounts.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { type Actor, actorId } from '../../domain/policy.ts';
import { answer, body, secured, securedProblems } from '../api.ts';
import { audit } from './audit.ts';
import type { AccountsDeps } from './deps.ts';
import { NewPassword } from './fields.ts';
import { revokeSessions } from './revoke-sessions.ts';
import { addRefreshToken, lockAccount, Session, sessionAnswer } from './sign-in.ts';

export const PasswordChange = z
  .strictObject({ currentPassword: z.string().min(1).max(200), password: NewPassword })
  .openapi('PasswordChange');
export type PasswordChange = z.infer<typeof PasswordChange>;

export const changePasswordRoute = createRoute({
  method: 'put',
  path: '/v1/users/me/password',
  summary: 'Change your own password',
  description:
    'Logs out everywhere else. Who has no password yet uses the link of `/v1/auth/password/forgot`.',
  tags: ['Accounts'],
  ...secured('self:write'),
  request: { body: body(PasswordChange) },
  responses: {
    200: answer(Session, 'A new session'),
    ...securedProblems('not_found', 'conflict', 'too_many_requests'),
  },
});

/** Managers and drivers, of themselves. Throws `invalid` for a wrong current password, `conflict` without one, `too_many_requests`. */
export async function changePassword(
  deps: AccountsDeps,
  actor: Actor,
  { currentPassword, password }: PasswordChange,
  address: string,
) {
  const who = { merchantId: actor.merchantId, userId: actorId(actor) };
  await deps.throttle.count(who.userId, address);
  const own = and(eq(users.merchantId, who.merchantId), eq(users.id, who.userId));
  const [stored] = await deps.db.withMerchant(who.merchantId, (tx) =>
    tx.select({ passwordHash: users.passwordHash }).from(users).where(own),
  );
  const known = stored?.passwordHash ?? null;
  if (known === null)
    throw new AppError('conflict', 'You have no password yet: ask for a link to choose one.');
  if (!(await deps.passwords.verify(currentPassword, known))) throw notTheirs();
  const passwordHash = await deps.passwords.hash(password);
  const { account, refreshToken } = await deps.db.withMerchant(who.merchantId, async (tx) => {
    const account = await lockAccount(tx, who);
    if (account === undefined) throw notFound('user');
    // Of two who change it at once, the second knew the password of before.
    const changed = await tx
      .update(users)
      .set({ passwordHash })
      .where(and(own, eq(users.passwordHash, known)))
      .returning({ id: users.id });
    if (changed.length === 0) throw notTheirs();
    await revokeSessions(tx, who);
    await audit(tx, actor, { action: 'user.password_changed', entityType: 'user', entityId: who.userId });
    return { account, refreshToken: await addRefreshToken(tx, account) };
  });
  await deps.throttle.forgive(who.userId, address);
  return sessionAnswer(deps, account, refreshToken);
}

const notTheirs = (): AppError =>
  new AppError('invalid', 'The current password is not right.', {
    errors: [{ path: 'currentPassword', message: 'is not right' }],
  });
