import { randomBytes } from 'node:crypto';
import type { SealedSecret } from '../../db/schema/webhooks.ts';
import type { Seal } from '../../db/seal.ts';
import { SECRET_OVERLAP_MS } from '../../domain/webhooks.ts';

/** A signing secret as https://www.standardwebhooks.com writes it, and how it is stored. */
export function newSecret(seal: Seal): { secret: string; sealed: SealedSecret } {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  return {
    secret,
    sealed: { sealed: seal.seal(secret), createdAt: new Date().toISOString(), expiresAt: null },
  };
}

/** With each, a delivery has one more signature. */
const MOST_SECRETS = 4;

/** The new one first; those before it sign for a day from when they were replaced. */
export function rotated(
  before: readonly SealedSecret[],
  sealed: SealedSecret,
  now = Date.now(),
): SealedSecret[] {
  const until = new Date(now + SECRET_OVERLAP_MS).toISOString();
  const good = before.filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > now);
  const leaving = good.map((secret) => ({ ...secret, expiresAt: secret.expiresAt ?? until }));
  return [sealed, ...leaving].slice(0, MOST_SECRETS);
}
