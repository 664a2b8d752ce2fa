import { type Link, RoomSocket } from './socket.ts';

const READY_STATES = {
  READY_STATE_CONNECTING: 0,
  READY_STATE_OPEN: 1,
  READY_STATE_CLOSING: 2,
  READY_STATE_CLOSED: 3,
};

/**
 * Gives this process the globals of Cloudflare's runtime that partyserver uses: `WebSocketPair`, the names it has for
 * ready states, and a `Response` that can answer an upgrade. Called once, by `createHost`; again is harmless.
 */
export function installGlobals(): void {
  if ('WebSocketPair' in globalThis) return;
  Object.assign(globalThis.WebSocket, READY_STATES);
  Object.assign(globalThis, { WebSocketPair: Pair, Response: upgradable(globalThis.Response) });
}

/** Both ends are the one object: the room talks into it, and the answer carries it to the host. */
class Pair {
  readonly 0: RoomSocket;
  readonly 1: RoomSocket;

  constructor() {
    this[0] = new RoomSocket();
    this[1] = this[0];
  }
}

/** The socket that a room's answer carries, if it answers an upgrade. */
export function linkOf(response: Response): Link | null {
  const socket: unknown = Reflect.get(response, 'webSocket');
  return socket instanceof RoomSocket ? socket.link : null;
}

function upgradable(Original: typeof Response): typeof Response {
  return class UpgradableResponse extends Original {
    // `fetch` and `Response.json` keep making originals.
    static override [Symbol.hasInstance](value: unknown): boolean {
      return Object.prototype.isPrototypeOf.call(Original.prototype, Object(value));
    }

    constructor(body?: BodyInit | null, init: ResponseInit = {}) {
      // Node refuses to make a response of status 101.
      super(body, init.status === 101 ? { ...init, status: 200 } : init);
      if (init.status !== 101) return;
      Object.defineProperty(this, 'status', { value: 101 });
      Object.defineProperty(this, 'webSocket', { value: init.webSocket ?? null });
    }
  };
}
