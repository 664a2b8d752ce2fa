import { randomBytes } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { and, eq, isNull } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../db/client.ts';
import { sessions, users } from '../../db/schema/accounts.ts';
import { drivers } from '../../db/schema/drivers.ts';
import { hashToken } from '../../db/tracking-token.ts';
import { ROLES } from '../../domain/policy.ts';
import type { Deps } from '../deps.ts';
import { ACCESS_SECONDS, type UserActor } from '../tokens.ts';

/** How long one may stay away; each exchange starts it anew. */
export const SESSION_MS = 30 * 24 * 3_600_000;

export const User = z
  .object({
    id: z.uuid(),
    merchantId: z.uuid(),
    name: z.string(),
    email: z.string().nullable(),
    role: z.enum(ROLES),
    driverId: z.uuid().nullable().openapi({ description: 'The driver that a user of that role is.' }),
  })
  .openapi('User');
export type User = z.infer<typeof User>;

export const Session = z
  .object({
    user: User,
    accessToken: z.string(),
    refreshToken: z.string(),
    expiresIn: z.int().openapi({ description: 'Seconds that the access token is good for.' }),
  })
  .openapi('Session');
export type Session = z.infer<typeof Session>;

export type UserRef = { merchantId: string; userId: string };
export type Account = { user: User; actor: UserActor };

/**
 * The user who may sign in, or undefined when they are disabled, or a driver who was removed. The row stays locked until
 * the transaction ends: all that opens, exchanges or ends a user's sessions happens one after the other.
 */
export async function lockAccount(
  tx: Transaction,
  { merchantId, userId }: UserRef,
): Promise<Account | undefined> {
  const [row] = await tx
    .select({ name: users.name, email: users.email, role: users.role, disabledAt: users.disabledAt })
    .from(users)
    .where(and(eq(users.merchantId, merchantId), eq(users.id, userId)))
    .for('no key update');
  if (row === undefined || row.disabledAt !== null) return undefined;
  const { name, email, role } = row;
  const user = { id: userId, merchantId, name, email };
  if (role === 'manager') {
    return { user: { ...user, role, driverId: null }, actor: { type: role, merchantId, userId } };
  }
  // After the lock, and so as it is now.
  const [driver] = await tx
    .select({ id: drivers.id })
    .from(drivers)
    .where(and(eq(drivers.merchantId, merchantId), eq(drivers.userId, userId), isNull(drivers.removedAt)));
  if (driver === undefined) return undefined;
  const driverId = driver.id;
  return { user: { ...user, role, driverId }, actor: { type: role, merchantId, userId, driverId } };
}

/** Adds a refresh token for a locked account: of a new family, or as the successor of `parent`. Returns the token. */
export async function addRefreshToken(
  tx: Transaction,
  { actor }: Account,
  parent?: { id: string; familyId: string },
): Promise<string> {
  const token = newToken();
  const { merchantId, userId } = actor;
  await tx.insert(sessions).values({
    merchantId,
    id: uuidv7(),
    userId,
    familyId: parent?.familyId ?? uuidv7(),
    parentId: parent?.id,
    tokenHash: hashToken(token),
    expiresAt: new Date(Date.now() + SESSION_MS),
  });
  return token;
}

/** What everyone gets who signs up, logs in, refreshes or accepts an invitation. */
export async function sessionAnswer(
  deps: Pick<Deps, 'tokens'>,
  { user, actor }: Account,
  refreshToken: string,
): Promise<Session> {
  const accessToken = await deps.tokens.signAccess(actor);
  return { user, accessToken, refreshToken, expiresIn: ACCESS_SECONDS };
}

/** 256 random bits. Only the hash is stored. */
export const newToken = (): string => randomBytes(32).toString('base64url');
