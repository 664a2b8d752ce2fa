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

/** The demo takes no order of its own beyond these: a visitor's must not wait behind many. */
const MOST_ACTIVE = 7;
const MOST_WAITING = 2;
const ORDER_EVERY_MS = 20_000;
const FULL_AGAIN_MS = 5_000;
/** The demo's own orders are assigned after a moment, as a dispatcher would. */
const OWN_AFTER_MS = 4_000;
/**
 * A visitor's order is the visitor's to assign; after this long the demo's dispatcher does it, so that an order made
 * by the API alone comes to life too.
 */
const VISITORS_AFTER_MS = 20_000;
/** Waiting for longer, an order goes to a driver who still has another one and is not far from its pickup. */
const SECOND_STOP_AFTER_MS = 30_000;
const SECOND_STOP_METRES = 600;
const OWN_PREFIX = 'demo-';

/** What the demo's manager does now: assign what waits, and take a new order now and then. */
export function dispatch(simulation: Simulation, city: SimulatedCity): Action[] {
  const actions: Action[] = [];
  const taken = new Set<string>();
  const waiting = [...simulation.orders.values()]
    .filter(({ status }) => status === 'created')
    .sort((a, b) => Number(isOwn(a)) - Number(isOwn(b)));
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
  const order = inventOrder(city, simulation.random, externalId, idleDriver(simulation)?.location);
  return [...actions, { type: 'create', order }];
}

/** Orders come where somebody is free for them, so that a visitor need not watch drivers cross the whole town. */
function idleDriver(simulation: Simulation): SimulatedDriver | undefined {
  const idle = [...simulation.drivers.values()].filter(
    ({ id, onShift }) => onShift && load(simulation, id) === 0,
  );
  return idle.length > 0 ? simulation.random.pick(idle) : undefined;
}

/** The nearest driver on shift without an order; undefined while the order is not to be assigned yet, or nobody can. */
function chooseDriver(
  simulation: Simulation,
  order: KnownOrder,
  taken: Set<string>,
): SimulatedDriver | undefined {
  const { pickup, dropoff } = order;
  const waited = simulation.now - order.seenAt;
  // Without a location it waits for a manager to place it.
  if (!pickup || !dropoff || simulation.asked.has(order.id)) return undefined;
  if (waited < (isOwn(order) ? OWN_AFTER_MS : VISITORS_AFTER_MS)) return undefined;
  const canAddStop = waited >= SECOND_STOP_AFTER_MS;
  return [...simulation.drivers.values()]
    .filter(({ id, onShift }) => onShift && !taken.has(id))
    .map((driver) => ({ driver, orders: load(simulation, driver.id), metres: metresTo(driver, pickup) }))
    .filter(
      ({ orders, metres }) => orders === 0 || (canAddStop && orders === 1 && metres < SECOND_STOP_METRES),
    )
    .sort((a, b) => a.orders - b.orders || a.metres - b.metres)[0]?.driver;
}

function isOwn({ externalId }: KnownOrder): boolean {
  return externalId?.startsWith(OWN_PREFIX) ?? false;
}
