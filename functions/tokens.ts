import { createLocalJWKSet, importJWK, type JSONWebKeySet, type JWK, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import type { Actor, ActorOf } from '../domain/policy.ts';
import type { RoomClaims } from '../domain/room-messages.ts';

export const ACCESS_SECONDS = 600;
export const ROOM_SECONDS = 3600;
const ISSUER = 'dropmate';
const ACCESS_AUDIENCE = 'dropmate:api';
const ROOM_AUDIENCE = 'dropmate:room';

/** A private Ed25519 key as `SIGNING_KEYS` holds them. */
export const SigningKey = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  kid: z.string().min(1),
  x: z.string(),
  d: z.string(),
});
export type SigningKey = z.infer<typeof SigningKey>;

export type UserActor = ActorOf<'manager'> | ActorOf<'driver'>;

export type Tokens = {
  /** An access token, good for ten minutes. */
  signAccess: (actor: UserActor) => Promise<string>;
  /** Who an access token stands for. Throws `unauthenticated`. */
  verifyAccess: (token: string) => Promise<Actor>;
  /** A room token, good for an hour. */
  signRoom: (claims: Omit<RoomClaims, 'exp'>) => Promise<{ token: string; expiresAt: string }>;
  /** The public halves, for `/.well-known/jwks.json`. */
  jwks: JSONWebKeySet;
};

const AccessClaims = z.discriminatedUnion('role', [
  z.object({ role: z.literal('manager'), sub: z.uuid(), merchant: z.uuid(), exp: z.int() }),
  z.object({ role: z.literal('driver'), sub: z.uuid(), merchant: z.uuid(), driver: z.uuid(), exp: z.int() }),
]);

/** Keys in the order of `SIGNING_KEYS`: the first signs, all are accepted, so that a new one can take over quietly. */
export async function createTokens(keys: readonly [SigningKey, ...SigningKey[]]): Promise<Tokens> {
  const [first] = keys;
  const signingKey = await importJWK(first, 'EdDSA');
  const jwks = { keys: keys.map(publicHalf) };
  const keySet = createLocalJWKSet(jwks);
  const cache = createCache();

  const sign = (claims: Record<string, unknown>, audience: string, expiresAt: number): Promise<string> =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid: first.kid })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(expiresAt)
      .sign(signingKey);

  return {
    jwks,
    signAccess: (actor) => sign(accessClaims(actor), ACCESS_AUDIENCE, secondsNow() + ACCESS_SECONDS),
    signRoom: async (claims) => {
      const expiresAt = secondsNow() + ROOM_SECONDS;
      return {
        token: await sign(claims, ROOM_AUDIENCE, expiresAt),
        expiresAt: new Date(expiresAt * 1000).toISOString(),
      };
    },
    verifyAccess: async (token) => {
      const cached = cache.get(token);
      if (cached !== undefined) return cached;
      const claims = await jwtVerify(token, keySet, {
        algorithms: ['EdDSA'],
        issuer: ISSUER,
        audience: ACCESS_AUDIENCE,
      })
        .then(({ payload }) => AccessClaims.parse(payload))
        .catch((cause: unknown) => {
          throw new AppError('unauthenticated', 'The access token is not valid or has expired.', { cause });
        });
      const actor = actorOf(claims);
      cache.set(token, actor, claims.exp);
      return actor;
    },
  };
}

function accessClaims(actor: UserActor): Record<string, unknown> {
  const { type: role, userId: sub, merchantId: merchant } = actor;
  return actor.type === 'driver' ? { role, sub, merchant, driver: actor.driverId } : { role, sub, merchant };
}

function actorOf(claims: z.infer<typeof AccessClaims>): Actor {
  const { sub: userId, merchant: merchantId } = claims;
  return claims.role === 'driver'
    ? { type: 'driver', merchantId, userId, driverId: claims.driver }
    : { type: 'manager', merchantId, userId };
}

function publicHalf({ kty, crv, kid, x }: SigningKey): JWK {
  return { kty, crv, kid, x, alg: 'EdDSA', use: 'sig' };
}

const MOST_CACHED = 10_000;
const secondsNow = (): number => Math.floor(Date.now() / 1000);

/** Verified tokens: checking a signature costs 200 µs, this 0.6. The oldest goes when it is full. */
function createCache() {
  const entries = new Map<string, { actor: Actor; expires: number }>();
  return {
    get(token: string): Actor | undefined {
      const entry = entries.get(token);
      if (entry === undefined) return undefined;
      if (entry.expires > secondsNow()) return entry.actor;
      entries.delete(token);
      return undefined;
    },
    set(token: string, actor: Actor, expires: number): void {
      if (entries.size >= MOST_CACHED) {
        const oldest = entries.keys().next();
        if (!oldest.done) entries.delete(oldest.value);
      }
      entries.set(token, { actor, expires });
    },
  };
}
