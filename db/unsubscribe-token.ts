import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TrackingKey } from './tracking-token.ts';

export type Unsubscriber = { merchantId: string; customerId: string };

/**
 * The token of an email's unsubscribe link: whose it is, and 128 bits of HMAC-SHA256 over that. It outlives the tracking link,
 * and opens nothing: who has it can only ask for silence.
 */
export function unsubscribeToken(key: TrackingKey, { merchantId, customerId }: Unsubscriber): string {
  const ids = Buffer.concat([bytesOf(merchantId), bytesOf(customerId)]);
  return Buffer.concat([ids, macOf(key, ids)]).toString('base64url');
}

/** Whose token it is, or undefined when we did not make it. */
export function readUnsubscribeToken(key: TrackingKey, token: string): Unsubscriber | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 48 || bytes.toString('base64url') !== token) return undefined;
  const ids = bytes.subarray(0, 32);
  if (!timingSafeEqual(macOf(key, ids), bytes.subarray(32))) return undefined;
  return { merchantId: uuidOf(ids.subarray(0, 16)), customerId: uuidOf(ids.subarray(16)) };
}

const macOf = (key: TrackingKey, ids: Uint8Array): Buffer =>
  createHmac('sha256', key).update('unsubscribe:').update(ids).digest().subarray(0, 16);

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

const uuidOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
