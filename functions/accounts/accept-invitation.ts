import { createRoute, z } from '@hono/zod-openapi';
import { and, eq, gt, isNull } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client.ts';
import { invitations, users } from '../../db/schema/accounts.ts';
import { hashToken } from '../../db/tracking-token.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { answer, body, problems } from '../api.ts';
import type { AccountsDeps } from './deps.ts';
import { NewPassword, OpaqueToken } from './fields.ts';
import { addRefreshToken, lockAccount, Session, sessionAnswer, type UserRef } from './sign-in.ts';

export const InvitationAccepted = z
  .strictObject({ token: OpaqueToken, password: NewPassword.optional() })
  .openapi('InvitationAccepted');
export type InvitationAccepted = z.infer<typeof InvitationAccepted>;

export const acceptInvitationRoute = createRoute({
  method: 'post',
  path: '/v1/auth/invite',
  summary: "Accept a colleague's or a driver's invitation",
  description: 'Once. A manager chooses a password; a driver may, to log in by email on another phone.',
  tags: ['Accounts'],
  request: { body: body(InvitationAccepted) },
  responses: { 200: answer(Session, 'A session'), ...problems('not_found') },
});

/** Anybody who has the token. Throws `not_found` when it is unknown, used, expired or replaced by a newer one. */
export async function acceptInvitation(deps: AccountsDeps, { token, password }: InvitationAccepted) {
  const found = await findInvitation(deps.db, token);
  // Before the costly part; all is decided again in the transaction.
  if (found === undefined) throw notFound('invitation');
  const passwordHash = password === undefined ? undefined : await deps.passwords.hash(password);
  const { account, refreshToken } = await deps.db.withMerchant(found.merchantId, async (tx) => {
    const account = await lockAccount(tx, found);
    if (account === undefined || !(await markAccepted(tx, found))) throw notFound('invitation');
    if (account.user.role === 'manager' && passwordHash === undefined) throw passwordMissing();
    if (passwordHash !== undefined) await setPassword(tx, found, passwordHash);
    return { account, refreshToken: await addRefreshToken(tx, account) };
  });
  return sessionAnswer(deps, account, refreshToken);
}

type InvitationRef = UserRef & { id: string };

async function findInvitation(db: Database, token: string): Promise<InvitationRef | undefined> {
  const { merchantId, userId, id, tokenHash } = invitations;
  const [found] = await db.system
    .select({ merchantId, userId, id })
    .from(invitations)
    .where(and(eq(tokenHash, hashToken(token)), isOpen()));
  return found;
}

/** Of two who accept the same one, one gets true. */
async function markAccepted(tx: Transaction, { merchantId, id }: InvitationRef): Promise<boolean> {
  const marked = await tx
    .update(invitations)
    .set({ acceptedAt: new Date() })
    .where(and(eq(invitations.merchantId, merchantId), eq(invitations.id, id), isOpen()))
    .returning({ id: invitations.id });
  return marked.length > 0;
}

const isOpen = () => and(isNull(invitations.acceptedAt), gt(invitations.expiresAt, new Date()));

async function setPassword(tx: Transaction, { merchantId, userId }: UserRef, passwordHash: string) {
  await tx
    .update(users)
    .set({ passwordHash })
    .where(and(eq(users.merchantId, merchantId), eq(users.id, userId)));
}

const passwordMissing = (): AppError =>
  new AppError('invalid', 'Choose a password.', {
    errors: [{ path: 'password', message: 'is required for a manager' }],
  });
