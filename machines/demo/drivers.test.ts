import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type DriversOptions, startDrivers } from './drivers.ts';
import { startFakeApi } from './fake-server.fixture.ts';
import { DRIVERS, type SimulatedCity } from './scenario.ts';

const CENTRE = { lat: -34.905, lng: -56.19 };
const city: SimulatedCity = {
  pickups: [
    {
      name: 'Café',
      address: 'Sarandí 1',
      location: CENTRE,
      doors: [{ address: 'Norte 2', location: { lat: -34.9015, lng: -56.19 } }],
    },
  ],
  route: (from, to) => [from, to],
};

let api: Awaited<ReturnType<typeof startFakeApi>>;
let running: { stop(): Promise<void> }[] = [];
let lines: string[] = [];

beforeEach(async () => {
  api = await startFakeApi();
  lines = [];
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
  await api.close();
});

/** A second of the simulation every 10 ms. */
function start(options: Partial<DriversOptions> = {}) {
  const drivers = startDrivers({
    apiUrl: api.url,
    email: 'demo@example.com',
    password: 'secret',
    city,
    seed: 1,
    log: (line) => lines.push(line),
    tickMs: 10,
    timeScale: 100,
    ...options,
  });
  running.push(drivers);
  return drivers;
}

const calls = (ending: string) => api.calls.filter((call) => call.endsWith(ending));
const reinvited = () => calls('/invite').filter((call) => call.includes('/v1/drivers/'));
const eventually = <T>(check: () => T) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

it('hires six drivers, puts them on shift and delivers', async () => {
  start();
  await eventually(() => expect(api.orders.history.some((line) => line.endsWith(' delivered'))).toBe(true));
  expect(api.drivers.map(({ name }) => name)).toEqual(DRIVERS.map(({ name }) => name));
  expect(api.drivers.every(({ status }) => status === 'available')).toBe(true);
  expect(new Set(api.fixes.map(({ driver }) => driver)).size).toBe(6);
  expect(api.fixes.some(({ speed }) => speed > 2)).toBe(true);
  expect(lines).toEqual(['demo drivers: 6 on the road']);
  expect(reinvited()).toHaveLength(0);
});

it('invites the same drivers again after a restart', async () => {
  const first = start();
  await eventually(() => expect(lines).toContain('demo drivers: 6 on the road'));
  await first.stop();
  lines = [];
  start();
  await eventually(() => expect(lines).toContain('demo drivers: 6 on the road'));
  expect(api.drivers).toHaveLength(6);
  expect(calls('POST /v1/drivers')).toHaveLength(6);
  expect(reinvited()).toHaveLength(6);
});

it('waits while the API is down and goes on when it is back', async () => {
  api.state.isDown = true;
  start();
  await eventually(() => expect(lines).toEqual([expect.stringContaining('demo drivers wait')]));
  api.state.isDown = false;
  await eventually(() => expect(lines).toContain('demo drivers go on'));
  await eventually(() => expect(api.orders.history.length).toBeGreaterThan(0));
});

it('signs everybody in again when their tokens are not good any more', async () => {
  start();
  await eventually(() => expect(lines).toContain('demo drivers: 6 on the road'));
  const before = calls('POST /v1/auth/login').length;
  api.tokens.clear();
  await eventually(() => expect(calls('POST /v1/auth/login').length).toBeGreaterThan(before));
  const done = api.orders.history.length;
  await eventually(() => expect(api.orders.history.length).toBeGreaterThan(done + 5));
  expect(api.drivers).toHaveLength(6);
});

it('renews a token that has only expired', async () => {
  start();
  await eventually(() => expect(lines).toContain('demo drivers: 6 on the road'));
  for (const token of api.tokens.keys()) if (token.startsWith('access-')) api.tokens.delete(token);
  await eventually(() => expect(calls('POST /v1/auth/refresh').length).toBeGreaterThan(0));
  expect(calls('POST /v1/auth/login')).toHaveLength(1);
});

it('hires a driver anew whom somebody has removed', async () => {
  start();
  await eventually(() => expect(lines).toContain('demo drivers: 6 on the road'));
  const [gone] = api.drivers.splice(0, 1);
  await eventually(() => expect(api.drivers.map(({ name }) => name)).toContain(gone?.name));
});

it('asks nothing any more once stopped', async () => {
  const drivers = start();
  await eventually(() => expect(api.fixes.length).toBeGreaterThan(10));
  await drivers.stop();
  const seen = api.calls.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(api.calls.length).toBe(seen);
});
