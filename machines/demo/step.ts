import { dispatch } from './dispatch.ts';
import { work } from './driver-work.ts';
import type { SimulatedCity } from './scenario.ts';
import type { Action, Simulation } from './simulation.ts';

/** So long an answer is waited for before the same is asked again. */
const ASKED_MS = 10_000;

/**
 * Moves the simulation on to `now` (milliseconds) and says what shall be asked of the API. No clock and no I/O: the
 * same observations at the same times give the same actions.
 */
export function step(simulation: Simulation, now: number, city: SimulatedCity): Action[] {
  const seconds = Math.max(0, now - simulation.now) / 1000;
  simulation.now = now;
  for (const [id, { until }] of simulation.asked) if (until <= now) simulation.asked.delete(id);
  const actions: Action[] = [];
  for (const driver of simulation.drivers.values()) actions.push(...work(simulation, driver, seconds, city));
  actions.push(...dispatch(simulation, city));
  for (const action of actions) {
    if (action.type !== 'assign' && action.type !== 'status') continue;
    simulation.asked.set(action.orderId, { until: now + ASKED_MS, driverId: action.driverId });
  }
  return actions;
}
