import { estimateArrivals } from '../domain/eta.ts';
import { type Fix, type FixSource, type FixVerdict, judgeFix } from '../domain/fix.ts';
import { driverIsForCustomer, inStopOrder } from '../domain/next-stop.ts';
import { isActive } from '../domain/order-status.ts';
import type { DriverRecord, Eta, OrderRecord, TimeRange } from '../domain/orders.ts';
import type { FleetState, RoomEvent } from '../domain/room-events.ts';
import type { LocationFields } from '../domain/room-messages.ts';
import { newSlot, type Slot } from './coalesce.ts';

/** What a delivery room is told by its fleet room. */
export type DeliveryState = {
  order: OrderRecord;
  driver: Pick<DriverRecord, 'id' | 'name' | 'vehicleType'> | null;
  location: LocationFields | null;
  /** The driver is on the way to this order's customer, who may see them. */
  forCustomer: boolean;
  /** Something was written in its chat. */
  hasChat: boolean;
};

/** What an event has changed, for those who must be told. Empty when the event was old. */
export type Change = {
  orders: Set<string>;
  drivers: Set<string>;
  /** Drivers who no longer have an order they had. */
  bereft: Set<string>;
  /** Orders that are another driver's than before, or nobody's. */
  reassigned: Set<string>;
};

/** A driver as the room knows them. One object a driver for its whole life, since every fix comes by here. */
export type Driver = {
  record: DriverRecord;
  location: LocationFields | null;
  orders: Set<string>;
  /** When the newest fix arrived, by `performance.now()`. */
  arrivedAt: number;
  toManagers: Slot;
  toDeliveries: Slot;
};

/** Ended orders that a late viewer or a late event may still ask for. */
const ENDED_KEPT = 500;
/** Orders with a chat, the newest of them. */
const CHATS_KEPT = 10_000;

/**
 * The live state of one merchant: its drivers, its active orders, the newest fix of each driver. Pure: no clock, no
 * sockets. Versions guard orders and drivers, so events may come twice and in any order.
 */
export class Fleet {
  readonly orders = new Map<string, OrderRecord>();
  readonly drivers = new Map<string, Driver>();
  #ended = new Map<string, OrderRecord>();
  #chats = new Set<string>();
  /** For good: an event or a load from before the removal must not bring one back. */
  #removed = new Set<string>();
  #robots = new Set<string>();

  /** Takes over what the database says, where it is newer. Returns what that has changed. */
  load(state: FleetState): Change {
    const change = emptyChange();
    for (const robotId of state.robots ?? []) this.#robots.add(robotId);
    for (const driver of state.drivers) this.#putDriver(driver, change);
    for (const order of state.orders) this.#putOrder(order, change);
    for (const orderId of state.chats) this.noteChat(orderId);
    return change;
  }

  /** Something was written about that order, of which the room may not even have heard yet. */
  noteChat(orderId: string): void {
    this.#chats.add(orderId);
    if (this.#chats.size <= CHATS_KEPT) return;
    const [oldest] = this.#chats;
    if (oldest !== undefined) this.#chats.delete(oldest);
  }

  /** Drivers and orders; for fixes see `applyFix`. */
  apply(event: Extract<RoomEvent, { type: 'order' | 'driver' | 'driver_removed' }>): Change {
    const change = emptyChange();
    switch (event.type) {
      case 'order':
        this.#putOrder(event.order, change);
        break;
      case 'driver':
        if (event.robot) this.#robots.add(event.driver.id);
        this.#putDriver(event.driver, change);
        break;
      case 'driver_removed':
        this.#removeDriver(event.driverId, change);
        break;
    }
    return change;
  }

  /** A fix is kept when the driver is at work and the domain says so; `now` is milliseconds since 1970. */
  applyFix(driver: Driver, fix: Fix, source: FixSource, now: number): FixVerdict {
    if (driver.record.status === 'offline' && driver.orders.size === 0) return 'off_shift';
    const { location } = driver;
    // A GPS says null for what it can't tell, domain's fix leaves it out.
    const newest = location && { ...location, accuracy: location.accuracy ?? undefined };
    const judged = judgeFix(newest, fix, now);
    // A robot crosses the town in a minute, and starts anywhere.
    const verdict = judged === 'impossible' && source === 'sandbox' ? 'accepted' : judged;
    if (verdict === 'accepted') driver.location = locationOf(driver.record.id, fix, source);
    return verdict;
  }

  /** Recomputes the arrivals at a driver's stops; returns the orders whose ETA is another by minutes. */
  estimate(driverId: string, now: number): string[] {
    const driver = this.drivers.get(driverId);
    if (driver === undefined) return [];
    const at = { location: driver.location, vehicleType: driver.record.vehicleType };
    const changed: string[] = [];
    for (const [orderId, eta] of estimateArrivals(at, this.ordersOf(driverId), now)) {
      const order = this.orders.get(orderId);
      if (order === undefined || sameEta(order.eta, eta)) continue;
      this.orders.set(orderId, { ...order, eta });
      changed.push(orderId);
    }
    return changed;
  }

  /** A driver's active orders in stop order. */
  ordersOf(driverId: string): OrderRecord[] {
    const ids = this.drivers.get(driverId)?.orders ?? new Set<string>();
    return inStopOrder([...ids].flatMap((id) => this.orders.get(id) ?? []));
  }

  /** The driver's record with the newest location known. */
  driver(driverId: string): DriverRecord | null {
    const driver = this.drivers.get(driverId);
    if (driver === undefined) return null;
    const { location } = driver;
    if (location === null) return driver.record;
    const { lat, lng, heading, speed, fixedAt } = location;
    return { ...driver.record, location: { lat, lng, heading, speed, fixedAt } };
  }

  /** A robot of the sandbox, which is no dispatcher's concern; nor are its orders. */
  isRobot(driverId: string): boolean {
    return this.#robots.has(driverId);
  }

  /** An order that is active or ended a short while ago. */
  order(orderId: string): OrderRecord | null {
    return this.orders.get(orderId) ?? this.#ended.get(orderId) ?? null;
  }

  /** What the order's room shall know, or null when there is no such order. */
  delivery(orderId: string): DeliveryState | null {
    const order = this.order(orderId);
    if (order === null) return null;
    const driver = order.driverId === null ? undefined : this.drivers.get(order.driverId);
    const hasChat = this.#chats.has(orderId);
    if (driver === undefined || !isActive(order.status)) {
      return { order, driver: null, location: null, forCustomer: false, hasChat };
    }
    const { id, name, vehicleType } = driver.record;
    return {
      order,
      driver: { id, name, vehicleType },
      location: driver.location,
      forCustomer: driverIsForCustomer(orderId, this.ordersOf(id)),
      hasChat,
    };
  }

  #putDriver(record: DriverRecord, change: Change): void {
    if (this.#removed.has(record.id)) return;
    const known = this.drivers.get(record.id);
    if (known !== undefined && record.version <= known.record.version) return;
    const location = newer(known?.location ?? null, record);
    if (known === undefined)
      this.drivers.set(record.id, newDriver(record, location, this.#assignedTo(record.id)));
    else Object.assign(known, { record, location });
    change.drivers.add(record.id);
    for (const id of this.drivers.get(record.id)?.orders ?? []) change.orders.add(id);
  }

  #removeDriver(driverId: string, change: Change): void {
    this.#removed.add(driverId);
    for (const id of this.drivers.get(driverId)?.orders ?? []) change.orders.add(id);
    if (this.drivers.delete(driverId)) change.drivers.add(driverId);
  }

  #putOrder(order: OrderRecord, change: Change): void {
    const known = this.order(order.id);
    if (known !== null && order.version <= known.version) return;
    const active = isActive(order.status);
    // The room's own estimate is fresher than the one that was written with the order.
    const eta = known !== null && known.driverId === order.driverId && active ? known.eta : order.eta;
    const next = { ...order, eta };

    if (known !== null && known.driverId !== order.driverId) change.reassigned.add(order.id);
    if (known !== null && known.driverId !== null) {
      this.drivers.get(known.driverId)?.orders.delete(order.id);
      if (known.driverId !== order.driverId) change.bereft.add(known.driverId);
    }
    if (active) {
      this.#ended.delete(order.id);
      this.orders.set(order.id, next);
      if (order.driverId !== null) this.drivers.get(order.driverId)?.orders.add(order.id);
    } else this.#end(next);
    change.orders.add(order.id);
  }

  #end(order: OrderRecord): void {
    this.orders.delete(order.id);
    this.#ended.set(order.id, order);
    if (this.#ended.size <= ENDED_KEPT) return;
    const [oldest] = this.#ended.keys();
    if (oldest === undefined) return;
    this.#ended.delete(oldest);
    this.#chats.delete(oldest);
  }

  #assignedTo(driverId: string): Set<string> {
    const orders = [...this.orders.values()].filter((order) => order.driverId === driverId);
    return new Set(orders.map((order) => order.id));
  }
}

function newDriver(record: DriverRecord, location: LocationFields | null, orders: Set<string>): Driver {
  return { record, location, orders, arrivedAt: 0, toManagers: newSlot(), toDeliveries: newSlot() };
}

function emptyChange(): Change {
  return { orders: new Set(), drivers: new Set(), bereft: new Set(), reassigned: new Set() };
}

function locationOf(driverId: string, fix: Fix, source: FixSource): LocationFields {
  return {
    driverId,
    lat: fix.lat,
    lng: fix.lng,
    accuracy: fix.accuracy ?? null,
    heading: fix.heading ?? null,
    speed: fix.speed ?? null,
    fixedAt: fix.fixedAt,
    source,
  };
}

/** The database is behind the room while fixes come in, and ahead of it when the room has just started. */
function newer(known: LocationFields | null, { id, location }: DriverRecord): LocationFields | null {
  if (location === null) return known;
  if (known !== null && Date.parse(known.fixedAt) >= Date.parse(location.fixedAt)) return known;
  return { ...location, driverId: id, accuracy: null, source: 'app' };
}

/** Estimates wander with every fix; only what moves an edge by this much is worth telling. */
const ETA_MOVES_MS = 120_000;

function sameEta(told: Eta, now: Eta): boolean {
  return sameRange(told.pickup, now.pickup) && sameRange(told.dropoff, now.dropoff);
}

function sameRange(told: TimeRange | null, now: TimeRange | null): boolean {
  if (told === null || now === null) return told === now;
  const moved = (edge: 'from' | 'to') => Math.abs(Date.parse(told[edge]) - Date.parse(now[edge]));
  return moved('from') < ETA_MOVES_MS && moved('to') < ETA_MOVES_MS;
}
