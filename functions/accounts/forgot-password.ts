import { createRoute, z } from '@hono/zod-openapi';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../db/client.ts';
import { passwordResets, users } from '../../db/schema/accounts.ts';
import { outbox } from '../../db/schema/orders.ts';
import { hashToken, resetToken } from '../../db/tracking-token.ts';
import { body, problems } from '../api.ts';
import type { AccountsDeps } from './deps.ts';
import { Email } from './fields.ts';
import { lockAccount, type UserRef } from './sign-in.ts';

export const RESET_MS = 30 * 60_000;

export const ForgottenPassword = z.strictObject({ email: Email }).openapi('ForgottenPassword');
export type ForgottenPassword = z.infer<typeof ForgottenPassword>;

export const forgotPasswordRoute = createRoute({
  method: 'post',
  path: '/v1/auth/password/forgot',
  summary: 'Ask for a link by which to choose a new password',
  description: 'The link goes to the email, if it has an account. It is good once, for half an hour.',
  tags: ['Accounts'],
  request: { body: body(ForgottenPassword) },
  responses: {
    202: { description: 'Heard; whether there is such an account is not told' },
    ...problems('too_many_requests'),
  },
});

/** Anybody; nothing of the answer says whether the email is known. Throws `too_many_requests`. */
export async function forgotPassword(deps: AccountsDeps, { email }: ForgottenPassword, address: string) {
  await deps.resetThrottle.count(email, address);
  const [found] = await deps.db.system
    .select({ merchantId: users.merchantId, userId: users.id })
    .from(users)
    .where(and(eq(sql`lower(${users.email})`, email), isNull(users.disabledAt)));
  // Who is unknown costs a transaction as well: the time tells no more than the answer.
  const { merchantId, userId } = found ?? { merchantId: uuidv7(), userId: uuidv7() };
  await deps.db.withMerchant(merchantId, async (tx) => {
    const account = await lockAccount(tx, { merchantId, userId });
    if (account !== undefined) await addReset(deps, tx, { merchantId, userId });
  });
  deps.wakeRelay();
}

/** The token is derived from the row's id, so that the worker can write it into the email and nobody stores it. */
async function addReset(deps: AccountsDeps, tx: Transaction, { merchantId, userId }: UserRef) {
  const id = uuidv7();
  await tx.delete(passwordResets).where(ofUser({ merchantId, userId }));
  await tx.insert(passwordResets).values({
    merchantId,
    id,
    userId,
    tokenHash: hashToken(resetToken(deps.links.trackingKey, id)),
    expiresAt: new Date(Date.now() + RESET_MS),
  });
  await tx.insert(outbox).values({
    topic: 'password_reset',
    merchantId,
    entityId: id,
    version: 1,
    payload: { id, user_id: userId },
  });
}

const ofUser = ({ merchantId, userId }: UserRef) =>
  and(eq(passwordResets.merchantId, merchantId), eq(passwordResets.userId, userId));
