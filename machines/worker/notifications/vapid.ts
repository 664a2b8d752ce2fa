import { createPrivateKey, sign } from 'node:crypto';

const TOKEN_SECONDS = 12 * 3600;

export type VapidKeys = { publicKey: string; privateKey: string; subject: string };

/**
 * Makes what says to a push service whose messages these are (RFC 8292), the Authorization header for an endpoint. (web-push's
 * own reads URLs by `url.parse`, which Node warns of.)
 */
export function createVapid({ publicKey, privateKey, subject }: VapidKeys): (endpoint: string) => string {
  const point = Buffer.from(publicKey, 'base64url');
  const part = (from: number) => point.subarray(from, from + 32).toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: part(1), y: part(33), d: privateKey };
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return (endpoint) => {
    const exp = Math.floor(Date.now() / 1000) + TOKEN_SECONDS;
    const claims = { aud: new URL(endpoint).origin, exp, sub: subject };
    const said = [{ typ: 'JWT', alg: 'ES256' }, claims].map(encoded).join('.');
    const signature = sign('sha256', Buffer.from(said), { key, dsaEncoding: 'ieee-p1363' });
    return `vapid t=${said}.${signature.toString('base64url')}, k=${publicKey}`;
  };
}

const encoded = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
