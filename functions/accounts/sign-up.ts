import { createRoute, z } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../db/client.ts';
import { merchants, users } from '../../db/schema/accounts.ts';
import { AppError } from '../../domain/errors.ts';
import { Location } from '../../domain/geo.ts';
import type { Stop } from '../../domain/orders.ts';
import { text } from '../../domain/text.ts';
import { answer, body, problems } from '../api.ts';
import type { Deps } from '../deps.ts';
import { placed } from '../orders/place.ts';
import { isDuplicate } from '../problem.ts';
import { countryOf } from './country-of.ts';
import type { AccountsDeps } from './deps.ts';
import { Country, Currency, Email, NewPassword, TimeZone } from './fields.ts';
import { Merchant, merchantAnswer } from './merchant.ts';
import { addRefreshToken, lockAccount, Session, sessionAnswer } from './sign-in.ts';

export const SignUp = z
  .strictObject({
    name: text(200),
    email: Email,
    password: NewPassword,
    timezone: TimeZone.default('UTC'),
    currency: Currency.default('USD'),
    country: Country.optional().openapi({ description: 'That of the time zone without it.' }),
    address: text(500).optional(),
    location: Location.optional(),
  })
  .refine((input) => input.location === undefined || input.address !== undefined, {
    path: ['address'],
    message: 'is required with a location',
  })
  .openapi('SignUp');
export type SignUp = z.infer<typeof SignUp>;

export const SignedUp = Session.extend({ merchant: Merchant }).openapi('SignedUp');

export const signUpRoute = createRoute({
  method: 'post',
  path: '/v1/merchants',
  summary: 'Sign up a business, with its first manager',
  tags: ['Accounts'],
  request: { body: body(SignUp) },
  responses: {
    201: answer(SignedUp, 'The business, and a session of its manager'),
    ...problems('forbidden', 'conflict'),
  },
});

/** Anybody, as far as `DROPMATE_SIGNUP` lets them. Throws `forbidden`, or `conflict` when the email is known. */
export async function signUp(deps: AccountsDeps, input: SignUp) {
  // Before the costly part; "first" is decided again below.
  if (deps.signup === 'off' || (deps.signup === 'first' && (await anyMerchant(deps)))) throw signUpClosed();
  const { name, email, timezone, currency, address, location } = input;
  const country = input.country ?? countryOf(timezone);
  const passwordHash = await deps.passwords.hash(input.password);
  const pickup: Stop | undefined =
    address === undefined ? undefined : await placed(deps.geocoder, { address, location });
  const merchantId = uuidv7();
  const userId = uuidv7();
  try {
    const { merchant, account, refreshToken } = await deps.db.withMerchant(merchantId, async (tx) => {
      if (deps.signup === 'first') await beFirst(deps, tx);
      const [row] = await tx
        .insert(merchants)
        .values({ id: merchantId, name, timezone, currency, country, pickup })
        .returning();
      await tx.insert(users).values({ merchantId, id: userId, name, email, role: 'manager', passwordHash });
      const account = await lockAccount(tx, { merchantId, userId });
      if (row === undefined || account === undefined)
        throw new Error('A row was not there after its insert.');
      return { merchant: merchantAnswer(row), account, refreshToken: await addRefreshToken(tx, account) };
    });
    return { merchant, ...(await sessionAnswer(deps, account, refreshToken)) };
  } catch (error) {
    if (isDuplicate(error, 'users_email')) throw emailTaken();
    throw error;
  }
}

export const emailTaken = (): AppError =>
  new AppError('conflict', 'There is an account with this email already.', {
    errors: [{ path: 'email', message: 'has an account already' }],
  });

const signUpClosed = (): AppError =>
  new AppError('forbidden', 'This DropMate takes no new businesses: ask who runs it.');

/** Of two who both want to be the first, one waits here until the other has committed. */
async function beFirst(deps: Deps, tx: Transaction): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('dropmate first sign-up', 0))`);
  if (await anyMerchant(deps)) throw signUpClosed();
}

/** As the system role: a merchant's transaction sees no other. */
async function anyMerchant(deps: Deps): Promise<boolean> {
  const found = await deps.db.system.select({ id: merchants.id }).from(merchants).limit(1);
  return found.length > 0;
}
