import { AppError } from '../domain/errors.ts';
import type { Speaker } from '../domain/messages.ts';
import {
  driverForCustomer,
  orderForCustomer,
  orderForDriver,
  orderForManager,
} from '../domain/order-views.ts';
import type { Eta } from '../domain/orders.ts';
import {
  AUDIENCES,
  type Audience,
  type LocationFields,
  type Message,
  type RoomClaims,
} from '../domain/room-messages.ts';
import { FORBIDDEN, type Refusal, TRY_AGAIN } from './admission.ts';
import { backendOf } from './backend.ts';
import { type ChatMessage, Conversation } from './conversation.ts';
import type { DeliveryState } from './fleet.ts';
import type { Watched } from './fleet-room.ts';
import { later } from './later.ts';
import { Room } from './room.ts';
import type { Viewer } from './viewer.ts';

/** The fleet room may have started anew and know nothing of us: asking again heals that, and keeps it alive. */
const WATCH_EVERY_MS = 30_000;
/** A viewer who comes back within this can resume. */
const LINGER_MS = 60_000;

/**
 * One an active order: who looks at it sees its status, its ETA and, when it concerns them, the driver on the way. All it
 * knows comes from its merchant's fleet room, which it asks when the first viewer comes.
 */
export class DeliveryRoom extends Room {
  protected readonly party = 'delivery-room';
  #merchantId: string | null = null;
  #state: DeliveryState | null = null;
  #stopWatching: (() => void) | null = null;
  #stopLingering: (() => void) | null = null;
  /** Where somebody has written; most rooms never have one. */
  #conversation: Conversation | null = null;

  /** From the fleet room: the whole state of the order. False when nobody is here who wants to know. */
  async sync(state: DeliveryState): Promise<boolean> {
    const before = this.#state;
    if (before === null || state.order.version < before.order.version) return before !== null;
    this.#state = { ...state };
    for (const viewer of [...this.group('driver')]) {
      if (!isDriverOf(state, viewer.driverId)) this.expel(viewer, FORBIDDEN);
    }
    if (linkOf(state) !== linkOf(before)) {
      for (const viewer of [...this.group('customer')]) this.expel(viewer, FORBIDDEN);
    }
    for (const audience of AUDIENCES) {
      const view = viewFor(audience, state);
      const { location: _, ...told } = view;
      const { location: __, ...known } = viewFor(audience, before);
      if (JSON.stringify(told) !== JSON.stringify(known)) this.publish(audience, 'status', view);
    }
    return true;
  }

  /** From the fleet room: a colleague who is one no longer. */
  async userRemoved(userId: string): Promise<boolean> {
    if (this.#state === null) return false;
    this.expelUser(userId);
    return true;
  }

  /** From the fleet room: where a driver is now. `arrivedAt` is when the fix came, by its `performance.now()`. */
  async location(location: LocationFields, arrivedAt: number): Promise<boolean> {
    const state = this.#state;
    if (state === null) return false;
    if (state.driver?.id !== location.driverId) return true;
    state.location = location;
    this.publishLocation(state.forCustomer ? this.viewers : this.#insiders(), location);
    this.meter.fanOut(performance.now() - arrivedAt);
    return true;
  }

  /** From the fleet room: new arrival times. */
  async eta(eta: Eta): Promise<boolean> {
    if (this.#state === null) return false;
    const before = this.#state;
    this.#state = { ...before, order: { ...before.order, eta } };
    for (const audience of INSIDERS) this.publish(audience, 'eta', { eta });
    const [told, known] = [orderForCustomer(this.#state.order).eta, orderForCustomer(before.order).eta];
    if (JSON.stringify(told) !== JSON.stringify(known)) this.publish('customer', 'eta', { eta: told });
    return true;
  }

  /** From the fleet room: a message was stored. */
  async message(message: Message): Promise<boolean> {
    if (this.#state === null) return false;
    this.#talk()?.add(message);
    return true;
  }

  /** From the fleet room: all that was written until then is erased. What a viewer could resume over holds it as well. */
  async chatErased(at: string): Promise<boolean> {
    if (this.#state === null) return false;
    this.#talk()?.erase(at);
    this.startAnew();
    for (const viewer of this.viewers) {
      this.tell(viewer, 'snapshot', { ...this.snapshotFor(viewer), recovered: false });
    }
    return true;
  }

  protected override async admit(claims: RoomClaims): Promise<Refusal | null> {
    if (this.#state === null) {
      const watched = await this.#watch(claims.merchant);
      if (watched === 'unavailable') return TRY_AGAIN;
      if (watched === 'unknown') return FORBIDDEN;
      if (watched.hasChat) this.#talk();
    }
    // Without functions a viewer is let in all the same, and told what was said when it can be had.
    await this.#conversation?.ready();
    const group = this.groupOf(claims);
    return typeof group === 'string' ? null : group;
  }

  protected override groupOf({ merchant, audience, driver }: RoomClaims): Audience | Refusal {
    if (this.#state === null) return TRY_AGAIN;
    if (merchant !== this.#merchantId) return FORBIDDEN;
    if (audience === 'driver' && !isDriverOf(this.#state, driver ?? null)) return FORBIDDEN;
    this.#stopLingering?.();
    this.#stopLingering = null;
    return audience;
  }

  protected override snapshotFor({ audience }: Viewer): Record<string, unknown> {
    // groupOf has let nobody in without a state.
    const view = this.#state === null ? {} : viewFor(audience, this.#state);
    return { ...view, ...(this.#conversation?.shown ?? NOTHING_SAID) };
  }

  protected override onChat(viewer: Viewer, message: ChatMessage): void {
    const { id } = message;
    const speaker = viewer.readOnly ? null : speakerOf(viewer);
    if (speaker === null) this.refuseMessage(viewer, 'forbidden', { id });
    else
      this.#talk()?.send({
        speaker,
        message,
        acknowledge: (known) => this.isHere(viewer) && this.tell(viewer, 'message', known),
        refuse: (code, detail) => this.isHere(viewer) && this.refuseMessage(viewer, code, { id, detail }),
      });
  }

  protected override onLeave(): void {
    if (this.viewerCount === 0) this.#linger();
  }

  protected override async answer(): Promise<Response> {
    throw new AppError('not_found', 'Events are posted to the fleet room.');
  }

  /** The room's conversation, begun and loaded at the first word. */
  #talk(): Conversation | null {
    const merchantId = this.#merchantId;
    if (merchantId === null) return null;
    if (this.#conversation === null) {
      this.#conversation = new Conversation({
        merchantId,
        orderId: this.name,
        backend: backendOf(this.env),
        showMessage: (message) => this.#showAll('message', message),
        showRead: (mark) => this.#showAll('read', mark),
        report: (error) => this.report(error),
      });
      void this.#conversation.ready();
    }
    return this.#conversation;
  }

  /** Nobody here, nobody told: who comes back gets it in the snapshot. */
  #showAll(type: string, fields: object): void {
    if (this.viewerCount === 0) return;
    for (const audience of AUDIENCES) this.publish(audience, type, fields);
  }

  *#insiders(): Generator<Viewer> {
    for (const audience of INSIDERS) yield* this.group(audience);
  }

  async #watch(merchantId: string): Promise<Watched> {
    const watched = await this.env.FleetRoom.getByName(merchantId).watch(this.name);
    if (typeof watched === 'string') return watched;
    if (this.#state !== null) {
      if (!isSame(this.#state, watched)) await this.sync(watched);
      return watched;
    }
    this.#state = { ...watched };
    this.#merchantId = merchantId;
    this.#keepWatching(merchantId);
    // Whoever asked may be refused and never join.
    if (this.viewerCount === 0) this.#linger();
    return watched;
  }

  #keepWatching(merchantId: string): void {
    this.#stopWatching = later(WATCH_EVERY_MS, () => {
      this.#watch(merchantId).catch((error) => this.report(error));
      void this.#conversation?.ready();
      this.#keepWatching(merchantId);
    });
  }

  #linger(): void {
    this.#stopLingering?.();
    this.#stopLingering = later(LINGER_MS, () => this.#sleep());
  }

  /** Nobody has looked for a while: forget everything, the fleet room tells it again. */
  #sleep(): void {
    const merchantId = this.#merchantId;
    if (this.viewerCount > 0 || merchantId === null) return;
    this.#stopWatching?.();
    this.#stopWatching = null;
    this.#stopLingering = null;
    this.#state = null;
    this.#merchantId = null;
    this.#conversation = null;
    this.startAnew();
    this.env.FleetRoom.getByName(merchantId)
      .unwatch(this.name)
      .catch((error) => this.report(error));
  }
}

const NOTHING_SAID = { messages: [], reads: {} };

/** Who that is in the chat, or null for a driver without an id, of whom there is none. */
function speakerOf({ audience, userId, driverId }: Viewer): Speaker | null {
  switch (audience) {
    case 'customer':
      return { from: 'customer' };
    case 'driver':
      return driverId === null ? null : { from: 'driver', senderId: userId, driverId };
    case 'manager':
      return { from: 'manager', senderId: userId };
  }
}

/** Who may see the driver at any time. */
const INSIDERS: readonly Audience[] = ['driver', 'manager'];

/** Nothing of it that anybody is told is another. Locations come on their own. */
function isSame(a: DeliveryState, b: DeliveryState): boolean {
  return (
    a.order.version === b.order.version &&
    a.order.stopSequence === b.order.stopSequence &&
    a.order.eta.pickup?.from === b.order.eta.pickup?.from &&
    a.order.eta.dropoff?.from === b.order.eta.dropoff?.from &&
    a.driver?.id === b.driver?.id &&
    a.forCustomer === b.forCustomer
  );
}

function isDriverOf({ order, driver }: DeliveryState, driverId: string | null): boolean {
  return driver !== null && driverId !== null && order.driverId === driverId;
}

/** The secret of the customer's link, wherever the link says that the pages are. */
function linkOf({ order }: DeliveryState): string | undefined {
  return order.trackingUrl?.split('/').at(-1);
}

/** What that audience may see: one function for the snapshot and for every later change. */
function viewFor(audience: Audience, { order, driver, location, forCustomer }: DeliveryState) {
  const shown = driver === null ? null : driverForCustomer(driver);
  switch (audience) {
    case 'customer':
      return {
        order: orderForCustomer(order),
        driver: forCustomer ? shown : null,
        location: forCustomer ? location : null,
      };
    case 'driver':
      return { order: orderForDriver(order), driver: shown, location };
    case 'manager':
      return { order: orderForManager(order), driver: shown, location };
  }
}
