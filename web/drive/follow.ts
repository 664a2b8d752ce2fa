import { effect, type Signal, signal, untracked } from '@preact/signals';
import type { Message } from '../../domain/room-messages.ts';
import { RoomSocket } from '../dispatch/live/room-socket.ts';
import type { ApiClient } from '../session/api.ts';
import { ApiProblem } from '../session/problem.ts';
import type { Drive } from './drive.ts';
import type { PhoneFix } from './position.ts';
import { readChatNews, readFleetNews } from './read.ts';

/** Without the room the API is asked this often. */
const POLL_MS = 20_000;

export type Following = {
  /** To the fleet room, or false: a fix that cannot be sent now is not worth keeping, for a newer one comes. */
  sendFix: (fix: PhoneFix) => boolean;
  /** The order whose chat is open, before the next stop's. */
  openChat: Signal<string | null>;
  stop: () => void;
};

/**
 * Keeps the app current by its rooms: the fleet's for orders and fixes, the next stop's for its chat. `onMessage`: somebody
 * wrote, and the chat is not open.
 */
export function follow(drive: Drive, api: ApiClient, onMessage: (message: Message) => void): Following {
  let seq = 0;
  const fleet = new RoomSocket({
    enter: async () => (await whenOnline(api).v1.fleet.room.$get()).json(),
    position: () => null,
    onConnection: (connection) => {
      if (connection === 'live') drive.connection.value = 'live';
      else drive.connection.value = navigator.onLine ? 'connecting' : 'offline';
    },
    onMessage: (raw) => takeFleetNews(drive, raw),
  });
  const poll = setInterval(() => {
    if (drive.connection.value !== 'live' && navigator.onLine) void drive.load().catch(() => undefined);
  }, POLL_MS);
  const openChat = signal<string | null>(null);
  const stopChat = followChat(drive, api, openChat, onMessage);
  return {
    sendFix: (fix) => fleet.send({ ...fix, seq: seq++ }),
    openChat,
    stop: () => {
      clearInterval(poll);
      stopChat();
      fleet.stop();
    },
  };
}

/** The socket tries again every few seconds; without a network that would only be noise. */
function whenOnline(api: ApiClient): ApiClient {
  if (!navigator.onLine) throw new ApiProblem({ code: 'network', status: 0, detail: 'There is no network.' });
  return api;
}

function takeFleetNews(drive: Drive, raw: unknown): boolean {
  const news = readFleetNews(raw);
  switch (news?.type) {
    case 'snapshot':
      if (news.driver !== null) drive.takeDriver(news.driver);
      drive.takeAll(news.orders);
      break;
    case 'order':
      drive.takeOrder(news.order);
      break;
    case 'driver':
      drive.takeDriver(news.driver);
      break;
    case 'eta':
      drive.takeEta(news.orderId, news.eta);
      break;
  }
  return news !== null;
}

/** One chat at a time is followed: the one that is open, else that of the next stop. */
function followChat(
  drive: Drive,
  api: ApiClient,
  openChat: Signal<string | null>,
  onMessage: (message: Message) => void,
): () => void {
  const tell = (message: Message): void => {
    if (message.from !== 'driver' && openChat.peek() === null) onMessage(message);
  };
  let followed: { orderId: string; socket: RoomSocket } | null = null;
  const change = (orderId: string | null): void => {
    if (followed?.orderId === orderId) return;
    followed?.socket.stop();
    followed = orderId === null ? null : { orderId, socket: joinChat(drive, api, orderId, tell) };
  };
  const ends = [
    effect(() => {
      const orderId = openChat.value ?? drive.stops.value[0]?.order.id ?? null;
      untracked(() => change(orderId));
    }),
    effect(() => {
      const orderId = openChat.value;
      const newest = orderId === null ? undefined : drive.messages.value.get(orderId)?.at(-1);
      if (orderId === null || newest === undefined || drive.unreadOf(orderId) === 0) return;
      untracked(() => {
        drive.markRead(orderId, newest.at);
        if (followed?.orderId === orderId) followed.socket.send({ type: 'read', id: newest.id });
      });
    }),
  ];
  return () => {
    for (const end of ends) end();
    change(null);
  };
}

function joinChat(
  drive: Drive,
  api: ApiClient,
  orderId: string,
  tell: (message: Message) => void,
): RoomSocket {
  return new RoomSocket({
    enter: async () => (await whenOnline(api).v1.orders[':id'].room.$get({ param: { id: orderId } })).json(),
    position: () => null,
    onConnection: () => undefined,
    onMessage: (raw) => {
      const news = readChatNews(raw);
      if (news?.type !== 'messages') return news !== null;
      if (news.readUpTo !== undefined) drive.markRead(orderId, news.readUpTo);
      // A snapshot tells what was said before; a message may come twice.
      const known = new Set(drive.messages.value.get(orderId)?.map(({ id }) => id));
      const isNew = (message: Message): boolean => !known.has(message.id);
      if (news.readUpTo === undefined) news.messages.filter(isNew).forEach(tell);
      drive.takeMessages(orderId, news.messages);
      return true;
    },
  });
}
