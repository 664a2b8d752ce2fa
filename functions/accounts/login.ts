import { createRoute, z } from '@hono/zod-openapi';
import { eq, sql } from 'drizzle-orm';
import { users } from '../../db/schema/accounts.ts';
import { AppError } from '../../domain/errors.ts';
import { answer, body, problems } from '../api.ts';
import type { AccountsDeps } from './deps.ts';
import { Email } from './fields.ts';
import { addRefreshToken, lockAccount, Session, sessionAnswer } from './sign-in.ts';

export const Login = z.strictObject({ email: Email, password: z.string().min(1).max(200) }).openapi('Login');
export type Login = z.infer<typeof Login>;

export const loginRoute = createRoute({
  method: 'post',
  path: '/v1/auth/login',
  summary: 'Log in',
  tags: ['Accounts'],
  request: { body: body(Login) },
  responses: { 200: answer(Session, 'A session'), ...problems('unauthenticated', 'too_many_requests') },
});

/**
 * Anybody. Throws `too_many_requests`, and `unauthenticated` in one and the same way for an unknown email, a wrong
 * password, a user without one, a disabled user and a removed driver. `address` is whom the attempts are counted for.
 */
export async function login(deps: AccountsDeps, { email, password }: Login, address: string) {
  await deps.throttle.count(email, address);
  const [found] = await deps.db.system
    .select({ merchantId: users.merchantId, userId: users.id, passwordHash: users.passwordHash })
    .from(users)
    .where(eq(sql`lower(${users.email})`, email));
  const isRight = await deps.passwords.verify(password, found?.passwordHash ?? null);
  if (found === undefined || !isRight) throw refused();
  const signedIn = await deps.db.withMerchant(found.merchantId, async (tx) => {
    const account = await lockAccount(tx, found);
    return account && { account, refreshToken: await addRefreshToken(tx, account) };
  });
  if (signedIn === undefined) throw refused();
  await deps.throttle.forgive(email, address);
  return sessionAnswer(deps, signedIn.account, signedIn.refreshToken);
}

const refused = (): AppError => new AppError('unauthenticated', 'The email or the password is not right.');
