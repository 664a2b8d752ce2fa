// The part of Cloudflare's runtime types that partyserver and our rooms use. `@cloudflare/workers-types` as a whole
// replaces the types of Node and the DOM, so the rest of the project could not compile beside it.

declare module 'cloudflare:workers' {
  export abstract class DurableObject<Env = unknown> {
    protected ctx: DurableObjectState;
    protected env: Env;
    constructor(ctx: DurableObjectState, env: Env);
  }
  export const env: Record<string, unknown>;
}

declare namespace Cloudflare {
  // biome-ignore lint/suspicious/noEmptyInterface: partyserver extends it; our rooms pass their own.
  interface Env {}
}

interface DurableObjectId {
  readonly name?: string;
  toString(): string;
}

interface DurableObjectStorage {
  get<T = unknown>(key: string): Promise<T | undefined>;
  put<T>(key: string, value: T): Promise<void>;
  delete(key: string): Promise<boolean>;
  getAlarm(): Promise<number | null>;
  setAlarm(scheduledTime: number | Date): Promise<void>;
  deleteAlarm(): Promise<void>;
}

interface DurableObjectState {
  readonly id: DurableObjectId;
  readonly storage: DurableObjectStorage;
  waitUntil(promise: Promise<unknown>): void;
  blockConcurrencyWhile<T>(callback: () => Promise<T>): Promise<T>;
}

/** What another room or the front door may call: the public methods, each of them asynchronous. */
type DurableObjectStub<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};

interface DurableObjectNamespace<T> {
  idFromName(name: string): DurableObjectId;
  get(id: DurableObjectId): DurableObjectStub<T>;
  getByName(name: string): DurableObjectStub<T>;
  jurisdiction(name: string): DurableObjectNamespace<T>;
}

type DurableObjectLocationHint = string;
type DurableObjectJurisdiction = string;

/** The two ends of one socket: `0` goes into the answer, `1` stays with the room. */
declare const WebSocketPair: new () => { 0: WebSocket; 1: WebSocket & { accept(): void } };

interface ResponseInit {
  webSocket?: WebSocket;
}
