import ReconnectingWebSocket, { type CloseEvent } from 'partysocket/ws';
import type { RoomAddress } from '../../../functions/room-address.ts';
import { Timers } from '../../track/timers.ts';

/** How a page hears of changes: by its room; not now; not at all, since there is no network; or never again. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'refused';

export type RoomSocketOptions = {
  /** Asks the API for the room and a token. What it throws means: try again later. */
  enter: () => Promise<RoomAddress>;
  /** Each message; false when it could not be read. */
  onMessage: (raw: unknown) => boolean;
  onConnection: (connection: Connection) => void;
  /** The newest message that was seen, from which a room that still knows it can go on. */
  position: () => { epoch: string; seq: number } | null;
};

const PING_MS = 25_000;
/** Two pings without any answer: the connection is dead, though nobody has said so. */
const SILENCE_MS = 60_000;
/** A token is replaced this long before it expires. */
const RENEW_MS = 120_000;
const RENEW_RETRY_MS = 15_000;

/** The room's close codes: the token is no longer good; or this room is not for it. */
const UNAUTHENTICATED = 4401;
const FORBIDDEN = 4403;

/** A manager's socket to a room: it comes back by itself, resumes, and renews its token. Starts at once. */
export class RoomSocket {
  readonly #options: RoomSocketOptions;
  readonly #timers = new Timers();
  readonly #listening = new AbortController();
  readonly #socket: ReconnectingWebSocket;
  #address: RoomAddress | null = null;
  #live = false;
  #stopped = false;

  constructor(options: RoomSocketOptions) {
    this.#options = options;
    this.#socket = new ReconnectingWebSocket(() => this.#url(), undefined, {
      maxEnqueuedMessages: 0,
      connectionTimeout: 8000,
      // When a server restarts, its readers do not come back in the same second.
      minReconnectionDelay: 500 + Math.random() * 1500,
      maxReconnectionDelay: 8000 + Math.random() * 4000,
    });
    this.#socket.addEventListener('message', (event) => this.#onMessage(event));
    this.#socket.addEventListener('close', (event) => this.#onClose(event));
    const { signal } = this.#listening;
    addEventListener('online', () => this.#wake(), { signal });
    addEventListener('offline', () => this.#lose(), { signal });
    document.addEventListener('visibilitychange', () => document.hidden || this.#wake(), { signal });
  }

  /** False when it cannot be sent now. */
  send(message: unknown): boolean {
    if (!this.#live) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Ends it for good. */
  stop(): void {
    this.#stopped = true;
    this.#listening.abort();
    this.#timers.clear();
    this.#socket.close();
  }

  #onMessage(event: MessageEvent): void {
    if (this.#stopped) return;
    this.#timers.set('silence', () => this.#socket.reconnect(), SILENCE_MS);
    // Not on `open`: a socket with a bad token opens too, and is then closed.
    if (this.#options.onMessage(event.data) && !this.#live) this.#becomeLive();
  }

  #becomeLive(): void {
    this.#live = true;
    this.#ping();
    this.#renewLater();
    this.#options.onConnection('live');
  }

  #onClose(event: CloseEvent): void {
    if (this.#stopped) return;
    if (event.code === UNAUTHENTICATED) this.#address = null;
    if (event.code === FORBIDDEN) {
      this.stop();
      this.#options.onConnection('refused');
      return;
    }
    this.#lose();
  }

  #lose(): void {
    this.#live = false;
    for (const timer of ['ping', 'silence', 'renew']) this.#timers.cancel(timer);
    this.#options.onConnection(navigator.onLine ? 'reconnecting' : 'offline');
  }

  /** The network, or the reader, is back: there is no reason to wait for the next attempt. */
  #wake(): void {
    if (!this.#stopped && !this.#live) this.#socket.reconnect();
  }

  #ping(): void {
    this.#timers.set('ping', () => this.#ping(), PING_MS);
    this.send({ type: 'ping' });
  }

  async #url(): Promise<string> {
    const known = this.#address;
    const isGood = known !== null && Date.now() < Date.parse(known.expiresAt) - RENEW_MS / 2;
    if (!isGood) this.#address = await this.#options.enter();
    const { protocol, host, party, room, token } = this.#address ?? (await this.#options.enter());
    const query = new URLSearchParams({ token });
    const position = this.#options.position();
    if (position !== null) {
      query.set('epoch', position.epoch);
      query.set('seq', String(position.seq));
    }
    return `${protocol}://${host}/parties/${party}/${encodeURIComponent(room)}?${query}`;
  }

  #renewLater(atLeast = 0): void {
    if (this.#address === null) return;
    const wait = Date.parse(this.#address.expiresAt) - RENEW_MS - Date.now();
    this.#timers.set('renew', () => void this.#renew(), Math.max(atLeast, wait));
  }

  async #renew(): Promise<void> {
    const host = this.#address?.host;
    try {
      const address = await this.#options.enter();
      this.#address = address;
      if (!this.#live) return;
      if (address.host !== host) return this.#socket.reconnect();
      this.send({ type: 'renew', token: address.token });
      this.#renewLater(RENEW_RETRY_MS);
    } catch {
      if (this.#live) this.#timers.set('renew', () => void this.#renew(), RENEW_RETRY_MS);
    }
  }
}
