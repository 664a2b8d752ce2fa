import { and, eq, isNull } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../db/client.ts';
import { invitations, users } from '../../db/schema/accounts.ts';
import { hashToken } from '../../db/tracking-token.ts';
import { notFound } from '../../domain/errors.ts';
import { newToken, type UserRef } from './sign-in.ts';

export const INVITATION_MS = 7 * 24 * 3_600_000;

export type Invitation = { token: string; expiresAt: Date };

/**
 * Makes the one invitation of a user, a colleague's or a driver's, that is good from now on; earlier ones lead nowhere.
 * Runs in the transaction that adds the user, or in one of its own. Throws `not_found`.
 */
export async function createInvitation(
  tx: Transaction,
  { merchantId, userId }: UserRef,
): Promise<Invitation> {
  // Two at once would not see each other's: the second waits here.
  const [user] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.merchantId, merchantId), eq(users.id, userId), isNull(users.disabledAt)))
    .for('no key update');
  if (user === undefined) throw notFound('user');
  await tx
    .delete(invitations)
    .where(
      and(
        eq(invitations.merchantId, merchantId),
        eq(invitations.userId, userId),
        isNull(invitations.acceptedAt),
      ),
    );
  const token = newToken();
  const expiresAt = new Date(Date.now() + INVITATION_MS);
  await tx
    .insert(invitations)
    .values({ merchantId, id: uuidv7(), userId, tokenHash: hashToken(token), expiresAt });
  return { token, expiresAt };
}

/** Where the invited person goes. */
export const inviteUrl = (publicUrl: string, { token }: Invitation): string => `${publicUrl}/invite/${token}`;
