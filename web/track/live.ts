import ReconnectingWebSocket, { type CloseEvent } from 'partysocket/ws';
import { readMessage, readRoom, readView } from './read-message.ts';
import type { Connection, TrackingEvent } from './state.ts';
import { Timers } from './timers.ts';
import type { RoomInfo } from './view.ts';

/** Without a room for this long, the page asks the API instead, and goes on asking at this interval. */
const POLL_MS = 15_000;
const PING_MS = 25_000;
/** Two pings without any answer: the connection is dead, though nobody has said so. */
const SILENCE_MS = 60_000;
/** A token is replaced this long before it expires. */
const RENEW_MS = 90_000;
const RENEW_RETRY_MS = 10_000;

/** The room's close codes: the token is no longer good; or this room is not for it. */
const UNAUTHENTICATED = 4401;
const FORBIDDEN = 4403;

/** Follows a delivery by its room, and by asking the API while no room can be reached. Starts at once. */
export class DeliveryFollower {
  readonly #url: string;
  readonly #dispatch: (event: TrackingEvent) => void;
  readonly #timers = new Timers();
  readonly #listening = new AbortController();
  readonly #socket: ReconnectingWebSocket;
  #room: (RoomInfo & { goodUntil: number }) | null = null;
  /** The newest message, from which a room that still knows it can go on. */
  #position: { epoch: string; seq: number } | null = null;
  #live = false;
  #refused = false;
  #stopped = false;

  /** `token` is the link's; what is learned goes to `dispatch`. */
  constructor(token: string, dispatch: (event: TrackingEvent) => void) {
    this.#url = `/v1/tracking/${encodeURIComponent(token)}`;
    this.#dispatch = dispatch;
    this.#socket = new ReconnectingWebSocket(() => this.#socketUrl(), undefined, {
      maxEnqueuedMessages: 0,
      connectionTimeout: 8000,
      // When a server restarts, its thousand readers do not come back in the same second.
      minReconnectionDelay: 1000 + Math.random() * 2000,
      maxReconnectionDelay: 10_000 + Math.random() * 5000,
    });
    this.#socket.addEventListener('message', (event) => this.#onMessage(event));
    this.#socket.addEventListener('close', (event) => this.#onClose(event));
    const { signal } = this.#listening;
    addEventListener('online', () => this.#wake(), { signal });
    addEventListener('offline', () => this.#lose(), { signal });
    document.addEventListener('visibilitychange', () => document.hidden || this.#wake(), { signal });
    this.#pollLater();
  }

  stop(): void {
    this.#stopped = true;
    this.#listening.abort();
    this.#timers.clear();
    this.#socket.close();
  }

  #onMessage(event: MessageEvent): void {
    if (this.#stopped) return;
    this.#timers.set('silence', () => this.#reconnect(), SILENCE_MS);
    const message = readMessage(event.data);
    if (message === null) return;
    this.#position = { epoch: message.epoch, seq: message.seq };
    // Not on `open`: a socket with a bad token opens too, and is then closed.
    if (!this.#live && message.type !== 'error') this.#becomeLive();
    this.#dispatch({ type: 'message', message, receivedAt: Date.now() });
  }

  #becomeLive(): void {
    this.#live = true;
    this.#timers.cancel('poll');
    this.#pingLater();
    this.#renewLater();
    this.#say('live');
  }

  #onClose(event: CloseEvent): void {
    if (this.#stopped) return;
    if (event.code === UNAUTHENTICATED) this.#room = null;
    if (event.code === FORBIDDEN) {
      this.#refused = true;
      this.#socket.close();
    }
    for (const timer of ['ping', 'silence', 'renew']) this.#timers.cancel(timer);
    if (this.#live) this.#lose();
    else this.#pollLater();
  }

  #lose(): void {
    this.#live = false;
    this.#say(navigator.onLine ? 'reconnecting' : 'offline');
    this.#pollLater();
  }

  /** The network, or the reader, is back: there is no reason to wait for the next attempt. */
  #wake(): void {
    if (this.#stopped || this.#live) return;
    void this.#poll();
    if (!this.#refused) this.#reconnect();
  }

  #reconnect(): void {
    this.#socket.reconnect();
  }

  #pingLater(): void {
    this.#timers.set('ping', () => this.#ping(), PING_MS);
  }

  #ping(): void {
    this.#socket.send('{"type":"ping"}');
    this.#pingLater();
  }

  async #socketUrl(): Promise<string> {
    const known = this.#room;
    const good = known !== null && Date.now() < known.goodUntil - RENEW_MS / 2;
    const { protocol, host, party, room, token } = good ? known : await this.#loadRoom();
    const query = new URLSearchParams({ token });
    if (this.#position !== null) {
      query.set('epoch', this.#position.epoch);
      query.set('seq', String(this.#position.seq));
    }
    return `${protocol}://${host}/parties/${party}/${encodeURIComponent(room)}?${query}`;
  }

  async #loadRoom(): Promise<RoomInfo> {
    const { status, body, answeredAt, receivedAt } = await ask(`${this.#url}/room`);
    const room = readRoom(body);
    if (room === null) {
      // Nobody waits for a room any more; whether the order itself can still be seen is for the next poll to learn.
      if (status === 404 || status === 410) void this.#poll();
      throw new Error(`The room could not be had: ${status}.`);
    }
    // By the server's clock: a phone's may be minutes off.
    this.#room = { ...room, goodUntil: receivedAt + Date.parse(room.expiresAt) - answeredAt };
    return room;
  }

  #renewLater(): void {
    if (this.#room === null) return;
    const wait = this.#room.goodUntil - RENEW_MS - Date.now();
    this.#timers.set('renew', () => void this.#renew(), Math.max(0, wait));
  }

  async #renew(): Promise<void> {
    const host = this.#room?.host;
    try {
      const { host: newHost, token } = await this.#loadRoom();
      if (!this.#live) return;
      if (newHost !== host) return this.#reconnect();
      this.#socket.send(JSON.stringify({ type: 'renew', token }));
      // A server that gives short tokens is not asked without a pause.
      const wait = (this.#room?.goodUntil ?? 0) - RENEW_MS - Date.now();
      this.#timers.set('renew', () => void this.#renew(), Math.max(RENEW_RETRY_MS, wait));
    } catch {
      if (this.#live) this.#timers.set('renew', () => void this.#renew(), RENEW_RETRY_MS);
    }
  }

  #pollLater(): void {
    if (!this.#stopped && !this.#timers.has('poll'))
      this.#timers.set('poll', () => void this.#poll(), POLL_MS);
  }

  async #poll(): Promise<void> {
    this.#timers.set('poll', () => void this.#poll(), POLL_MS);
    try {
      const { status, body, answeredAt, receivedAt } = await ask(this.#url);
      if (this.#stopped || this.#live) return;
      if (status === 404 || status === 410) {
        this.#say('gone');
        return this.stop();
      }
      const view = readView(body);
      if (view === null) throw new Error(`The order could not be had: ${status}.`);
      this.#dispatch({ type: 'view', view, answeredAt, receivedAt });
      this.#say('polling');
    } catch {
      if (!this.#live) this.#say(navigator.onLine ? 'reconnecting' : 'offline');
    }
  }

  #say(connection: Connection): void {
    if (!this.#stopped) this.#dispatch({ type: 'connection', connection });
  }
}

type Answer = { status: number; body: unknown; answeredAt: number; receivedAt: number };

async function ask(url: string): Promise<Answer> {
  const response = await fetch(url, {
    cache: 'no-store',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(10_000),
  });
  const receivedAt = Date.now();
  const date = Date.parse(response.headers.get('date') ?? '');
  const body: unknown = await response.json().catch(() => null);
  return { status: response.status, body, answeredAt: Number.isNaN(date) ? receivedAt : date, receivedAt };
}
