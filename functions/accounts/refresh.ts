import { createRoute, z } from '@hono/zod-openapi';
import { and, eq, isNull, ne, or } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client.ts';
import { sessions } from '../../db/schema/accounts.ts';
import { hashToken } from '../../db/tracking-token.ts';
import { AppError } from '../../domain/errors.ts';
import { answer, body, problems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { OpaqueToken } from './fields.ts';
import { addRefreshToken, lockAccount, Session, sessionAnswer, type UserRef } from './sign-in.ts';

export const RefreshToken = z.strictObject({ refreshToken: OpaqueToken }).openapi('RefreshToken');

export const refreshRoute = createRoute({
  method: 'post',
  path: '/v1/auth/refresh',
  summary: 'Exchange a refresh token for a new session',
  description:
    'The token stays good until the one in the answer is used, so a lost answer may be asked for again. A token that ' +
    'is used after that ends all sessions that grew from the same log-in.',
  tags: ['Accounts'],
  request: { body: body(RefreshToken) },
  responses: { 200: answer(Session, 'A session'), ...problems('unauthenticated') },
});

/** Anybody who has the token. Throws `unauthenticated`. */
export async function refresh(deps: Deps, refreshToken: string) {
  const found = await findSession(deps.db, refreshToken);
  const exchanged = found && (await deps.db.withMerchant(found.merchantId, (tx) => exchange(tx, found)));
  if (exchanged === undefined) {
    throw new AppError('unauthenticated', 'The refresh token is not good, or no longer; log in again.');
  }
  return sessionAnswer(deps, exchanged.account, exchanged.refreshToken);
}

export type SessionRef = UserRef & { id: string };

/** Where a refresh token belongs; whether it is still good is not looked at. */
export async function findSession(db: Database, refreshToken: string): Promise<SessionRef | undefined> {
  const [found] = await db.system
    .select({ merchantId: sessions.merchantId, userId: sessions.userId, id: sessions.id })
    .from(sessions)
    .where(eq(sessions.tokenHash, hashToken(refreshToken)));
  return found;
}

/** Undefined is a refusal, and not an exception: what it has revoked must be committed. */
async function exchange(tx: Transaction, ref: SessionRef) {
  // Taken first: exchanges of one user come one after the other, each seeing what the one before has done.
  const account = await lockAccount(tx, ref);
  const [used] = await tx
    .select()
    .from(sessions)
    .where(and(eq(sessions.merchantId, ref.merchantId), eq(sessions.id, ref.id)));
  if (account === undefined || used === undefined || used.expiresAt.getTime() <= Date.now()) return undefined;
  if (used.supersededAt !== null || used.revokedAt !== null) {
    await revokeFamily(tx, used);
    return undefined;
  }
  await supersede(tx, used);
  return { account, refreshToken: await addRefreshToken(tx, account, used) };
}

type SessionRow = typeof sessions.$inferSelect;

/** That this one is used shows that its answer arrived: the token before it and its siblings have had their day. */
async function supersede(tx: Transaction, { merchantId, id, familyId, parentId }: SessionRow): Promise<void> {
  if (parentId === null) return;
  await tx
    .update(sessions)
    .set({ supersededAt: new Date() })
    .where(
      and(
        eq(sessions.merchantId, merchantId),
        // The family is what the index knows.
        eq(sessions.familyId, familyId),
        or(eq(sessions.id, parentId), eq(sessions.parentId, parentId)),
        ne(sessions.id, id),
        isNull(sessions.supersededAt),
      ),
    );
}

/** Ends all that grew from one log-in. In a transaction that holds the user's lock. */
export async function revokeFamily(
  tx: Transaction,
  { merchantId, familyId }: Pick<SessionRow, 'merchantId' | 'familyId'>,
): Promise<void> {
  await tx
    .update(sessions)
    .set({ revokedAt: new Date() })
    .where(
      and(eq(sessions.merchantId, merchantId), eq(sessions.familyId, familyId), isNull(sessions.revokedAt)),
    );
}
