import { PartySocket } from 'partysocket';
import { onTestFinished } from 'vitest';
import { DeliveryMessage, FleetMessage } from '../../domain/room-messages.ts';

export type RoomAddress = {
  host: string;
  protocol: 'ws' | 'wss';
  party: string;
  room: string;
  token: string;
};
export type RoomMessage = DeliveryMessage | FleetMessage;

export type JoinedRoom = {
  socket: PartySocket;
  messages: RoomMessage[];
  /** Resolves with the first message, from `after` on, that the test looks for; rejects after 20 s. */
  received: (look: (message: RoomMessage) => boolean, after?: number) => Promise<RoomMessage>;
  /** Resolves with the code of the next close. */
  closed: () => Promise<number>;
  send: (message: Record<string, unknown>) => void;
};

const PATIENCE_MS = 20_000;

/** Joins a room by partysocket, as an app would. `token` is asked anew for each reconnect when it is a function. */
export function joinRoom(
  address: RoomAddress,
  token: () => Promise<string> = async () => address.token,
): JoinedRoom {
  const { host, protocol, party, room } = address;
  const socket = new PartySocket({
    host,
    protocol,
    party,
    room,
    query: async () => ({ token: await token() }),
    maxEnqueuedMessages: 0,
    minReconnectionDelay: 100,
    maxReconnectionDelay: 500,
  });
  onTestFinished(() => socket.close());
  const messages: RoomMessage[] = [];
  const waiting = new Set<() => void>();
  socket.addEventListener('message', (event) => {
    const parse = party === 'fleet-room' ? FleetMessage : DeliveryMessage;
    messages.push(parse.parse(JSON.parse(String(event.data))));
    for (const look of [...waiting]) look();
  });
  return {
    socket,
    messages,
    received: (look, after = 0) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check);
          const got = messages.slice(after).map(({ type }) => type);
          reject(new Error(`Waited ${PATIENCE_MS} ms in ${party}; got: ${got.join(', ')}`));
        }, PATIENCE_MS);
        const check = () => {
          const found = messages.slice(after).find(look);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
    closed: () =>
      new Promise((resolve) =>
        socket.addEventListener('close', (event) => resolve(event.code), { once: true }),
      ),
    send: (message) => socket.send(JSON.stringify(message)),
  };
}
