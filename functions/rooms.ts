import { signServiceToken } from '../db/secrets.ts';
import { AppError } from '../domain/errors.ts';
import type { RoomEvent } from '../domain/room-events.ts';
import type { RoomClaims } from '../domain/room-messages.ts';
import type { RoomAddress } from './room-address.ts';
import type { Tokens } from './tokens.ts';

export type RoomsClient = {
  /** What a page must be allowed to connect to. */
  origins: readonly string[];
  /** The address of a room and a token for it. Placement by merchant is decided here. */
  admit: (claims: Omit<RoomClaims, 'exp'>) => Promise<RoomAddress>;
  /** Posts to a merchant's fleet room. Throws `unavailable` when rooms are down. */
  post: (merchantId: string, event: RoomEvent) => Promise<void>;
};

const TIMEOUT_MS = 5000;

/** `publicUrl` is what clients connect to, `internalUrl` where this process reaches the same rooms. */
export function createRoomsClient(options: {
  publicUrl: string;
  internalUrl: string;
  tokens: Tokens;
  serviceKey: Uint8Array;
}): RoomsClient {
  const { internalUrl, tokens, serviceKey } = options;
  const { host, protocol } = new URL(options.publicUrl);
  const scheme = protocol === 'https:' ? 'wss' : 'ws';
  return {
    origins: [`${scheme}://${host}`, `${protocol}//${host}`],
    admit: async (claims) => ({
      host,
      protocol: scheme,
      party: claims.party,
      room: claims.room,
      ...(await tokens.signRoom(claims)),
    }),
    post: async (merchantId, event) => {
      const token = await signServiceToken(serviceKey, 'functions', 'dropmate:realtime');
      const response = await fetch(`${internalUrl}/parties/fleet-room/${merchantId}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).catch((cause: unknown) => {
        throw new AppError('unavailable', 'Live rooms cannot be reached just now.', { retryAfter: 5, cause });
      });
      await response.body?.cancel();
      if (!response.ok) {
        throw new AppError('unavailable', 'Live rooms cannot take this just now.', {
          retryAfter: 5,
          cause: new Error(`rooms answered ${response.status}`),
        });
      }
    },
  };
}
