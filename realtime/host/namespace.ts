import { Actor, type RoomObject } from './actor.ts';

// partyserver's rooms take whatever environment they were written for, hence `never`.
export type RoomClass = new (ctx: DurableObjectState, env: never) => RoomObject;

type Stub = object;

/**
 * All rooms of one class: Cloudflare's namespace, whose stubs call rooms of this same process. A call is asynchronous
 * and waits for the room's gate, but its arguments are passed as they are, not copied: rooms do not change them.
 */
export class HostNamespace {
  readonly actors = new Map<string, Actor>();
  #create: (ctx: DurableObjectState) => RoomObject;
  #onError: (error: unknown, room: string) => void;
  #Stub: new (
    room: string,
  ) => Stub;

  constructor(Room: RoomClass, env: object, onError: (error: unknown, room: string) => void) {
    this.#create = (ctx) => new Room(ctx, env as never);
    this.#onError = onError;
    this.#Stub = stubClass(this, methodsOf(Room));
  }

  idFromName(name: string): DurableObjectId {
    return { name, toString: () => name };
  }

  get(id: DurableObjectId): Stub {
    return this.getByName(String(id));
  }

  /** A stub outlives its room: a call after an eviction starts it anew. */
  getByName(name: string): Stub {
    return new this.#Stub(name);
  }

  jurisdiction(): this {
    return this;
  }

  /** The running room of that name, started if there is none. */
  actor(name: string): Actor {
    let actor = this.actors.get(name);
    if (actor !== undefined) return actor;
    actor = new Actor({
      name,
      create: this.#create,
      onError: this.#onError,
      onBroken: (broken) => this.#forget(broken),
    });
    this.actors.set(name, actor);
    return actor;
  }

  /** Forgets rooms that have had nothing to do since `before` (milliseconds since 1970). */
  evict(before: number): void {
    for (const actor of this.actors.values()) {
      if (actor.idle && actor.usedAt < before) this.#forget(actor);
    }
  }

  #forget(actor: Actor): void {
    actor.discard();
    if (this.actors.get(actor.name) === actor) this.actors.delete(actor.name);
  }
}

function stubClass(namespace: HostNamespace, methods: readonly string[]): new (room: string) => Stub {
  class RoomStub {
    readonly room: string;
    #actor: Actor | null = null;

    constructor(room: string) {
      this.room = room;
    }

    /** Looked up again only when the room has been evicted meanwhile. */
    get actor(): Actor {
      if (this.#actor === null || this.#actor.gone) this.#actor = namespace.actor(this.room);
      return this.#actor;
    }
  }
  for (const method of methods) {
    Object.defineProperty(RoomStub.prototype, method, {
      value(this: RoomStub, ...args: unknown[]): Promise<unknown> {
        const { actor } = this;
        const [request] = args;
        if (method === 'fetch' && request instanceof Request) return actor.fetch(request);
        return actor.run((object) => {
          const found: unknown = Reflect.get(object, method);
          return typeof found === 'function' ? Reflect.apply(found, object, args) : undefined;
        });
      },
    });
  }
  return RoomStub;
}

/** The public methods of the class and of what it extends, but for Object's own. */
function methodsOf(Room: RoomClass): string[] {
  const names = new Set<string>();
  for (let proto: object = Room.prototype; proto !== Object.prototype; proto = Object.getPrototypeOf(proto)) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(proto))) {
      if (typeof property.value === 'function' && name !== 'constructor') names.add(name);
    }
  }
  return [...names];
}
