/** What the API answers to who asks for a room. */
export type RoomAddress = {
  host: string;
  protocol: 'ws' | 'wss';
  party: string;
  room: string;
  token: string;
};

/** The part of partysocket's `PartySocket` that is needed, so that only who uses rooms installs it. */
type Constructor<Socket> = new (options: {
  host: string;
  protocol: 'ws' | 'wss';
  party: string;
  room: string;
  query: () => Promise<{ token: string }>;
  maxEnqueuedMessages: number;
}) => Socket;

/**
 * Joins a room, and comes back to it by itself with a new token each time:
 * `await openRoom(PartySocket, () => read(dropmate.v1.orders[':id'].room.$get({ param: { id } })))`.
 */
export async function openRoom<Socket>(
  PartySocket: Constructor<Socket>,
  address: () => Promise<RoomAddress>,
): Promise<Socket> {
  const first = await address();
  const { host, protocol, party, room } = first;
  let unused: string | undefined = first.token;
  return new PartySocket({
    ...{ host, protocol, party, room },
    query: async () => {
      const token = unused ?? (await address()).token;
      unused = undefined;
      return { token };
    },
    // What waited through an outage is old.
    maxEnqueuedMessages: 0,
  });
}
