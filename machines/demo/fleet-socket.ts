import PartySocket from 'partysocket';
import type { Fix } from '../../domain/fix.ts';
import { CLOSE } from '../../domain/room-messages.ts';
import type { RoomAddress } from './demo-api.ts';

/** A driver's socket to the fleet room. It comes back by itself, with a new token each time. */
export type FleetSocket = { sendFix(fix: Fix): void; close(): void };

const HEARTBEAT_MS = 25_000;

/** `enter` asks the API for the room and a token; it is asked again at each reconnect. */
export function openFleetSocket(address: RoomAddress, enter: () => Promise<RoomAddress>): FleetSocket {
  let first: string | undefined = address.token;
  const socket = new PartySocket({
    host: address.host,
    protocol: address.protocol,
    party: address.party,
    room: address.room,
    // An old fix is worth nothing: none is kept while the room is away.
    maxEnqueuedMessages: 0,
    minReconnectionDelay: 1_000 + Math.random() * 2_000,
    maxReconnectionDelay: 15_000,
    query: async () => {
      const token = first ?? (await enter()).token;
      first = undefined;
      return { token };
    },
    shouldReconnectOnClose: ({ code }) => code !== CLOSE.forbidden,
  });
  const heartbeat = setInterval(() => send({ type: 'ping' }), HEARTBEAT_MS);
  let seq = 0;

  function send(message: unknown): void {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  }

  return {
    sendFix(fix) {
      seq += 1;
      send({ type: 'fix', seq, ...fix });
    },
    close() {
      clearInterval(heartbeat);
      socket.close();
    },
  };
}
