import type { Fix } from '../../domain/fix.ts';
import { distance, type Location } from '../../domain/geo.ts';
import { isActive, type OrderStatus } from '../../domain/order-status.ts';
import type { VehicleType } from '../../domain/orders.ts';
import type { Journey } from './journey.ts';
import type { Random } from './random.ts';
import type { InventedOrder } from './scenario.ts';

/** What the API says of an active order, as far as drivers and dispatcher need it. */
export type SeenOrder = {
  id: string;
  externalId: string | null;
  status: OrderStatus;
  version: number;
  driverId: string | null;
  stopSequence: number | null;
  statusAt: string;
  pickup: Location | null;
  dropoff: Location | null;
};

/** When we first and last heard of an order, in milliseconds. */
export type KnownOrder = SeenOrder & { seenAt: number; heardAt: number };

export type SimulatedDriver = {
  id: string;
  vehicleType: VehicleType;
  onShift: boolean;
  location: Location;
  heading: number;
  /** m/s */
  speed: number;
  task: Task | null;
  nextFixAt: number;
};

/** What a driver does about one status of one order (or about none), until it is due or the journey is over. */
export type Task = { key: string; dueAt: number; journey: Journey | null };

export type Simulation = {
  random: Random;
  /** The seed and the moment of the start: an order's external id must not come back after a restart. */
  run: string;
  drivers: Map<string, SimulatedDriver>;
  orders: Map<string, KnownOrder>;
  /** Orders for which something was asked of the API: until when no more is asked, and for whom. */
  asked: Map<string, { until: number; driverId: string | null }>;
  /** Orders whose delivery the API refused, as when a proof is needed. */
  refused: Set<string>;
  made: number;
  nextOrderAt: number;
  now: number;
};

export type Action =
  | { type: 'create'; order: InventedOrder }
  | { type: 'assign'; orderId: string; driverId: string }
  | {
      type: 'status';
      orderId: string;
      driverId: string;
      status: OrderStatus;
      location: Location;
      reason?: string;
    }
  | { type: 'fix'; driverId: string; fix: Fix };

export function createSimulation(random: Random, run: string, now: number): Simulation {
  return {
    random,
    run,
    drivers: new Map(),
    orders: new Map(),
    asked: new Map(),
    refused: new Set(),
    made: 0,
    nextOrderAt: now,
    now,
  };
}

/** Takes in a newer state of one order: the answer to an action, or a row of the list. */
export function observe(simulation: Simulation, order: SeenOrder): void {
  const known = simulation.orders.get(order.id);
  if (known && known.version > order.version) return;
  if (!known || known.version < order.version) {
    simulation.asked.delete(order.id);
    if (known?.status !== order.status) simulation.refused.delete(order.id);
  }
  if (!isActive(order.status)) {
    simulation.orders.delete(order.id);
    return;
  }
  const { now } = simulation;
  simulation.orders.set(order.id, { ...order, seenAt: known?.seenAt ?? now, heardAt: now });
}

/** Takes in the whole list of active orders, asked for at `askedAt`; what has gone from it is over. */
export function observeAll(simulation: Simulation, orders: SeenOrder[], askedAt: number): void {
  const listed = new Set(orders.map(({ id }) => id));
  for (const { id, heardAt } of simulation.orders.values()) {
    if (!listed.has(id) && heardAt < askedAt) simulation.orders.delete(id);
  }
  for (const order of orders) observe(simulation, order);
}

/** The API refused to call this order delivered, as when a proof is needed: the driver then reports a failure. */
export function refuseDelivery(simulation: Simulation, orderId: string): void {
  simulation.refused.add(orderId);
}

/** Adds a driver, or takes over what the API says of one who is there. */
export function putDriver(
  simulation: Simulation,
  {
    id,
    vehicleType,
    onShift,
    location,
  }: Pick<SimulatedDriver, 'id' | 'vehicleType' | 'onShift' | 'location'>,
): void {
  const known = simulation.drivers.get(id);
  if (known) Object.assign(known, { onShift, vehicleType });
  else {
    const still = { heading: 0, speed: 0, task: null, nextFixAt: simulation.now };
    simulation.drivers.set(id, { id, vehicleType, onShift, location, ...still });
  }
}

/** How many orders a driver has, or is about to get. */
export function load(simulation: Simulation, driverId: string): number {
  let count = 0;
  for (const order of simulation.orders.values()) {
    const asked = simulation.asked.get(order.id);
    if ((order.status === 'created' && asked ? asked.driverId : order.driverId) === driverId) count++;
  }
  return count;
}

/** Straight metres from a driver to a place. */
export function metresTo({ location }: SimulatedDriver, place: Location): number {
  return distance(location, place);
}
