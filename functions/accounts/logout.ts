import { createRoute } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import { sessions } from '../../db/schema/accounts.ts';
import { body, problems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { findSession, RefreshToken, revokeFamily } from './refresh.ts';
import { lockAccount } from './sign-in.ts';

export const logoutRoute = createRoute({
  method: 'post',
  path: '/v1/auth/logout',
  summary: 'Log out: end the sessions that grew from the same log-in',
  tags: ['Accounts'],
  request: { body: body(RefreshToken) },
  responses: { 204: { description: 'Logged out, or was already' }, ...problems() },
});

/** Anybody who has the token. One that is not known is as good as logged out. */
export async function logout(deps: Deps, refreshToken: string): Promise<void> {
  const found = await findSession(deps.db, refreshToken);
  if (found === undefined) return;
  const { merchantId, id } = found;
  await deps.db.withMerchant(merchantId, async (tx) => {
    // For the lock: an exchange at the same time must not leave a new token behind.
    await lockAccount(tx, found);
    const [session] = await tx
      .select({ merchantId: sessions.merchantId, familyId: sessions.familyId })
      .from(sessions)
      .where(and(eq(sessions.merchantId, merchantId), eq(sessions.id, id)));
    if (session !== undefined) await revokeFamily(tx, session);
  });
}
