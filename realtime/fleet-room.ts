import { AppError } from '../domain/errors.ts';
import type { Fix, FixSource } from '../domain/fix.ts';
import { orderForDriver, orderForManager } from '../domain/order-views.ts';
import { type FleetFlush, RoomEvent } from '../domain/room-events.ts';
import type { RoomClaims } from '../domain/room-messages.ts';
import { FORBIDDEN, type Refusal, TRY_AGAIN } from './admission.ts';
import { backendOf } from './backend.ts';
import { Coalescer } from './coalesce.ts';
import { type Change, type DeliveryState, type Driver, Fleet } from './fleet.ts';
import { FlushBuffer } from './flush-buffer.ts';
import { later } from './later.ts';
import { Loader } from './loader.ts';
import type { FixOutcome } from './meter.ts';
import { type FixMessage, Room } from './room.ts';
import type { Viewer } from './viewer.ts';

/** A dispatcher's map moves no faster than this; a customer's marker gets every fix that a phone sends. */
const MANAGERS_EVERY_MS = 250;
const DELIVERIES_EVERY_MS = 100;
const FLUSH_EVERY_MS = 10_000;
const FLUSH_AT_MOST_EVERY_MS = 30_000;

const MANAGERS = 'manager';
const driverGroup = (driverId: string): string => `driver:${driverId}`;

/** What a delivery room gets when it asks for its order. `unavailable`: ask again a little later. */
export type Watched = DeliveryState | 'unknown' | 'unavailable';

/**
 * One a merchant: its live state, where fixes arrive and events of functions and worker are posted. Dispatchers and
 * drivers connect here; the delivery rooms that somebody looks at are told what concerns them.
 */
export class FleetRoom extends Room {
  protected readonly party = 'fleet-room';
  #fleet = new Fleet();
  #loader = new Loader(() => this.#load());
  #buffer = new FlushBuffer();
  #moved = new Set<string>();
  #watched = new Map<string, ReturnType<typeof this.env.DeliveryRoom.getByName>>();
  #toManagers = new Coalescer<Driver>(MANAGERS_EVERY_MS, (driver) => this.#showManagers(driver));
  #toDeliveries = new Coalescer<Driver>(DELIVERIES_EVERY_MS, (driver) => this.#showDeliveries(driver));
  #flushArmed = false;
  #flushFailures = 0;
  #flushing = Promise.resolve();

  /** A delivery room asks for its order, on its start and now and then; from then on it is told of changes. */
  async watch(orderId: string): Promise<Watched> {
    const { starts } = this.#loader;
    if ((await this.#loader.ready()) === 'unavailable') return 'unavailable';
    let state = this.#fleet.delivery(orderId);
    if (state === null) {
      // Its event may still be under way, while the customer has the link already.
      if ((await this.#loader.refresh(starts)) === 'unavailable') return 'unavailable';
      state = this.#fleet.delivery(orderId);
    }
    if (state === null) return 'unknown';
    if (!this.#watched.has(orderId)) this.#watched.set(orderId, this.env.DeliveryRoom.getByName(orderId));
    return state;
  }

  /** Nobody looks at that order any more. */
  async unwatch(orderId: string): Promise<void> {
    this.#watched.delete(orderId);
  }

  /** The host's goodbye. */
  async onDrain(): Promise<void> {
    await this.#flush();
  }

  protected override async admit(claims: RoomClaims): Promise<Refusal | null> {
    const { starts } = this.#loader;
    if ((await this.#loader.ready()) === 'unavailable') return TRY_AGAIN;
    if (claims.driver !== undefined && !this.#fleet.drivers.has(claims.driver)) {
      if ((await this.#loader.refresh(starts)) === 'unavailable') return TRY_AGAIN;
    }
    const group = this.groupOf(claims);
    return typeof group === 'string' ? null : group;
  }

  protected override groupOf({ merchant, audience, driver }: RoomClaims): string | Refusal {
    if (merchant !== this.name) return FORBIDDEN;
    if (audience === 'manager') return MANAGERS;
    if (audience === 'driver' && driver !== undefined && this.#fleet.drivers.has(driver))
      return driverGroup(driver);
    return FORBIDDEN;
  }

  protected override snapshotFor({ driverId }: Viewer): Record<string, unknown> {
    return driverId === null ? this.#managerSnapshot() : this.#driverSnapshot(driverId);
  }

  protected override onFix(viewer: Viewer, { type: _type, seq: _seq, ...fix }: FixMessage): void {
    if (viewer.driverId === null) this.refuseMessage(viewer, 'forbidden');
    else this.#takeFix(viewer.driverId, fix, 'app');
  }

  protected override async answer(request: Request): Promise<Response> {
    if (request.method !== 'POST') throw new AppError('method_not_allowed', 'Events are posted.');
    const body: unknown = await request.json().catch(() => undefined);
    const parsed = RoomEvent.safeParse(body);
    if (!parsed.success) throw new AppError('invalid', 'The body is no room event.');
    if ((await this.#loader.ready()) === 'unavailable') {
      throw new AppError('unavailable', 'The fleet could not be loaded yet.');
    }
    const event = parsed.data;
    if (event.type === 'fixes') return Response.json({ ok: true, fixes: await this.#takeFixes(event) });
    if (event.type === 'order' && event.order.merchantId !== this.name) {
      throw new AppError('invalid', 'The order is of another merchant.');
    }
    if (event.type === 'user_removed')
      return Response.json({ ok: true, changed: this.#removeUser(event.userId) });
    if (event.type === 'message' || event.type === 'chat_erased') {
      this.#passOn(event);
      return Response.json({ ok: true });
    }
    const change = this.#fleet.apply(event);
    this.#announce(change);
    return Response.json({ ok: true, changed: change.orders.size + change.drivers.size > 0 });
  }

  async #load(): Promise<void> {
    const state = await backendOf(this.env)
      .loadFleet(this.name)
      .catch((error) => {
        this.report(error);
        throw error;
      });
    if (state === null) throw new Error('functions knows no such merchant');
    this.#announce(this.#fleet.load(state));
  }

  async #takeFixes(
    event: Extract<RoomEvent, { type: 'fixes' }>,
  ): Promise<Partial<Record<FixOutcome, number>>> {
    if (!this.#fleet.drivers.has(event.driverId)) await this.#loader.refresh(this.#loader.starts);
    const outcomes: Partial<Record<FixOutcome, number>> = {};
    const inOrder = event.fixes.toSorted((a, b) => Date.parse(a.fixedAt) - Date.parse(b.fixedAt));
    for (const fix of inOrder) {
      const outcome = this.#takeFix(event.driverId, fix, event.source);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    return outcomes;
  }

  #takeFix(driverId: string, fix: Fix, source: FixSource): FixOutcome {
    const driver = this.#fleet.drivers.get(driverId);
    const outcome =
      driver === undefined ? 'unknown_driver' : this.#fleet.applyFix(driver, fix, source, Date.now());
    this.meter.fix(outcome, source);
    if (driver === undefined || outcome !== 'accepted') return outcome;
    driver.arrivedAt = performance.now();
    this.#moved.add(driverId);
    this.#buffer.addFix(driverId, { ...fix, heading: fix.heading ?? null, speed: fix.speed ?? null });
    this.#armFlush();
    this.#toDeliveries.touch(driver, driver.toDeliveries);
    if (this.group(MANAGERS).size > 0 && !this.#fleet.isRobot(driverId))
      this.#toManagers.touch(driver, driver.toManagers);
    return outcome;
  }

  #showManagers({ location }: Driver): void {
    if (location !== null) this.publishLocation(this.group(MANAGERS), location);
  }

  #showDeliveries({ location, orders, arrivedAt }: Driver): void {
    if (location === null) return;
    for (const orderId of orders) {
      const room = this.#watched.get(orderId);
      if (room !== undefined) this.#push(orderId, room.location(location, arrivedAt));
    }
  }

  /** Here and in every delivery room that somebody looks at. Returns whether that is news. */
  #removeUser(userId: string): boolean {
    const isNews = this.expelUser(userId);
    for (const [orderId, room] of this.#watched) this.#push(orderId, room.userRemoved(userId));
    return isNews;
  }

  /** What was said of an order concerns its own room. */
  #passOn(event: Extract<RoomEvent, { type: 'message' | 'chat_erased' }>): void {
    const { orderId } = event;
    const room = this.#watched.get(orderId);
    if (event.type === 'message') this.#fleet.noteChat(orderId);
    if (room === undefined) return;
    this.#push(orderId, event.type === 'message' ? room.message(event.message) : room.chatErased(event.at));
  }

  /** Tells everybody what an event has changed. */
  #announce(change: Change): void {
    const drivers = new Set([...change.bereft, ...change.drivers]);
    for (const id of change.orders) {
      const driverId = this.#fleet.order(id)?.driverId;
      if (driverId) drivers.add(driverId);
    }
    for (const driverId of drivers) this.#estimate(driverId, change.orders);
    for (const orderId of change.reassigned) this.#correctEta(orderId);
    for (const orderId of change.orders) this.#publishOrder(orderId);
    for (const driverId of change.bereft)
      this.publish(driverGroup(driverId), 'snapshot', this.#pushed(driverId));
    for (const driverId of change.drivers) this.#publishDriver(driverId);

    const touched = new Set(change.orders);
    for (const driverId of drivers) {
      for (const id of this.#fleet.drivers.get(driverId)?.orders ?? []) touched.add(id);
    }
    for (const orderId of touched) {
      const room = this.#watched.get(orderId);
      const state = room && this.#fleet.delivery(orderId);
      if (room && state) this.#push(orderId, room.sync(state));
    }
  }

  #publishOrder(orderId: string): void {
    const order = this.#fleet.order(orderId);
    if (order === null) return;
    if (!order.sandbox) this.publish(MANAGERS, 'order', { order: orderForManager(order) });
    if (order.driverId !== null)
      this.publish(driverGroup(order.driverId), 'order', { order: orderForDriver(order) });
  }

  #publishDriver(driverId: string): void {
    const driver = this.#fleet.driver(driverId);
    if (driver !== null) {
      if (!this.#fleet.isRobot(driverId)) this.publish(MANAGERS, 'driver', { driver });
      this.publish(driverGroup(driverId), 'driver', { driver });
      return;
    }
    // There is no message for a driver who is gone; a new snapshot is one without them.
    this.publish(MANAGERS, 'snapshot', { ...this.#managerSnapshot(), recovered: false });
    for (const viewer of this.group(driverGroup(driverId))) this.expel(viewer, FORBIDDEN);
    this.#moved.delete(driverId);
  }

  /** Arrivals of a driver's orders anew; what changed is told, but for orders that are told of anyway. */
  #estimate(driverId: string, told: ReadonlySet<string>): void {
    for (const orderId of this.#fleet.estimate(driverId, Date.now())) {
      const order = this.#fleet.order(orderId);
      if (order === null) continue;
      this.#buffer.setEta(orderId, order.eta);
      this.#armFlush();
      if (told.has(orderId)) continue;
      if (!order.sandbox) this.publish(MANAGERS, 'eta', { orderId, eta: order.eta });
      this.publish(driverGroup(driverId), 'eta', { orderId, eta: order.eta });
      const room = this.#watched.get(orderId);
      if (room !== undefined) this.#push(orderId, room.eta(order.eta));
    }
  }

  /** The former driver's estimate may wait to be written, or be on its way: the present one is written after it. */
  #correctEta(orderId: string): void {
    const order = this.#fleet.order(orderId);
    if (order === null) return;
    this.#buffer.setEta(orderId, order.eta);
    this.#armFlush();
  }

  /** Delivery rooms may be elsewhere: a call that fails or finds nobody there harms nobody. They ask again by themselves. */
  #push(orderId: string, call: Promise<boolean>): void {
    call.then(
      (taken) => {
        if (!taken) this.#watched.delete(orderId);
      },
      (error) => this.report(error),
    );
  }

  /** Without the sandbox: its orders and robots are no dispatcher's. */
  #managerSnapshot(): Record<string, unknown> {
    const people = [...this.#fleet.drivers.keys()].filter((id) => !this.#fleet.isRobot(id));
    return {
      drivers: people.flatMap((id) => this.#fleet.driver(id) ?? []),
      orders: [...this.#fleet.orders.values()].filter(({ sandbox }) => !sandbox).map(orderForManager),
    };
  }

  #driverSnapshot(driverId: string): Record<string, unknown> {
    const driver = this.#fleet.driver(driverId);
    return {
      drivers: driver === null ? [] : [driver],
      orders: this.#fleet.ordersOf(driverId).map(orderForDriver),
    };
  }

  #pushed(driverId: string): Record<string, unknown> {
    return { ...this.#driverSnapshot(driverId), recovered: false };
  }

  #armFlush(): void {
    if (this.#flushArmed) return;
    this.#flushArmed = true;
    const every = Number(this.env.FLUSH_MS ?? FLUSH_EVERY_MS);
    later(Math.min(every * 2 ** this.#flushFailures, Math.max(every, FLUSH_AT_MOST_EVERY_MS)), () => {
      this.#flushArmed = false;
      this.ctx.waitUntil(this.#flush());
    });
  }

  /** One after the other, so that what is newer is written later. */
  #flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flushAll()).catch((error) => this.report(error));
    return this.#flushing;
  }

  /** ETAs of who has moved, then everything that waits: one request, or several after an outage. */
  async #flushAll(): Promise<void> {
    for (const driverId of this.#moved) this.#estimate(driverId, NONE);
    this.#moved.clear();
    let more = !this.#buffer.empty;
    while (more) {
      const flush = this.#buffer.take();
      more = this.#buffer.hasBacklog;
      if (!(await this.#write(flush))) return;
    }
  }

  /** False when functions could not be reached: then it waits for the next time. */
  async #write(flush: FleetFlush): Promise<boolean> {
    try {
      const outcome = await backendOf(this.env).flush(this.name, flush);
      this.meter.flush(outcome);
      this.#flushFailures = 0;
      if (outcome === 'refused') this.report(new Error('functions refused a flush; it is dropped'));
      return true;
    } catch (error) {
      this.meter.flush('failed');
      this.report(error);
      this.#buffer.restore(flush);
      this.#flushFailures = Math.min(this.#flushFailures + 1, 10);
      this.#armFlush();
      return false;
    }
  }
}

const NONE: ReadonlySet<string> = new Set();
