import { linkOf } from './globals.ts';
import type { Link, SocketOwner } from './socket.ts';
import { ActorStorage } from './storage.ts';

/** What the host calls of a room: a Durable Object, and one hook of ours for a host that says goodbye. */
export type RoomObject = {
  fetch(request: Request): Promise<Response>;
  setName(name: string): Promise<void>;
  alarm(): Promise<void>;
  /** Node only: sockets are closed and the process is about to end; write what must not be lost. */
  onDrain?(): Promise<void>;
};

export type ActorOptions = {
  name: string;
  create: (ctx: DurableObjectState) => RoomObject;
  /** A room's code threw where nobody waits for an answer. */
  onError: (error: unknown, room: string) => void;
  /** The room can't go on (it failed to start): forget it, the next caller gets a new one. */
  onBroken: (actor: Actor) => void;
};

/**
 * One room with what Cloudflare gives it: an id, storage, an alarm, and a gate before its input. A difference: there,
 * `blockConcurrencyWhile` may be called within itself; here that waits for ever, so no room does it.
 */
export class Actor implements SocketOwner {
  readonly name: string;
  readonly sockets = new Set<Link>();
  readonly object: RoomObject;
  /** When it last had something to do, in milliseconds since 1970; the host evicts rooms that idle. */
  usedAt = Date.now();
  /** Evicted: whoever still has it must ask for the room again. */
  gone = false;
  #options: ActorOptions;
  #storage = new ActorStorage(() => this.#ring());
  #starting: Promise<void> | null;
  #gate: Promise<void> | null = null;
  #queue: (() => void)[] | null = null;
  #busy = 0;

  constructor(options: ActorOptions) {
    this.name = options.name;
    this.#options = options;
    this.object = options.create({
      id: { name: this.name, toString: () => this.name },
      storage: this.#storage,
      waitUntil: (promise) => void this.run(() => promise).catch((error) => this.failed(error)),
      blockConcurrencyWhile: (callback) => this.#block(callback),
    });
    // partyserver starts a room on its first request; started here, method calls find it started as well.
    this.#starting = this.object
      .setName(this.name)
      .catch((error) => {
        this.failed(error);
        options.onBroken(this);
      })
      .then(() => {
        this.#starting = null;
        this.#deliver();
      });
  }

  get blocked(): boolean {
    return this.#starting !== null || this.#gate !== null;
  }

  /** Nothing runs, nothing is connected, no alarm is set. */
  get idle(): boolean {
    return this.#busy === 0 && !this.blocked && this.sockets.size === 0 && !this.#storage.hasAlarm;
  }

  queue(event: () => void): void {
    this.#queue ??= [];
    this.#queue.push(event);
  }

  /** One call of the room, after what blocks it. Rejects with what the room throws. */
  async run<T>(call: (object: RoomObject) => T | Promise<T>): Promise<T> {
    this.#busy++;
    try {
      while (this.blocked) await (this.#starting ?? this.#gate);
      return await call(this.object);
    } finally {
      this.#busy--;
      this.usedAt = Date.now();
    }
  }

  /** A request for the room; the socket of an answered upgrade is its own from then on. */
  async fetch(request: Request): Promise<Response> {
    const response = await this.run((object) => object.fetch(request));
    const link = linkOf(response);
    if (link !== null) {
      link.owner = this;
      this.sockets.add(link);
    }
    return response;
  }

  failed(error: unknown): void {
    this.#options.onError(error, this.name);
  }

  closed(link: Link): void {
    this.sockets.delete(link);
    this.usedAt = Date.now();
  }

  /** Nothing of it shall keep the process alive. */
  discard(): void {
    this.gone = true;
    this.#storage.clearAlarm();
  }

  /** Each blocker waits for the one before it; events wait for the last. */
  #block<T>(callback: () => Promise<T>): Promise<T> {
    const turn = this.#gate === null ? callback() : this.#gate.then(callback);
    const opened = (): void => {
      if (this.#gate !== gate) return;
      this.#gate = null;
      this.#deliver();
    };
    const gate: Promise<void> = turn.then(opened, opened);
    this.#gate = gate;
    return turn;
  }

  #deliver(): void {
    while (!this.blocked) {
      const event = this.#queue?.shift();
      if (event === undefined) return;
      event();
    }
  }

  #ring(): void {
    this.run((object) => object.alarm()).catch((error) => this.failed(error));
  }
}
