import { createHash, createHmac, hkdfSync } from 'node:crypto';

export type TrackingKey = Uint8Array;

/** The key that tracking tokens are derived with. */
export function trackingKey(secret: string): TrackingKey {
  return new Uint8Array(
    hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', 'dropmate tracking token', 32),
  );
}

/**
 * The token in an order's tracking link: 128 bits of HMAC-SHA256 over the order and its revision. Derived rather than
 * drawn, so that only its hash is stored and yet the link can be shown again; a new revision ends the old link.
 */
export function trackingToken(key: TrackingKey, orderId: string, revision: number): string {
  return createHmac('sha256', key)
    .update(`${orderId}:${revision}`)
    .digest()
    .subarray(0, 16)
    .toString('base64url');
}

/** The token of a password reset's link: derived as well, so that the worker writes it and nobody stores it. */
export function resetToken(key: TrackingKey, resetId: string): string {
  return createHmac('sha256', key).update(`reset:${resetId}`).digest().toString('base64url');
}

/** What is stored of any token of ours (tracking, refresh, invitation, device, API key). */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
