import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { AppError } from '../../domain/errors.ts';
import { problem } from '../problem.ts';
import type { Actor } from './actor.ts';
import { installGlobals, linkOf } from './globals.ts';
import { toRequest, writeResponse } from './http.ts';
import { HostNamespace, type RoomClass } from './namespace.ts';
import { HostWire, type Link } from './socket.ts';

export type HostOptions<Env extends object> = {
  /** The front door, as a Worker's `fetch`: it authorises and passes the request to a room of `env`. */
  fetch: (request: Request, env: Env) => Promise<Response>;
  /** The rooms' classes by the name of their binding in `env`. */
  rooms: Record<string, RoomClass>;
  /** What rooms and the front door find in `env` besides the bindings. */
  env: Partial<Env>;
  onError: (error: unknown, where: string) => void;
  /** A room without sockets and work is forgotten after this long. Default 60 s. */
  evictAfterMs?: number;
  /** How often silent sockets are pinged (one that did not answer is ended) and rooms evicted. Default 25 s. */
  sweepMs?: number;
};

/**
 * Larger messages close the socket (1009) before they are read. Those between the rooms' own limit of 4 KB and this
 * one are refused politely by the room.
 */
const MAX_PAYLOAD = 256 * 1024;
/** A peer that does not answer our close within this is cut off. */
const CLOSE_TIMEOUT_MS = 5_000;

const WIRE_OPTIONS = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_PAYLOAD,
  closeTimeout: CLOSE_TIMEOUT_MS,
  WebSocket: HostWire,
} as const;

/**
 * Runs Durable Objects (partyserver's `Server` classes, unmodified) on Node, behind the caller's `node:http` server:
 * hand it `request` and `upgrade` events. No hibernation, storage in memory, all rooms in this one process.
 */
export function createHost<Env extends object>(options: HostOptions<Env>) {
  installGlobals();
  return new Host(options);
}

export class Host<Env extends object> {
  readonly namespaces: Record<string, HostNamespace> = {};
  readonly env: Env;
  #options: HostOptions<Env>;
  #draining = false;
  #sweep: NodeJS.Timeout;
  #wires = new WebSocketServer(WIRE_OPTIONS);

  constructor(options: HostOptions<Env>) {
    this.#options = options;
    const env: Record<string, unknown> = { ...options.env };
    for (const [binding, Room] of Object.entries(options.rooms)) {
      const namespace = new HostNamespace(Room, env, options.onError);
      this.namespaces[binding] = namespace;
      env[binding] = namespace;
    }
    // The caller's Env is its own part plus the bindings just made.
    this.env = env as Env;
    this.#sweep = setInterval(() => this.sweep(), options.sweepMs ?? 25_000).unref();
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Answers a plain request. Never rejects; an error's stack stays here. */
  async request(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await writeResponse(response, safe(await this.#options.fetch(await toRequest(incoming), this.env)));
    } catch (error) {
      if (!(error instanceof AppError)) this.#options.onError(error, 'request');
      await writeResponse(response, error instanceof AppError ? problem(error) : internalError());
    }
  }

  /** Answers an upgrade: the room (or the front door) says 101 with its end of the socket, or refuses. */
  async upgrade(incoming: IncomingMessage, tcp: Duplex, head: Buffer): Promise<void> {
    tcp.on('error', () => tcp.destroy());
    const response = await this.#answerUpgrade(incoming);
    const link = linkOf(response);
    if (response.status !== 101 || link === null) {
      tcp.end(`HTTP/1.1 ${response.status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    if (link.closeCode === 1011) link.dropWaiting();
    let attached = false;
    this.#wires.handleUpgrade(incoming, tcp, head, (wire) => {
      attached = true;
      // An upgrade of a node:http server comes with its TCP socket.
      if (wire instanceof HostWire) link.attach(wire, tcp as Socket);
    });
    if (!attached) link.abandon();
    else if (this.#draining) link.close(1012, 'restarting');
  }

  async #answerUpgrade(incoming: IncomingMessage): Promise<Response> {
    if (this.#draining) return new Response(null, { status: 503 });
    try {
      return await this.#options.fetch(await toRequest(incoming), this.env);
    } catch (error) {
      if (error instanceof AppError) return new Response(null, { status: error.status });
      this.#options.onError(error, 'upgrade');
      return new Response(null, { status: 500 });
    }
  }

  /** Pings the sockets that were silent since the last sweep, ends those that do not answer, and evicts idle rooms. */
  sweep(): void {
    for (const actor of this.#actors()) {
      for (const socket of actor.sockets) {
        socket.quiet++;
        if (socket.quiet === 2) socket.ping();
        else if (socket.quiet > 2) socket.terminate();
      }
    }
    const before = Date.now() - (this.#options.evictAfterMs ?? 60_000);
    for (const namespace of Object.values(this.namespaces)) namespace.evict(before);
  }

  /** Closes all sockets with 1012, waits until they are gone (at most `graceMs`), and lets rooms write behind. */
  async drain(graceMs = 3_000): Promise<void> {
    this.#draining = true;
    clearInterval(this.#sweep);
    const closing: Promise<void>[] = [];
    for (const actor of this.#actors()) {
      for (const socket of actor.sockets) closing.push(closed(socket, graceMs));
    }
    await Promise.all(closing);
    await Promise.all([...this.#actors()].map((actor) => this.#goodbye(actor)));
  }

  async #goodbye(actor: Actor): Promise<void> {
    try {
      await actor.run((room) => room.onDrain?.());
    } catch (error) {
      this.#options.onError(error, actor.name);
    }
    actor.discard();
  }

  *#actors(): Generator<Actor> {
    for (const namespace of Object.values(this.namespaces)) yield* namespace.actors.values();
  }
}

function closed(link: Link, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => link.terminate(), graceMs);
    link.addEventListener('close', () => {
      clearTimeout(late);
      resolve();
    });
    link.close(1012, 'restarting');
  });
}

/** partyserver answers an error of a room's own code with its stack: that must not leave the house. */
function safe(response: Response): Response {
  const type = response.headers.get('content-type') ?? '';
  return response.status === 500 && !type.startsWith('application/problem+json') ? internalError() : response;
}

function internalError(): Response {
  return problem(new AppError('internal', 'The request failed.'));
}
