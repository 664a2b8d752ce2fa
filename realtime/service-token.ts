import { jwtVerify, SignJWT } from 'jose';

/**
 * The key of the tokens by which our processes know each other: HKDF-SHA256 of DROPMATE_SECRET (base64url), the same
 * as functions and worker derive. By WebCrypto alone, since this also runs on workerd.
 */
export async function serviceKey(secret: string): Promise<Uint8Array> {
  const input = Uint8Array.from(atob(secret.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
    c.charCodeAt(0),
  );
  const key = await crypto.subtle.importKey('raw', input, 'HKDF', false, ['deriveBits']);
  const info = new TextEncoder().encode('dropmate service token');
  const salt = new Uint8Array();
  return new Uint8Array(
    await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, key, 256),
  );
}

/** For a call to functions' /internal; good for a minute. */
export function signServiceToken(key: Uint8Array): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('dropmate')
    .setSubject('realtime')
    .setAudience('dropmate:internal')
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(key);
}

/** Whether functions or worker sent this (the `Authorization` header). */
export async function isService(authorization: string | null, key: Uint8Array): Promise<boolean> {
  if (!authorization?.startsWith('Bearer ')) return false;
  try {
    await jwtVerify(authorization.slice('Bearer '.length), key, {
      algorithms: ['HS256'],
      issuer: 'dropmate',
      audience: 'dropmate:realtime',
    });
    return true;
  } catch {
    return false;
  }
}
