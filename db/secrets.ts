import { hkdfSync } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';

/** Who calls: the processes of one DropMate among themselves. */
export type ServiceName = 'functions' | 'worker' | 'realtime';
/** What is called: a room, or the `/internal` routes of functions. */
export type ServiceAudience = 'dropmate:realtime' | 'dropmate:internal';

/** The key of service tokens, the same in each process that has `DROPMATE_SECRET`. */
export function serviceKey(secret: string): Uint8Array {
  return new Uint8Array(
    hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', 'dropmate service token', 32),
  );
}

/** A token good for one minute, and for that audience only. */
export function signServiceToken(
  key: Uint8Array,
  from: ServiceName,
  audience: ServiceAudience,
): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('dropmate')
    .setSubject(from)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(key);
}

/** Whether the token was made by one of our processes for this audience. */
export async function isServiceToken(
  key: Uint8Array,
  token: string,
  audience: ServiceAudience,
): Promise<boolean> {
  try {
    await jwtVerify(token, key, { algorithms: ['HS256'], issuer: 'dropmate', audience });
    return true;
  } catch {
    return false;
  }
}
