import { decodeProtectedHeader, jwtVerify } from 'jose';
import { RoomClaims } from '../domain/room-messages.ts';
import type { KeySet } from './key-set.ts';

/** `unavailable`: functions' keys could not be had, so nobody can say whether the token is good. */
export type TokenVerdict = { ok: true; claims: RoomClaims } | { ok: false; why: 'bad' | 'unavailable' };

const BAD: TokenVerdict = { ok: false, why: 'bad' };

/** Whether the token was made by functions, for rooms, and is still good. What it is good for is the caller's to see. */
export async function verifyRoomToken(token: string, keys: KeySet): Promise<TokenVerdict> {
  const kid = keyIdOf(token);
  if (kid === null) return BAD;
  const resolver = await keys.resolver(kid);
  if (resolver === null) return { ok: false, why: 'unavailable' };
  try {
    const { payload } = await jwtVerify(token, resolver, {
      algorithms: ['EdDSA', 'Ed25519'],
      audience: 'dropmate:room',
      issuer: 'dropmate',
    });
    return { ok: true, claims: RoomClaims.parse(payload) };
  } catch {
    return BAD;
  }
}

function keyIdOf(token: string): string | null {
  try {
    return decodeProtectedHeader(token).kid ?? null;
  } catch {
    return null;
  }
}
