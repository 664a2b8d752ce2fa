import { and, eq, isNull } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { invitations, sessions } from '../../db/schema/accounts.ts';
import type { UserRef } from './sign-in.ts';

/**
 * Ends what a user could get a new access token with: refresh tokens and open invitations. For whoever disables a user
 * or removes a driver, in that transaction and after the row is changed (which locks it against an exchange).
 * An access token that was given already stays good for its ten minutes.
 */
export async function revokeSessions(tx: Transaction, { merchantId, userId }: UserRef): Promise<void> {
  await tx
    .update(sessions)
    .set({ revokedAt: new Date() })
    .where(and(eq(sessions.merchantId, merchantId), eq(sessions.userId, userId), isNull(sessions.revokedAt)));
  await tx
    .delete(invitations)
    .where(
      and(
        eq(invitations.merchantId, merchantId),
        eq(invitations.userId, userId),
        isNull(invitations.acceptedAt),
      ),
    );
}
