import type { Fix } from '../../domain/fix.ts';
import type { Location } from '../../domain/geo.ts';
import { nextStop } from '../../domain/next-stop.ts';
import type { OrderStatus } from '../../domain/order-status.ts';
import type { VehicleType } from '../../domain/orders.ts';
import { advance, isOver, startJourney, turnWithin, whereabouts } from './journey.ts';
import type { SimulatedCity } from './scenario.ts';
import {
  type Action,
  type KnownOrder,
  metresTo,
  type SimulatedDriver,
  type Simulation,
  type Task,
} from './simulation.ts';

/** Metres a second on an open street. */
const SPEEDS: Record<VehicleType, number> = { foot: 1.5, bicycle: 5.5, motorcycle: 10, car: 9, van: 8.5 };
const CORNER_METRES = 14;
const CORNER_DEGREES = 40;
const CORNER_SHARE = 0.45;
const IDLE_FIX_MS = 10_000;
/** An address that nobody has placed by then cannot be delivered to. */
const UNPLACED_MS = 600_000;
/** A failed delivery is the manager's to decide on; after this long it goes back. */
const FAILED_MS = 60_000;
const NEAR_BASE_METRES = 200;

/** Seconds that a driver takes at each of these, least and most, and what comes then. */
const PAUSES: Partial<Record<OrderStatus, { least: number; most: number; next: OrderStatus }>> = {
  assigned: { least: 2, most: 6, next: 'enroute_to_pickup' },
  arrived_at_pickup: { least: 6, most: 14, next: 'picked_up' },
  picked_up: { least: 2, most: 4, next: 'enroute_to_dropoff' },
  arrived_at_dropoff: { least: 6, most: 14, next: 'delivered' },
};
const TRAVELS: Partial<Record<OrderStatus, { to: 'pickup' | 'dropoff'; next: OrderStatus }>> = {
  enroute_to_pickup: { to: 'pickup', next: 'arrived_at_pickup' },
  enroute_to_dropoff: { to: 'dropoff', next: 'arrived_at_dropoff' },
  enroute_to_return: { to: 'pickup', next: 'returned' },
};

/** What a driver does in these seconds: ride, wait, report the next status, send a fix. */
export function work(
  simulation: Simulation,
  driver: SimulatedDriver,
  seconds: number,
  city: SimulatedCity,
): Action[] {
  const own = [...simulation.orders.values()].filter(({ driverId }) => driverId === driver.id);
  const stop = nextStop(own);
  const order = own.find(({ id }) => id === stop?.orderId) ?? own.find((one) => isGivenUp(simulation, one));
  const task = taskFor(simulation, driver, order, city);
  move(simulation, driver, task, seconds);
  const report = order && reportFor(simulation, driver, order, task);
  const fix = fixFor(simulation, driver, task);
  return [...(report ? [report] : []), ...(fix ? [fix] : [])];
}

function isGivenUp({ now }: Simulation, { status, statusAt }: KnownOrder): boolean {
  return status === 'failed' && now - Date.parse(statusAt) >= FAILED_MS;
}

/** The task at hand; a new one when the order or its status has become another. */
function taskFor(
  simulation: Simulation,
  driver: SimulatedDriver,
  order: KnownOrder | undefined,
  city: SimulatedCity,
): Task {
  const target = order && targetOf(order);
  // The place is part of it: the customer, or a manager, may correct the address on the way.
  const key = order ? `${order.id} ${order.status} ${target?.lat},${target?.lng}` : 'idle';
  if (driver.task?.key === key) return driver.task;
  driver.task = { key, ...plan(simulation, driver, order, target, city) };
  return driver.task;
}

function targetOf(order: KnownOrder): Location | null {
  const travel = TRAVELS[order.status];
  return travel ? order[travel.to] : null;
}

function plan(
  { now, random }: Simulation,
  driver: SimulatedDriver,
  order: KnownOrder | undefined,
  target: Location | null | undefined,
  city: SimulatedCity,
): Omit<Task, 'key'> {
  if (!order) return { dueAt: now, journey: wayToBase(driver, city) };
  if (target) return { dueAt: now, journey: startJourney(city.route(driver.location, target)) };
  if (TRAVELS[order.status]) return { dueAt: now + UNPLACED_MS, journey: null };
  const pause = PAUSES[order.status];
  return { dueAt: now + (pause ? random.between(pause.least, pause.most) * 1000 : 0), journey: null };
}

/** Without an order one waits at the nearest café. */
function wayToBase(driver: SimulatedDriver, city: SimulatedCity): Task['journey'] {
  const [base] = city.pickups.toSorted((a, b) => metresTo(driver, a.location) - metresTo(driver, b.location));
  if (!base || metresTo(driver, base.location) < NEAR_BASE_METRES) return null;
  return startJourney(city.route(driver.location, base.location));
}

function move({ random }: Simulation, driver: SimulatedDriver, { journey }: Task, seconds: number): void {
  if (!journey || isOver(journey)) {
    driver.speed = 0;
    return;
  }
  const isCorner = turnWithin(journey, CORNER_METRES) > CORNER_DEGREES;
  const wanted = SPEEDS[driver.vehicleType] * (isCorner ? CORNER_SHARE : random.between(0.8, 1.15));
  // Nobody brakes or starts within a second: half way to the wanted speed each time.
  driver.speed += (wanted - driver.speed) * 0.5;
  advance(journey, driver.speed * seconds);
  const { location, heading } = whereabouts(journey);
  driver.location = location;
  driver.heading = heading ?? driver.heading;
  if (isOver(journey)) driver.speed = 0;
}

/** The next status, when it is time for it and none is being asked for already. */
function reportFor(
  simulation: Simulation,
  driver: SimulatedDriver,
  order: KnownOrder,
  task: Task,
): Action | undefined {
  if (simulation.asked.has(order.id) || simulation.now < task.dueAt) return undefined;
  if (task.journey && !isOver(task.journey)) return undefined;
  const status = nextStatus(simulation, order, task);
  if (!status) return undefined;
  const reason = status === 'failed' ? 'The delivery could not be completed.' : undefined;
  return {
    type: 'status',
    orderId: order.id,
    driverId: driver.id,
    status,
    location: driver.location,
    reason,
  };
}

function nextStatus(
  { refused }: Simulation,
  { id, status }: KnownOrder,
  task: Task,
): OrderStatus | undefined {
  if (status === 'failed') return 'enroute_to_return';
  if (status === 'arrived_at_dropoff' && refused.has(id)) return 'failed';
  const travel = TRAVELS[status];
  if (!travel) return PAUSES[status]?.next;
  // Never placed: from the pickup on it can only fail; before, the driver finds the way by asking.
  return task.journey || travel.to === 'pickup' ? travel.next : 'failed';
}

/** Every 1 to 2 s while moving, now and then while standing, as phones do. */
function fixFor({ now, random }: Simulation, driver: SimulatedDriver, task: Task): Action | undefined {
  if (now < driver.nextFixAt) return undefined;
  const isMoving = task.journey !== null && !isOver(task.journey);
  driver.nextFixAt = now + (isMoving ? random.between(1_000, 2_000) : IDLE_FIX_MS);
  const fix: Fix = {
    ...wobbled(driver.location, random.between(-3, 3), random.between(-3, 3)),
    fixedAt: new Date(now).toISOString(),
    accuracy: Math.round(random.between(4, 12)),
    speed: Math.round(driver.speed * 10) / 10,
    ...(isMoving ? { heading: Math.round(driver.heading) % 360 } : {}),
  };
  return { type: 'fix', driverId: driver.id, fix };
}

/** Moved by metres north and east, as a GPS would have it. */
function wobbled({ lat, lng }: Location, north: number, east: number): Location {
  const degree = 111_195;
  return {
    lat: Math.round((lat + north / degree) * 1e6) / 1e6,
    lng: Math.round((lng + east / (degree * Math.cos((lat * Math.PI) / 180))) * 1e6) / 1e6,
  };
}
