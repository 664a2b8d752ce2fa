import { isActive } from '../../../domain/order-status.ts';
import type { DriverRecord, Eta, OrderForManager } from '../../../domain/orders.ts';
import type { LocationFields } from '../../../domain/room-messages.ts';
import type { ManagerMessage } from './read-message.ts';

/** What the fleet room and the API have told so far. Nothing in it goes back to an older version. */
export type FleetState = {
  /** The active ones, and the last that ended while the page was open. */
  orders: ReadonlyMap<string, OrderForManager>;
  drivers: ReadonlyMap<string, DriverRecord>;
  locations: ReadonlyMap<string, LocationFields>;
  /** Whence a room that still knows it can go on. */
  position: { epoch: string; seq: number } | null;
  /** Server time minus this clock's, in milliseconds. */
  clockOffset: number;
  /** False until the first list of orders came: an empty board would be a lie. */
  isLoaded: boolean;
};

export type FleetEvent =
  | { type: 'message'; message: ManagerMessage; receivedAt: number }
  /** An order as the API answered it. */
  | { type: 'order'; order: OrderForManager }
  /** All active orders and all drivers, as the API lists them while no room can be reached. */
  | { type: 'listed'; orders: readonly OrderForManager[]; drivers: readonly DriverRecord[] };

/** So many ended orders stay on the board. */
const ENDED_KEPT = 30;

export function emptyFleet(): FleetState {
  return {
    orders: new Map(),
    drivers: new Map(),
    locations: new Map(),
    position: null,
    clockOffset: 0,
    isLoaded: false,
  };
}

/**
 * The next state after all those events: each map is copied at most once, however many fixes came at once, and is the
 * same one when nothing in it changed.
 */
export function reduceFleet(state: FleetState, events: readonly FleetEvent[]): FleetState {
  const draft = new Draft(state);
  for (const event of events) {
    if (event.type === 'message') draft.takeMessage(event.message, event.receivedAt);
    else if (event.type === 'order') draft.takeAnswer(event.order);
    else draft.replace(event.orders, event.drivers);
  }
  return draft.state;
}

class Draft {
  state: FleetState;
  readonly #before: FleetState;

  constructor(state: FleetState) {
    this.state = state;
    this.#before = state;
  }

  takeMessage(message: ManagerMessage, receivedAt: number): void {
    const { position } = this.state;
    const { epoch, seq } = message;
    const isStraggler = position?.epoch === epoch && seq < position.seq;
    if (isStraggler) return;
    this.state = {
      ...this.state,
      position: { epoch, seq },
      clockOffset: Date.parse(message.at) - receivedAt,
    };
    switch (message.type) {
      case 'snapshot':
        this.replace(message.orders, message.drivers);
        return;
      case 'order':
        this.putOrder(message.order);
        return;
      case 'driver':
        this.#putDriver(message.driver);
        return;
      case 'location':
        this.#putLocation(message);
        return;
      case 'eta':
        this.#setEta(message.orderId, message.eta);
        return;
      case 'pong':
      case 'error':
        return;
    }
  }

  /** Of the same version the room's own is kept: its arrival times are fresher than the database's. */
  takeAnswer(order: OrderForManager): void {
    const known = this.state.orders.get(order.id);
    if (known === undefined || known.version < order.version) this.putOrder(order);
  }

  /** What is not in the list has ended, or is gone; what is known in a newer version stays as it is. */
  replace(orders: readonly OrderForManager[], drivers: readonly DriverRecord[]): void {
    const listed = new Set(orders.map(({ id }) => id));
    const kept = [...this.state.orders].filter(([id, order]) => listed.has(id) || !isActive(order.status));
    this.state = { ...this.state, orders: new Map(kept), isLoaded: true };
    for (const order of orders) this.putOrder(order);
    const employed = new Set(drivers.map(({ id }) => id));
    this.state = {
      ...this.state,
      drivers: new Map([...this.state.drivers].filter(([id]) => employed.has(id))),
      locations: new Map([...this.state.locations].filter(([id]) => employed.has(id))),
    };
    for (const driver of drivers) this.#putDriver(driver);
  }

  putOrder(order: OrderForManager): void {
    const known = this.state.orders.get(order.id);
    if (known !== undefined && known.version > order.version) return;
    const orders = this.#own('orders');
    orders.set(order.id, order);
    if (isActive(order.status)) return;
    // Of those that ended the last ones are kept, in the order of their ends.
    orders.delete(order.id);
    orders.set(order.id, order);
    const ended = [...orders.values()].filter(({ status }) => !isActive(status));
    for (const { id } of ended.slice(0, -ENDED_KEPT)) orders.delete(id);
  }

  #putDriver(driver: DriverRecord): void {
    const known = this.state.drivers.get(driver.id);
    if (known === undefined || known.version <= driver.version) this.#own('drivers').set(driver.id, driver);
    const { location } = driver;
    if (location !== null)
      this.#putLocation({ ...location, driverId: driver.id, accuracy: null, source: 'app' });
  }

  #putLocation(location: LocationFields): void {
    const known = this.state.locations.get(location.driverId);
    if (known !== undefined && Date.parse(known.fixedAt) >= Date.parse(location.fixedAt)) return;
    const { driverId, lat, lng, accuracy, heading, speed, fixedAt, source } = location;
    this.#own('locations').set(driverId, { driverId, lat, lng, accuracy, heading, speed, fixedAt, source });
  }

  #setEta(orderId: string, eta: Eta): void {
    const known = this.state.orders.get(orderId);
    if (known !== undefined) this.#own('orders').set(orderId, { ...known, eta });
  }

  /** This draft's own copy of a map, made at the first change. */
  #own<K extends 'orders' | 'drivers' | 'locations'>(key: K): Map<string, MapValue<FleetState[K]>> {
    type Value = MapValue<FleetState[K]>;
    const current = this.state[key] as ReadonlyMap<string, Value>;
    if (current !== this.#before[key]) return current as Map<string, Value>; // it was copied below, or made by `replace`
    const copy = new Map(current);
    this.state = { ...this.state, [key]: copy };
    return copy;
  }
}

type MapValue<M> = M extends ReadonlyMap<string, infer V> ? V : never;
