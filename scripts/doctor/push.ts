import { createECDH } from 'node:crypto';
import { attempt, type Finding, fail, ok } from './finding.ts';

/**
 * Whether the VAPID keys belong together, and to what browsers are told (`publicKey`, of functions). `push` is undefined where
 * none are configured.
 */
export function checkPush(
  push: { publicKey: string; privateKey: string } | undefined,
  publicKey: string | undefined,
): Promise<Finding> {
  const todo =
    'Set both keys anew, of one run of: node dist/vapid-keys.js. Browsers have to subscribe again then.';
  return attempt('push', todo, async () => {
    if (push === undefined) return ok('push', 'not configured here: web push is not offered');
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(Buffer.from(push.privateKey, 'base64url'));
    if (pair.getPublicKey('base64url') !== push.publicKey) {
      return fail('push', 'VAPID_PRIVATE_KEY does not belong to VAPID_PUBLIC_KEY', todo);
    }
    if (publicKey !== push.publicKey) {
      return fail(
        'push',
        'functions tell browsers another key',
        'Give functions and worker the same VAPID_PUBLIC_KEY.',
      );
    }
    return ok('push', 'the keys belong together');
  });
}
