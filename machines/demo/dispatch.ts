import type { SimulatedCity } from './scenario.ts';
import { inventOrder } from './scenario.ts';
import {
  type Action,
  type KnownOrder,
  load,
  metresTo,
  type SimulatedDriver,
  type Simulation,
} from './simulation.ts';

const MOST_ACTIVE = 12;
const MOST_WAITING = 3;
const ORDER_EVERY_MS = 20_000;
const FULL_AGAIN_MS = 5_000;
/** The demo's own orders are assigned after a moment, as a dispatcher would. */
const OWN_AFTER_MS = 4_000;
/**
 * A visitor's order is the visitor's to assign; after this long the demo's dispatcher does it, so that an order made
 * by the API alone comes to life too.
 */
const VISITORS_AFTER_MS = 20_000;
/** Waiting for longer, an order goes to a driver who still has another one. */
const SECOND_STOP_AFTER_MS = 25_000;
const OWN_PREFIX = 'demo-';

/** What the demo's manager does now: assign what waits, and take a new order now and then. */
export function dispatch(simulation: Simulation, city: SimulatedCity): Action[] {
  const actions: Action[] = [];
  const taken = new Set<string>();
  const waiting = [...simulation.orders.values()].filter(({ status }) => status === 'created');
  for (const order of waiting) {
    const driver = chooseDriver(simulation, order, taken);
    if (!driver) continue;
    taken.add(driver.id);
    actions.push({ type: 'assign', orderId: order.id, driverId: driver.id });
  }
  if (simulation.now < simulation.nextOrderAt || simulation.drivers.size === 0) return actions;
  if (simulation.orders.size >= MOST_ACTIVE || waiting.length >= MOST_WAITING) {
    simulation.nextOrderAt = simulation.now + FULL_AGAIN_MS;
    return actions;
  }
  simulation.nextOrderAt = simulation.now + ORDER_EVERY_MS * simulation.random.between(0.7, 1.3);
  simulation.made += 1;
  const externalId = `${OWN_PREFIX}${simulation.run}-${simulation.made}`;
  return [...actions, { type: 'create', order: inventOrder(city, simulation.random, externalId) }];
}

/** The nearest driver on shift without an order; undefined while the order is not to be assigned yet, or nobody can. */
function chooseDriver(
  simulation: Simulation,
  order: KnownOrder,
  taken: Set<string>,
): SimulatedDriver | undefined {
  const { pickup, dropoff } = order;
  const waited = simulation.now - order.seenAt;
  const isOwn = order.externalId?.startsWith(OWN_PREFIX) ?? false;
  // Without a location it waits for a manager to place it.
  if (!pickup || !dropoff || simulation.asked.has(order.id)) return undefined;
  if (waited < (isOwn ? OWN_AFTER_MS : VISITORS_AFTER_MS)) return undefined;
  const most = waited >= SECOND_STOP_AFTER_MS ? 1 : 0;
  return [...simulation.drivers.values()]
    .filter(({ id, onShift }) => onShift && !taken.has(id) && load(simulation, id) <= most)
    .sort(
      (a, b) => load(simulation, a.id) - load(simulation, b.id) || metresTo(a, pickup) - metresTo(b, pickup),
    )[0];
}
