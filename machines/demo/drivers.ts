import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, type Session } from './api-client.ts';
import * as api from './demo-api.ts';
import { type FleetSocket, openFleetSocket } from './fleet-socket.ts';
import { createRandom } from './random.ts';
import { DRIVERS, type SimulatedCity } from './scenario.ts';
import {
  type Action,
  createSimulation,
  observe,
  observeAll,
  putDriver,
  refuseDelivery,
  type SeenOrder,
} from './simulation.ts';
import { step } from './step.ts';

export type DriversOptions = {
  apiUrl: string;
  /** A manager of the demo merchant. */
  email: string;
  password: string;
  city: SimulatedCity;
  seed: number;
  log: (line: string) => void;
  /** Milliseconds between two steps, and how much faster than real the simulation's time runs (1). */
  tickMs?: number;
  timeScale?: number;
};

const POLL_MS = 3_000;
/** Who is there and on shift changes rarely. */
const ROUNDS_PER_ROLL_CALL = 5;
const LONGEST_WAIT_MS = 30_000;

/**
 * Runs the demo's drivers, dispatcher and customers against a DropMate, by its public API and rooms like anyone else.
 * Never throws: while the API is away it waits, longer each time, and goes on where the API says things are.
 * `stop` resolves when nothing is being asked any more.
 */
export function startDrivers(options: DriversOptions): { stop(): Promise<void> } {
  const { apiUrl, city, log, tickMs = 1_000, timeScale = 1 } = options;
  const startedAt = Date.now();
  const now = () => startedAt + (Date.now() - startedAt) * timeScale;
  const simulation = createSimulation(createRandom(options.seed), startedAt.toString(36), now());
  const manager = api.managerSession(apiUrl, options.email, options.password);
  // Of its own, so that what the API answers does not change the simulation's dice.
  const startingPlaces = createRandom(options.seed + 1);
  const crew = new Map<string, { session: Session; socket: FleetSocket }>();
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();

  const timer = setInterval(() => {
    for (const action of step(simulation, now(), city)) {
      const asking = perform(action).finally(() => underWay.delete(asking));
      underWay.add(asking);
    }
  }, tickMs);
  const polling = poll();

  return {
    async stop() {
      stopping.abort();
      clearInterval(timer);
      for (const { socket } of crew.values()) socket.close();
      await Promise.all([polling, ...underWay]);
    },
  };

  async function poll(): Promise<void> {
    let failures = 0;
    for (let round = 0; !stopping.signal.aborted; round++) {
      const failure = await lookAround(round).then(() => undefined, toApiError);
      if (failure && failures === 0) log(`demo drivers wait: ${failure.message}`);
      if (!failure && failures > 0) log('demo drivers go on');
      failures = failure ? failures + 1 : 0;
      const backOff = Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures);
      const wait = failure ? Math.max(backOff, failure.retryAfter * 1_000) : POLL_MS;
      await delay(wait / (failure ? 1 : timeScale), undefined, { signal: stopping.signal }).catch(
        () => undefined,
      );
    }
  }

  /** Once a round: everybody is there, and what the API knows is known here. */
  async function lookAround(round: number): Promise<void> {
    if (round % ROUNDS_PER_ROLL_CALL === 0 || crew.size < DRIVERS.length) await callTheRoll();
    const askedAt = now();
    observeAll(simulation, await api.listOrders(manager), askedAt);
  }

  async function callTheRoll(): Promise<void> {
    const listed = await api.listDrivers(manager);
    for (const id of [...crew.keys()]) if (!listed.some((driver) => driver.id === id)) dismiss(id);
    for (const { name, vehicleType } of DRIVERS) {
      const known = listed.find((driver) => driver.name === name);
      if (known && crew.has(known.id)) putDriver(simulation, { ...known, ...whereIs(known) });
      else await enrol(known ?? { name, vehicleType });
    }
  }

  /** A new driver is created and accepts the invitation; one from an earlier run is invited again. */
  async function enrol(driver: Pick<api.ListedDriver, 'name' | 'vehicleType'> & Partial<api.ListedDriver>) {
    const created = driver.id === undefined ? await api.createDriver(manager, driver) : undefined;
    const id = driver.id ?? created?.id ?? '';
    const session = api.driverSession(apiUrl, manager, id, created?.inviteUrl);
    await api.startShift(session);
    const enter = () => api.enterFleetRoom(session);
    const socket = openFleetSocket(await enter(), enter);
    if (stopping.signal.aborted) return socket.close();
    crew.set(id, { session, socket });
    putDriver(simulation, { id, ...driver, ...whereIs(driver), onShift: true });
    if (crew.size === DRIVERS.length) log(`demo drivers: ${crew.size} on the road`);
  }

  function whereIs({ location, status }: Partial<api.ListedDriver>) {
    const start = startingPlaces.pick(startingPlaces.pick(city.pickups).doors).location;
    const last = location && { lat: location.lat, lng: location.lng };
    return { location: last ?? start, onShift: status === 'available' };
  }

  /** Someone has removed the driver; a new one of that name is hired in the next round. */
  function dismiss(id: string): void {
    crew.get(id)?.socket.close();
    crew.delete(id);
    simulation.drivers.delete(id);
  }

  async function perform(action: Action): Promise<void> {
    if (stopping.signal.aborted) return;
    if (action.type === 'fix') return crew.get(action.driverId)?.socket.sendFix(action.fix);
    try {
      const order = await ask(action);
      if (order) observe(simulation, order);
    } catch (error) {
      const { status } = toApiError(error);
      // A refused proof will be refused again; anything else is settled by the next look around.
      const isFinal = status === 400 || status === 403 || status === 422;
      if (isFinal && action.type === 'status' && action.status === 'delivered')
        refuseDelivery(simulation, action.orderId);
    }
  }

  async function ask(action: Exclude<Action, { type: 'fix' }>): Promise<SeenOrder | undefined> {
    switch (action.type) {
      case 'create':
        return await api.createOrder(manager, action.order);
      case 'assign':
        return await api.assign(manager, action.orderId, action.driverId);
      case 'status': {
        const { orderId, driverId, status, location, reason } = action;
        const session = crew.get(driverId)?.session;
        const change = {
          status,
          location,
          reason,
          updateId: randomUUID(),
          occurredAt: new Date().toISOString(),
        };
        return session && (await api.changeStatus(session, orderId, change));
      }
    }
  }
}

function toApiError(error: unknown): ApiError {
  return error instanceof ApiError
    ? error
    : new ApiError(0, `an answer was not understood: ${error}`, 0, error);
}
