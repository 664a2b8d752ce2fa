import { CLOSE, RoomClaims } from '../domain/room-messages.ts';

/** How a front door tells a room whom it lets in. Only it can: whatever a client sends under this name is replaced. */
const CLAIMS_HEADER = 'x-dropmate-claims';

/** Why a socket is not let in: it is accepted and closed with this, since a refused upgrade tells a browser nothing. */
export type Refusal = { code: (typeof CLOSE)[keyof typeof CLOSE]; reason: string };

export const FORBIDDEN: Refusal = { code: CLOSE.forbidden, reason: 'not yours' };
export const UNAUTHENTICATED: Refusal = { code: CLOSE.unauthenticated, reason: 'the token is not good' };
export const TRY_AGAIN: Refusal = { code: CLOSE.tryAgain, reason: 'try again' };

export function refuse({ code, reason }: { code: number; reason: string }): Response {
  const pair = new WebSocketPair();
  pair[1].accept();
  pair[1].close(code, reason);
  return new Response(null, { status: 101, webSocket: pair[0] });
}

export function isUpgrade(request: Request): boolean {
  return request.headers.get('upgrade')?.toLowerCase() === 'websocket';
}

/** The request as the room gets it: with the claims, without the token and without a connection id of the client's. */
export function withClaims(request: Request, claims: RoomClaims): Request {
  const url = new URL(request.url);
  url.searchParams.delete('token');
  // A client could choose another's id, and partysocket keeps its own over reconnects: the late close of the old socket
  // would then remove the new one.
  url.searchParams.delete('_pk');
  const headers = new Headers(request.headers);
  headers.set(CLAIMS_HEADER, JSON.stringify(claims));
  return new Request(url, { method: request.method, headers });
}

/** Throws when the request did not come through the front door. */
export function claimsOf(request: Request): RoomClaims {
  return RoomClaims.parse(JSON.parse(request.headers.get(CLAIMS_HEADER) ?? 'null'));
}

/** `?epoch=&seq=`: up to where this client has already seen this room. */
export function resumePoint(request: Request): { epoch: string; seq: number } | null {
  const { searchParams } = new URL(request.url);
  const [epoch, seq] = [searchParams.get('epoch'), searchParams.get('seq')];
  return epoch !== null && seq !== null && /^\d{1,15}$/.test(seq) ? { epoch, seq: Number(seq) } : null;
}
