import type { Socket } from 'node:net';
import { type RawData, WebSocket as WireSocket } from 'ws';
import { frameOf } from './frame.ts';

/** A `ws` socket that knows the room's end of it: listeners can then be shared instead of a closure a socket. */
export class HostWire extends WireSocket {
  room: RoomSocket | null = null;
}

/** What the host does for a socket: it holds events back while the room starts, and hears of what went wrong. */
export type SocketOwner = {
  /** Something blocks the room's input: events have to wait. */
  readonly blocked: boolean;
  /** Runs the event after what blocks the room's input, in order. */
  queue(event: () => void): void;
  /** A listener of the room threw. The socket stays. */
  failed(error: unknown): void;
  closed(socket: RoomSocket): void;
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

/**
 * The end of a socket that a room holds: Cloudflare's `WebSocket`, over a socket of `ws`. Until the upgrade is answered
 * there is no wire yet, and what the room sends waits.
 */
export class RoomSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;

  owner: SocketOwner | null = null;
  /** Sweeps of the host since it was last heard of. */
  quiet = 0;
  binaryType = 'arraybuffer';
  #wire: HostWire | null = null;
  #tcp: Socket | null = null;
  #waiting: Waiting | null = { frames: [], close: null };
  #accepted = false;
  #listeners: [string, Listener][] = [];

  get readyState(): number {
    if (this.#wire !== null) return this.#wire.readyState;
    if (this.#waiting === CLOSED) return RoomSocket.CLOSED;
    return this.#waiting?.close ? RoomSocket.CLOSING : RoomSocket.OPEN;
  }

  /** Bytes handed over and not yet taken by the kernel: how far behind this reader is. */
  get bufferedAmount(): number {
    return this.#tcp === null ? 0 : this.#tcp.writableLength;
  }

  accept(): void {
    this.#accepted = true;
  }

  get accepted(): boolean {
    return this.#accepted;
  }

  /**
   * Writes the frame to the TCP socket itself: without compression and fragments, which the host does not offer, every
   * frame of `ws` is one write too, so they cannot interleave. One write instead of two, and no copy a reader.
   */
  send(message: string | ArrayBuffer | ArrayBufferView): void {
    if (this.#wire !== null && this.#tcp !== null) {
      if (this.#wire.readyState === RoomSocket.OPEN) this.#tcp.write(frameOf(message));
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
    wire.room = this;
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
  const room = roomOf(this);
  if (room === null) return;
  room.quiet = 0;
  // The wire's `binaryType` is left at its default, with which every message is one Buffer.
  const bytes = message as Buffer;
  deliver(room, { type: 'message', data: binary ? Uint8Array.from(bytes).buffer : bytes.toString() });
}

function onClose(this: WireSocket, code: number, reason: Buffer): void {
  const room = roomOf(this);
  if (room === null) return;
  deliver(room, { type: 'close', code, reason: reason.toString(), wasClean: code !== 1006 });
  room.owner?.closed(room);
}

function onError(this: WireSocket, error: Error): void {
  const room = roomOf(this);
  if (room !== null) deliver(room, { type: 'error', error });
}

function onPong(this: WireSocket): void {
  const room = roomOf(this);
  if (room !== null) room.quiet = 0;
}

function deliver(room: RoomSocket, event: SocketEvent): void {
  if (room.owner?.blocked) room.owner.queue(() => room.emit(event));
  else room.emit(event);
}

function roomOf(wire: WireSocket): RoomSocket | null {
  return wire instanceof HostWire ? wire.room : null;
}
