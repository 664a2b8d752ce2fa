import { ECDH } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { and, asc, eq, inArray, isNull, ne, or, type SQL } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Transaction } from '../../db/client.ts';
import { pushSubscriptions } from '../../db/schema/notifications.ts';
import { findTarget } from '../../db/webhook-target.ts';
import { AppError } from '../../domain/errors.ts';
import { Language } from '../../domain/notifications.ts';
import type { Deps } from '../deps.ts';

const base64url = z.string().regex(/^[\w-]+=*$/, 'is not base64url');
const Endpoint = z.url({ protocol: /^https?$/ }).max(1000);

/** As a browser's `pushManager.subscribe` gives it (`toJSON()`), with the language of the page. */
export const PushSubscription = z
  .strictObject({
    endpoint: Endpoint.openapi({ example: 'https://push.example/abc' }),
    keys: z.strictObject({
      p256dh: base64url.max(100).refine(isPublicKey, { message: 'is not a P-256 public key' }),
      auth: base64url
        .max(30)
        .refine((auth) => Buffer.from(auth, 'base64url').length === 16, { message: 'must be 16 bytes' }),
    }),
    // What browsers send as well, and nobody needs.
    expirationTime: z.number().nullable().optional(),
    language: Language.default('en'),
  })
  .openapi('PushSubscription');
export type PushSubscription = z.infer<typeof PushSubscription>;

export const PushEndpoint = z.strictObject({ endpoint: Endpoint }).openapi('PushEndpoint');
export const KnownSubscription = z
  .object({ id: z.uuid(), endpoint: z.string(), language: Language })
  .openapi('KnownSubscription');

/** A user's browser, or one of a customer who follows an order. */
export type Owner = { merchantId: string } & ({ userId: string } | { orderId: string });

const MOST_SUBSCRIPTIONS = 10;

/**
 * Keeps a browser's subscription; the same one again changes nothing. Another user's of the same browser ends: they are not
 * signed in there any more. Beyond ten the oldest goes. Throws `unprocessable` for an endpoint that is not on the public
 * internet.
 */
export async function subscribe(deps: Deps, owner: Owner, { endpoint, keys, language }: PushSubscription) {
  const target = await findTarget(endpoint, deps.webhooks.rules);
  if (target.kind === 'refused') {
    const errors = [{ path: 'endpoint', message: target.reason }];
    throw new AppError('unprocessable', 'Messages cannot be sent to this endpoint.', { errors });
  }
  const { merchantId } = owner;
  const values = { userId: null, orderId: null, ...owner, endpoint, keys, language };
  return deps.db.withMerchant(merchantId, async (tx) => {
    if ('userId' in owner) await endOthers(tx, owner, endpoint);
    const known = and(ownedBy(owner), eq(pushSubscriptions.endpoint, endpoint));
    await tx
      .insert(pushSubscriptions)
      .values({ ...values, id: uuidv7() })
      .onConflictDoNothing();
    const { id } = pushSubscriptions;
    const [kept] = await tx
      .update(pushSubscriptions)
      .set({ keys, language })
      .where(known)
      .returning({ id, endpoint: pushSubscriptions.endpoint });
    if (kept === undefined) throw new Error('A row was not there after its insert.');
    await keepNewest(tx, ownedBy(owner));
    return { ...kept, language };
  });
}

/** Forgets it; one that is not known is none already. */
export async function unsubscribe(deps: Deps, owner: Owner, endpoint: string): Promise<void> {
  await deps.db.withMerchant(owner.merchantId, (tx) =>
    tx.delete(pushSubscriptions).where(and(ownedBy(owner), eq(pushSubscriptions.endpoint, endpoint))),
  );
}

const ownedBy = (owner: Owner): SQL | undefined =>
  and(
    eq(pushSubscriptions.merchantId, owner.merchantId),
    'userId' in owner
      ? eq(pushSubscriptions.userId, owner.userId)
      : eq(pushSubscriptions.orderId, owner.orderId),
  );

async function endOthers(
  tx: Transaction,
  { merchantId, userId }: { merchantId: string; userId: string },
  endpoint: string,
): Promise<void> {
  await tx
    .delete(pushSubscriptions)
    .where(
      and(
        eq(pushSubscriptions.merchantId, merchantId),
        eq(pushSubscriptions.endpoint, endpoint),
        isNull(pushSubscriptions.orderId),
        or(isNull(pushSubscriptions.userId), ne(pushSubscriptions.userId, userId)),
      ),
    );
}

async function keepNewest(tx: Transaction, own: SQL | undefined): Promise<void> {
  const rows = await tx
    .select({ id: pushSubscriptions.id })
    .from(pushSubscriptions)
    .where(own)
    .orderBy(asc(pushSubscriptions.createdAt), asc(pushSubscriptions.id));
  const oldest = rows.slice(0, -MOST_SUBSCRIPTIONS).map(({ id }) => id);
  if (oldest.length > 0)
    await tx.delete(pushSubscriptions).where(and(own, inArray(pushSubscriptions.id, oldest)));
}

function isPublicKey(p256dh: string): boolean {
  const key = Buffer.from(p256dh, 'base64url');
  if (key.length !== 65) return false;
  try {
    ECDH.convertKey(key, 'prime256v1');
    return true;
  } catch {
    return false;
  }
}
