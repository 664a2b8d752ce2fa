import { randomBytes } from 'node:crypto';

/** What every API key starts with, so that secret scanners find one that leaked. */
export const API_KEY = 'dm_live_';

export type ApiKeyParts = { id: string; secret: string };

/** `dm_live_<id without dashes>_<secret, 256 bits>`. Shown once; its hash is stored. */
export function newApiKey(id: string): { key: string; secret: string } {
  const secret = randomBytes(32).toString('base64url');
  return { key: `${API_KEY}${id.replaceAll('-', '')}_${secret}`, secret };
}

/** The two halves of a key, or undefined when it is none. */
export function parseApiKey(key: string): ApiKeyParts | undefined {
  const match =
    /^dm_live_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_([\w-]{43})$/.exec(key);
  if (match === null) return undefined;
  const [, a, b, c, d, e, secret = ''] = match;
  return { id: `${a}-${b}-${c}-${d}-${e}`, secret };
}
