import { timingSafeEqual } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { MiddlewareHandler } from 'hono';
import type { Database } from '../db/client.ts';
import { apiKeys } from '../db/schema/accounts.ts';
import { hashToken } from '../db/tracking-token.ts';
import { AppError } from '../domain/errors.ts';
import type { Actor } from '../domain/policy.ts';
import type { ApiEnv } from './api.ts';
import { API_KEY, type ApiKeyParts, parseApiKey } from './api-key.ts';
import type { Tokens } from './tokens.ts';

/** How long a key that was revoked elsewhere may still work here: the answer of the look-up is kept so long. */
export const API_KEY_CACHE_MS = 10_000;
const MOST_CACHED_KEYS = 10_000;

/** Finds out who asks. Without an Authorization header nobody does; a bad one is refused. */
export function authenticate(deps: { db: Database; tokens: Tokens }): MiddlewareHandler<ApiEnv> {
  const findApiKey = cachedApiKeys(deps.db);
  return async (c, next) => {
    const header = c.req.header('Authorization');
    if (header !== undefined) {
      const credential = /^Bearer +(\S+)$/i.exec(header)?.[1];
      if (credential === undefined)
        throw new AppError('unauthenticated', 'Send `Authorization: Bearer <token>`.');
      c.set(
        'actor',
        credential.startsWith(API_KEY)
          ? await findApiKey(credential)
          : await deps.tokens.verifyAccess(credential),
      );
    }
    await next();
  };
}

function cachedApiKeys(db: Database): (credential: string) => Promise<Actor> {
  const known = new Map<string, { actor: Actor; until: number }>();
  return async (credential) => {
    const hit = known.get(credential);
    if (hit !== undefined && hit.until > Date.now()) return hit.actor;
    known.delete(credential);
    const parts = parseApiKey(credential);
    const actor = parts === undefined ? undefined : await findActor(db, parts);
    if (actor === undefined)
      throw new AppError('unauthenticated', 'The API key is not known, or has been revoked.');
    if (known.size >= MOST_CACHED_KEYS) known.clear();
    known.set(credential, { actor, until: Date.now() + API_KEY_CACHE_MS });
    return actor;
  };
}

async function findActor(db: Database, { id, secret }: ApiKeyParts): Promise<Actor | undefined> {
  const { merchantId, scopes, secretHash, expiresAt, revokedAt } = apiKeys;
  const [key] = await db.system
    .select({ merchantId, scopes, secretHash, expiresAt, revokedAt })
    .from(apiKeys)
    .where(eq(apiKeys.id, id));
  if (key === undefined || key.revokedAt !== null) return undefined;
  if (key.expiresAt !== null && key.expiresAt.getTime() <= Date.now()) return undefined;
  if (!sameHash(key.secretHash, hashToken(secret))) return undefined;
  return { type: 'api_key', merchantId: key.merchantId, keyId: id, scopes: key.scopes };
}

const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
