import { createRoute, z } from '@hono/zod-openapi';
import { and, eq, gt, isNull } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client.ts';
import { passwordResets, users } from '../../db/schema/accounts.ts';
import { hashToken } from '../../db/tracking-token.ts';
import { notFound } from '../../domain/errors.ts';
import { answer, body, problems } from '../api.ts';
import { audit } from './audit.ts';
import type { AccountsDeps } from './deps.ts';
import { NewPassword, OpaqueToken } from './fields.ts';
import { revokeSessions } from './revoke-sessions.ts';
import { addRefreshToken, lockAccount, Session, sessionAnswer, type UserRef } from './sign-in.ts';

export const PasswordReset = z
  .strictObject({ token: OpaqueToken, password: NewPassword })
  .openapi('PasswordReset');
export type PasswordReset = z.infer<typeof PasswordReset>;

export const resetPasswordRoute = createRoute({
  method: 'post',
  path: '/v1/auth/password/reset',
  summary: 'Choose a new password, with the token of the link',
  description: 'Logs in here, and out everywhere else.',
  tags: ['Accounts'],
  request: { body: body(PasswordReset) },
  responses: { 200: answer(Session, 'A session'), ...problems('not_found') },
});

/** Anybody who has the token. Throws `not_found` when it is unknown, used, expired or replaced by a newer one. */
export async function resetPassword(deps: AccountsDeps, { token, password }: PasswordReset) {
  const found = await findReset(deps.db, token);
  // Before the costly part; all is decided again in the transaction.
  if (found === undefined) throw notFound('password reset');
  const passwordHash = await deps.passwords.hash(password);
  const { account, refreshToken } = await deps.db.withMerchant(found.merchantId, async (tx) => {
    const account = await lockAccount(tx, found);
    if (account === undefined || !(await markUsed(tx, found))) throw notFound('password reset');
    const { merchantId, userId } = found;
    await tx
      .update(users)
      .set({ passwordHash })
      .where(and(eq(users.merchantId, merchantId), eq(users.id, userId)));
    await revokeSessions(tx, found);
    await audit(tx, account.actor, { action: 'user.password_reset', entityType: 'user', entityId: userId });
    return { account, refreshToken: await addRefreshToken(tx, account) };
  });
  return sessionAnswer(deps, account, refreshToken);
}

type ResetRef = UserRef & { id: string };

async function findReset(db: Database, token: string): Promise<ResetRef | undefined> {
  const { merchantId, userId, id, tokenHash } = passwordResets;
  const [found] = await db.system
    .select({ merchantId, userId, id })
    .from(passwordResets)
    .where(and(eq(tokenHash, hashToken(token)), isOpen()));
  return found;
}

/** Of two who use the same one, one gets true. */
async function markUsed(tx: Transaction, { merchantId, id }: ResetRef): Promise<boolean> {
  const marked = await tx
    .update(passwordResets)
    .set({ usedAt: new Date() })
    .where(and(eq(passwordResets.merchantId, merchantId), eq(passwordResets.id, id), isOpen()))
    .returning({ id: passwordResets.id });
  return marked.length > 0;
}

const isOpen = () => and(isNull(passwordResets.usedAt), gt(passwordResets.expiresAt, new Date()));
