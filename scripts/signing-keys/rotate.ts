import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { z } from 'zod';

/**
 * A private key of SIGNING_KEYS, with what rotation notes on it: `waiting` while it is published and signs nothing yet,
 * `since` when it became the one that signs. Who reads keys ignores both.
 */
const Key = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  kid: z.string().min(1),
  x: z.string(),
  d: z.string(),
  since: z.iso.datetime().optional(),
  waiting: z.literal(true).optional(),
});
export type Key = z.infer<typeof Key>;
export const Keys = z.tuple([Key], Key);
export type Keys = z.infer<typeof Keys>;

/** A room token lives for an hour; the rest is for a release that takes its time and for clocks. */
export const OVERLAP_MS = 70 * 60_000;

export function newKey(now: Date): Key {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const kid = `${now.toISOString().slice(0, 10)}-${randomBytes(6).toString('base64url')}`;
  return Key.parse({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid, x, d });
}

/**
 * First step: a new key at the end, which signs nothing yet, so that every process knows it before the first token made
 * with it appears. Unchanged while one waits there already.
 */
export function publish(keys: Keys, now: Date): Keys {
  return keys.some(isWaiting) ? keys : [...keys, { ...newKey(now), waiting: true }];
}

/** Second step, once all processes have the new key: it signs; the others still verify. Unchanged when none waits. */
export function promote(keys: Keys, now: Date): Keys {
  const next = keys.find(isWaiting);
  if (!next) return keys;
  const { waiting: _, ...key } = next;
  return [{ ...key, since: now.toISOString() }, ...keys.filter((other) => other !== next)];
}

/** Last step: only the key that signs stays. Throws while tokens made with another may still be in use. */
export function drop(keys: Keys, now: Date): Keys {
  const [first, ...others] = keys;
  if (others.length === 0) return keys;
  if (keys.some(isWaiting))
    throw new Error('A new key waits to be promoted; nothing can be dropped before that.');
  const good = first.since === undefined ? Number.NaN : Date.parse(first.since) + OVERLAP_MS;
  if (!(good <= now.getTime())) {
    const when = Number.isNaN(good) ? '70 minutes after the rotation' : new Date(good).toISOString();
    throw new Error(`Tokens made with the old key may be in use until ${when}.`);
  }
  return [first];
}

const isWaiting = (key: Key): boolean => key.waiting === true;
