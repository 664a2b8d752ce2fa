import { createTokens } from '../../functions/tokens.ts';
import { Keys, OVERLAP_MS } from '../signing-keys/rotate.ts';
import { attempt, type Finding, ok, warn } from './finding.ts';

/** A key that has signed for longer than this should be followed by another. */
const OLD_DAYS = 180;

/** Whether the keys sign what they verify, and whether a rotation was left half way. `signingKeys` is SIGNING_KEYS. */
export function checkKeys(signingKeys: unknown, now: Date): Promise<Finding> {
  const rotate = 'Run scripts/fly/secrets-rotate.';
  return attempt('keys', 'Make SIGNING_KEYS anew: node dist/signing-keys.js new.', async () => {
    const keys = Keys.parse(signingKeys);
    const tokens = await createTokens(keys);
    const nobody = crypto.randomUUID();
    await tokens.verifyAccess(
      await tokens.signAccess({ type: 'manager', merchantId: nobody, userId: nobody }),
    );
    const [first, ...others] = keys;
    const says = `${first.kid} signs, ${others.length} more verify`;
    const since = Date.parse(first.since ?? first.kid.slice(0, 10));
    const age = Number.isNaN(since) ? 0 : now.getTime() - since;
    if (others.some((key) => key.waiting)) return warn('keys', `${says}; a new one waits to sign`, rotate);
    if (others.length > 0 && age > OVERLAP_MS) {
      return warn('keys', `${says}, longer than needed`, 'Run scripts/fly/secrets-rotate --finish.');
    }
    if (age > OLD_DAYS * 86_400_000)
      return warn('keys', `${says}; it is older than ${OLD_DAYS} days`, rotate);
    return ok('keys', says);
  });
}
