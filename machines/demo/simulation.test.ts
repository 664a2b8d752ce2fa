import { expect, it } from 'vitest';
import { judgeFix } from '../../domain/fix.ts';
import { distance, type Location } from '../../domain/geo.ts';
import { FakeOrders } from './fake-api.fixture.ts';
import { createRandom } from './random.ts';
import type { SimulatedCity } from './scenario.ts';
import {
  type Action,
  createSimulation,
  observe,
  observeAll,
  putDriver,
  refuseDelivery,
} from './simulation.ts';
import { step } from './step.ts';

const CENTRE = { lat: -34.905, lng: -56.19 };
const START = Date.UTC(2026, 10, 22, 12);
const DRIVERS = ['bicycle', 'motorcycle', 'car'] as const;

/** Straight ways; one café with a door 600 m north and one 700 m east. */
const city: SimulatedCity = {
  pickups: [
    {
      name: 'Café',
      address: 'Sarandí 1',
      location: CENTRE,
      doors: [
        { address: 'Norte 2', location: { lat: -34.8996, lng: -56.19 } },
        { address: 'Este 3', location: { lat: -34.905, lng: -56.1823 } },
      ],
    },
  ],
  route: (from, to) => [from, to],
};

type Trial = ReturnType<typeof start>;

function start({ seed = 1, drivers = 3, ownOrders = true } = {}) {
  const simulation = createSimulation(createRandom(seed), 'test', START);
  if (!ownOrders) simulation.nextOrderAt = Infinity;
  for (const [i, vehicleType] of DRIVERS.slice(0, drivers).entries()) {
    const location = { lat: CENTRE.lat - 0.003, lng: CENTRE.lng + i * 0.004 };
    putDriver(simulation, { id: `driver-${i}`, vehicleType, onShift: true, location });
  }
  return { simulation, api: new FakeOrders(), actions: [] as Action[], refusals: [] as string[], now: START };
}

/** Steps a second at a time; the API answers at once, and is looked at every 3 s. */
function run(trial: Trial, seconds: number): void {
  const { simulation, api } = trial;
  for (let i = 0; i < seconds; i++) {
    trial.now += 1_000;
    for (const action of step(simulation, trial.now, city)) {
      trial.actions.push(action);
      perform(trial, action);
    }
    if (i % 3 === 0) observeAll(simulation, api.active(), trial.now);
  }
}

function perform({ api, simulation, refusals, now }: Trial, action: Action): void {
  try {
    if (action.type === 'create') {
      const { externalId, pickup, dropoff } = action.order;
      observe(
        simulation,
        api.create({ externalId, pickup: pickup.location, dropoff: dropoff.location }, now),
      );
    } else if (action.type === 'assign') {
      observe(simulation, api.assign(action.orderId, action.driverId, now));
    } else if (action.type === 'status') {
      observe(simulation, api.report(action.orderId, action.driverId, action.status, now));
    }
  } catch (error) {
    refusals.push(String(error));
    if (action.type === 'status' && action.status === 'delivered') refuseDelivery(simulation, action.orderId);
  }
}

function visitorsOrder(trial: Trial, dropoff: Location | null = { lat: -34.9, lng: -56.19 }) {
  return trial.api.create({ externalId: null, pickup: CENTRE, dropoff }, trial.now);
}

it('delivers order after order, by legal steps only, and never has more than a dozen at once', () => {
  const trial = start();
  let most = 0;
  for (let minute = 0; minute < 60; minute++) {
    run(trial, 60);
    most = Math.max(most, trial.api.active().length);
  }
  expect(trial.refusals).toEqual([]);
  expect(most).toBeLessThanOrEqual(12);
  const delivered = [...trial.api.orders.values()].filter(({ status }) => status === 'delivered');
  expect(delivered.length).toBeGreaterThan(20);
  const [first] = delivered;
  expect(
    trial.api.history.filter((line) => line.startsWith(`${first?.id} `)).map((line) => line.split(' ')[1]),
  ).toEqual([
    'assigned',
    'enroute_to_pickup',
    'arrived_at_pickup',
    'picked_up',
    'enroute_to_dropoff',
    'arrived_at_dropoff',
    'delivered',
  ]);
});

it('is at the place when it says so', () => {
  const trial = start();
  run(trial, 900);
  const arrivals = trial.actions.filter((action) => action.type === 'status');
  for (const { orderId, status, location } of arrivals) {
    const { pickup, dropoff } = trial.api.get(orderId);
    if (status === 'arrived_at_pickup' && pickup) expect(distance(location, pickup)).toBeLessThan(1);
    if (status === 'delivered' && dropoff) expect(distance(location, dropoff)).toBeLessThan(1);
  }
  expect(arrivals.length).toBeGreaterThan(20);
});

it('sends fixes that the domain accepts: every second or two while moving, at a speed of the vehicle', () => {
  const trial = start();
  run(trial, 900);
  for (const id of trial.simulation.drivers.keys()) {
    const fixes = trial.actions.flatMap((action) =>
      action.type === 'fix' && action.driverId === id ? [action.fix] : [],
    );
    expect(fixes.length).toBeGreaterThan(200);
    for (const [i, fix] of fixes.entries()) {
      const before = fixes[i - 1] ?? null;
      expect(judgeFix(before, fix, Date.parse(fix.fixedAt))).toBe('accepted');
      expect(fix.speed ?? 0).toBeLessThan(12);
      const gap = before ? Date.parse(fix.fixedAt) - Date.parse(before.fixedAt) : 0;
      expect(gap).toBeLessThanOrEqual(10_000);
      if (before?.speed && fix.speed) expect(gap).toBeLessThanOrEqual(2_000);
    }
  }
});

it('does the same with the same seed, and something else with another', () => {
  const [a, b, c] = [start({ seed: 5 }), start({ seed: 5 }), start({ seed: 6 })];
  for (const trial of [a, b, c]) run(trial, 300);
  expect(b.actions).toEqual(a.actions);
  expect(c.actions).not.toEqual(a.actions);
});

it("leaves a visitor's order to the visitor for 20 s, then assigns it to the nearest free driver", () => {
  const trial = start({ ownOrders: false });
  const { id } = visitorsOrder(trial);
  run(trial, 18);
  expect(trial.api.get(id).status).toBe('created');
  run(trial, 5);
  expect(trial.api.get(id).driverId).toBe('driver-0');
  run(trial, 600);
  expect(trial.api.get(id).status).toBe('delivered');
});

it('drives what a visitor has assigned', () => {
  const trial = start({ ownOrders: false });
  const { id } = visitorsOrder(trial);
  trial.api.assign(id, 'driver-2', trial.now);
  run(trial, 400);
  expect(trial.api.get(id).status).toBe('delivered');
  expect(trial.actions.some(({ type }) => type === 'assign')).toBe(false);
});

it("leaves another driver's order alone", () => {
  const trial = start({ ownOrders: false });
  const { id } = visitorsOrder(trial);
  trial.api.assign(id, 'a-phone', trial.now);
  run(trial, 60);
  expect(trial.api.get(id).status).toBe('assigned');
});

it('waits for an order without a location to be placed', () => {
  const trial = start({ ownOrders: false });
  const { id } = visitorsOrder(trial, null);
  run(trial, 120);
  expect(trial.api.get(id).status).toBe('created');
  trial.api.place(id, { lat: -34.9, lng: -56.19 });
  run(trial, 600);
  expect(trial.api.get(id).status).toBe('delivered');
});

it('drops an order that is cancelled on the way, and rides back to a café', () => {
  const trial = start({ ownOrders: false, drivers: 1 });
  const driver = trial.simulation.drivers.get('driver-0');
  const { id } = visitorsOrder(trial);
  run(trial, 40);
  trial.api.cancel(id, trial.now);
  run(trial, 200);
  expect(trial.refusals).toEqual([]);
  expect(driver && distance(driver.location, CENTRE)).toBeLessThan(200);
});

it('follows an address that is corrected on the way', () => {
  const trial = start({ ownOrders: false, drivers: 1 });
  const { id } = visitorsOrder(trial);
  const corrected = { lat: -34.91, lng: -56.185 };
  for (let i = 0; i < 600 && trial.api.get(id).status !== 'enroute_to_dropoff'; i++) run(trial, 1);
  expect(trial.api.get(id).status).toBe('enroute_to_dropoff');
  trial.api.place(id, corrected);
  run(trial, 400);
  const delivery = trial.actions.findLast((action) => action.type === 'status');
  expect(delivery).toMatchObject({ status: 'delivered' });
  expect(delivery && distance(delivery.location, corrected)).toBeLessThan(1);
});

it('reports a failure when the delivery is refused, and brings it back', () => {
  const trial = start({ ownOrders: false, drivers: 1 });
  trial.api.refuseDelivered = 1;
  const { id } = visitorsOrder(trial);
  run(trial, 900);
  expect(trial.refusals).toHaveLength(1);
  const steps = trial.api.history.filter((line) => line.startsWith(id)).map((line) => line.split(' ')[1]);
  expect(steps.slice(-3)).toEqual(['failed', 'enroute_to_return', 'returned']);
});

it('gives no order to a driver off shift', () => {
  const trial = start({ ownOrders: false, drivers: 2 });
  const off = trial.simulation.drivers.get('driver-0');
  if (off) putDriver(trial.simulation, { ...off, onShift: false });
  const { id } = visitorsOrder(trial);
  run(trial, 30);
  expect(trial.api.get(id).driverId).toBe('driver-1');
});

it('asks again after 10 s without an answer, not before', () => {
  const { simulation } = start({ ownOrders: false, drivers: 1 });
  const statusAt = new Date(START).toISOString();
  observe(simulation, {
    id: 'x',
    externalId: null,
    status: 'assigned',
    version: 2,
    driverId: 'driver-0',
    stopSequence: null,
    statusAt,
    pickup: CENTRE,
    dropoff: CENTRE,
  });
  const asked: number[] = [];
  for (let second = 1; second <= 30; second++) {
    const actions = step(simulation, START + second * 1_000, city);
    if (actions.some(({ type }) => type === 'status')) asked.push(second);
  }
  expect(asked.length).toBeGreaterThanOrEqual(2);
  expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBe(10);
});

it('does not fall back to an older state that arrives late', () => {
  const trial = start({ ownOrders: false });
  const old = visitorsOrder(trial);
  observe(trial.simulation, trial.api.assign(old.id, 'driver-1', trial.now));
  observe(trial.simulation, old);
  expect(trial.simulation.orders.get(old.id)?.status).toBe('assigned');
});
