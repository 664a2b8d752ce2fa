import type { Socket } from 'node:net';
import { type RawData, WebSocket as WireSocket } from 'ws';
import { frameOf } from './frame.ts';

/** A `ws` socket that knows the room's end of it: listeners can then be shared instead of a closure a socket. */
export class HostWire extends WireSocket {
  link: Link | null = null;
}

/** What the host does for a socket: it holds events back while the room starts, and hears of what went wrong. */
export type SocketOwner = {
  /** Something blocks the room's input: events have to wait. */
  readonly blocked: boolean;
  /** Runs the event after what blocks the room's input, in order. */
  queue(event: () => void): void;
  /** A listener of the room threw. The socket stays. */
  failed(error: unknown): void;
  closed(link: Link): void;
};

type SocketEvent = {
  type: string;
  data?: unknown;
  code?: number;
  reason?: string;
  wasClean?: boolean;
  error?: unknown;
};
type Listener = (event: SocketEvent) => void;
type Waiting = {
  frames: (string | ArrayBuffer | ArrayBufferView)[];
  close: [number | undefined, string] | null;
};

const CLOSED = { frames: [], close: null } satisfies Waiting;

const OPEN = 1;

/**
 * The end of a socket that a room holds: Cloudflare's `WebSocket`. It only points to its link: partyserver defines an
 * accessor on each connection, which makes V8 keep that object as a hash table, slow to use for every message.
 */
export class RoomSocket {
  readonly link = new Link();
  binaryType = 'arraybuffer';

  get readyState(): number {
    return this.link.readyState;
  }

  get bufferedAmount(): number {
    return this.link.bufferedAmount;
  }

  accept(): void {}

  send(message: string | ArrayBuffer | ArrayBufferView): void {
    this.link.send(message);
  }

  close(code?: number, reason?: string): void {
    this.link.close(code, reason);
  }

  addEventListener(type: string, listener: Listener): void {
    this.link.addEventListener(type, listener);
  }

  removeEventListener(type: string, listener: Listener): void {
    this.link.removeEventListener(type, listener);
  }
}

/** A room's socket over a socket of `ws`. Until the upgrade is answered there is no wire, and what is sent waits. */
export class Link {
  owner: SocketOwner | null = null;
  /** Sweeps of the host since it was last heard of. */
  quiet = 0;
  #wire: HostWire | null = null;
  #tcp: Socket | null = null;
  #waiting: Waiting | null = { frames: [], close: null };
  #listeners: [string, Listener][] = [];

  get readyState(): number {
    if (this.#wire !== null) return this.#wire.readyState;
    if (this.#waiting === CLOSED) return 3;
    return this.#waiting?.close ? 2 : OPEN;
  }

  /** Bytes handed over and not yet taken by the kernel: how far behind this reader is. */
  get bufferedAmount(): number {
    return this.#tcp === null ? 0 : this.#tcp.writableLength;
  }

  /**
   * Writes the frame to the TCP socket itself: without compression and fragments, which the host does not offer, every
   * frame of `ws` is one write too, so they cannot interleave. One write instead of two, and no copy a reader.
   */
  send(message: string | ArrayBuffer | ArrayBufferView): void {
    if (this.#wire !== null && this.#tcp !== null) {
      if (this.#wire.readyState === OPEN) this.#tcp.write(frameOf(message));
    } else if (this.#waiting !== null && this.#waiting.close === null) this.#waiting.frames.push(message);
  }

  close(code?: number, reason = ''): void {
    if (this.#wire !== null) this.#wire.close(code, reason);
    else if (this.#waiting !== null && this.#waiting !== CLOSED) this.#waiting.close ??= [code, reason];
  }

  /** Ends it without a handshake: for a peer that no longer answers. */
  terminate(): void {
    this.#wire?.terminate();
  }

  ping(): void {
    this.#wire?.ping();
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push([type, listener]);
  }

  /** Makes a new list, so that one that is being walked stays as it is. */
  removeEventListener(type: string, listener: Listener): void {
    this.#listeners = this.#listeners.filter(([t, l]) => t !== type || l !== listener);
  }

  /** What the room wants to tell when its own code failed while connecting; the client must not see it. */
  dropWaiting(): void {
    if (this.#waiting !== null && this.#waiting !== CLOSED) this.#waiting.frames.length = 0;
  }

  get closeCode(): number | undefined {
    return this.#waiting?.close?.[0];
  }

  /** The host calls it once the upgrade is answered. */
  attach(wire: HostWire, tcp: Socket): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#wire = wire;
    this.#tcp = tcp;
    wire.link = this;
    wire.on('message', onMessage);
    wire.on('close', onClose);
    wire.on('error', onError);
    wire.on('pong', onPong);
    if (waiting === null) return;
    for (const frame of waiting.frames) this.send(frame);
    if (waiting.close) this.close(...waiting.close);
  }

  /** The host calls it when the client went away before the upgrade was answered. */
  abandon(): void {
    this.#waiting = CLOSED;
    this.emit({ type: 'close', code: 1006, reason: '', wasClean: false });
    this.owner?.closed(this);
  }

  emit(event: SocketEvent): void {
    for (const [type, listener] of this.#listeners) {
      if (type !== event.type) continue;
      try {
        listener(event);
      } catch (error) {
        this.owner?.failed(error);
      }
    }
  }
}

function onMessage(this: WireSocket, message: RawData, binary: boolean): void {
  const link = linkOf(this);
  if (link === null) return;
  link.quiet = 0;
  // The wire's `binaryType` is left at its default, with which every message is one Buffer.
  const bytes = message as Buffer;
  deliver(link, { type: 'message', data: binary ? Uint8Array.from(bytes).buffer : bytes.toString() });
}

function onClose(this: WireSocket, code: number, reason: Buffer): void {
  const link = linkOf(this);
  if (link === null) return;
  deliver(link, { type: 'close', code, reason: reason.toString(), wasClean: code !== 1006 });
  link.owner?.closed(link);
}

function onError(this: WireSocket, error: Error): void {
  const link = linkOf(this);
  if (link !== null) deliver(link, { type: 'error', error });
}

function onPong(this: WireSocket): void {
  const link = linkOf(this);
  if (link !== null) link.quiet = 0;
}

function deliver(link: Link, event: SocketEvent): void {
  if (link.owner?.blocked) link.owner.queue(() => link.emit(event));
  else link.emit(event);
}

function linkOf(wire: WireSocket): Link | null {
  return wire instanceof HostWire ? wire.link : null;
}
