import { request } from 'node:http';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import type { OrderForManager } from '../domain/orders.ts';
import { eventually } from './support/client.ts';
import { startLoad } from './support/load.ts';
import { looked, type Rollout, startRollout } from './support/rollout.ts';
import { type JoinedRoom, joinRoom, type RoomAddress } from './support/room.ts';
import {
  changeStatus,
  createOrder,
  DROPOFF,
  follow,
  type Hired,
  hireDriver,
  openShop,
} from './support/shop.ts';
import { TRACKERS } from './support/trackers.ts';

// A process is told to end while the others, and its clients, carry on: what a deployment does.

const WRITERS = 4;
const FOLLOWED = 3;
/** Five processes start, and some again, on a machine that may be busy. */
const LONG = { timeout: 120_000 };

test('functions are replaced one by one without a failed request, and their sockets move', LONG, async () => {
  const rollout = await startRollout();
  const { api, proxy } = rollout;
  const shop = await openShop(api);
  const { load, driver } = await startWork(rollout, shop);
  const followed = await followOrders(rollout, shop, driver);
  const steps = ['enroute_to_pickup', 'arrived_at_pickup'];

  for (const [i, copy] of rollout.functions.entries()) {
    await load.goesOn(WRITERS);
    const upload = await beginOrder(copy.url, shop.apiKey);
    const before = proxy.looks(copy.url).length;
    const ended = copy.program.end('SIGTERM');
    await looked(proxy, copy.url, 'refused');
    // It said so before it stopped accepting, and what was under way is still answered.
    expect(proxy.looks(copy.url).slice(before)).toEqual([503, 'refused']);
    expect(await upload.finish()).toBe(201);
    expect(await ended).toBe(0);
    expect(copy.program.log()).not.toContain('cut off');
    await load.goesOn(WRITERS);
    for (const { order, room } of followed) {
      await changeStatus(api, driver.token, order.id, steps[i] ?? '');
      await room.received((message) => 'order' in message && message.order.status === steps[i]);
    }
    copy.start();
    await looked(proxy, copy.url, 200);
  }
  await load.goesOn(WRITERS);
  await load.stop();
  expect(load.failures).toEqual([]);
});

test('a worker ends under load, and every change still reaches the rooms', LONG, async () => {
  const rollout = await startRollout();
  const { api } = rollout;
  const shop = await openShop(api);
  const dispatch = joinRoom(await api.call<RoomAddress>('GET', '/v1/fleet/room', { token: shop.manager }));
  await dispatch.received(({ type }) => type === 'snapshot');
  const { load } = await startWork(rollout, shop);
  await load.goesOn(WRITERS);
  const [first] = rollout.workers;
  expect(await first.program.end('SIGTERM')).toBe(0);
  await load.goesOn(WRITERS);
  await load.stop();
  expect(load.failures).toEqual([]);

  const owner = postgres(rollout.database.ownerUrl, { max: 1, onnotice: () => {} });
  onTestFinished(() => owner.end());
  await eventually(async () => {
    const [left] = await owner`select
      (select count(*)::int from outbox) as rows,
      (select count(*)::int from pgboss.job where state <> 'completed' and name in ('room', 'room_dead')) as jobs`;
    return (left?.rows === 0 && left.jobs === 0) || undefined;
  });
  for (const { id, version, status } of load.orders.values()) {
    expect(status).toBe('delivered');
    // The rooms have answered for all of them, so the last message is on its way at most.
    await dispatch.received((message) => message.type === 'order' && isVersion(message.order, id, version));
  }
  for (const versions of versionsSeen(dispatch).values()) {
    // Told again when its driver changes, an order never goes back.
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  }
});

test(
  'rooms move to a new process: 1012, then everybody is back in it, and no request fails',
  LONG,
  async () => {
    const rollout = await startRollout();
    const { api, realtime } = rollout;
    const shop = await openShop(api);
    const { load, driver } = await startWork(rollout, shop);
    const followed = await followOrders(rollout, shop, driver);
    for (const { order, room } of followed) {
      await changeStatus(api, driver.token, order.id, 'picked_up');
      await room.received((message) => message.type === 'status' && message.order.status === 'picked_up');
    }
    const [tracker] = TRACKERS;
    const { token: device } = await api.call<{ token: string }>('POST', `/v1/drivers/${driver.id}/devices`, {
      token: shop.manager,
      status: 201,
      body: { name: 'phone' },
    });
    // Each a minute's walk from the one before, whatever the time between two requests.
    const begin = Math.floor(Date.now() / 60_000) * 60_000 - 600_000;
    const fix = (i: number) => ({
      lat: round(-34.901 - i / 10_000),
      lng: -56.19,
      at: new Date(begin + i * 60_000),
    });
    const track = async (i: number): Promise<number> => {
      const answer = await tracker?.send(api.url, device, fix(i));
      return answer?.status ?? 0;
    };
    const address = await api.call<RoomAddress>('GET', '/v1/fleet/room', { token: driver.token });
    const phone = joinRoom(address);
    await phone.received(({ type }) => type === 'snapshot');
    await load.goesOn(WRITERS);

    const joined = [...followed.map(({ room }) => room), phone];
    const epochs = joined.map(epochOf);
    const counts = joined.map(({ messages }) => messages.length);
    const closes = joined.map((room) => room.closed());
    // Accepted a moment before the end.
    expect(await track(0)).toBe(200);
    const ended = realtime.program.end('SIGTERM');
    expect(await Promise.all(closes)).toEqual(joined.map(() => 1012));
    expect(await ended).toBe(0);
    expect(await track(1)).toBe(503);
    // What happens while there are no rooms is in the snapshots of the next.
    for (const { order } of followed) await changeStatus(api, driver.token, order.id, 'enroute_to_dropoff');
    await load.goesOn(WRITERS);

    await realtime.start().answers(`${realtime.url}/readyz`);
    for (const [i, room] of joined.entries()) {
      const snapshot = await room.received(({ type }) => type === 'snapshot', counts[i]);
      expect(snapshot.epoch).not.toBe(epochs[i]);
      expect(snapshot).toMatchObject({ recovered: false });
      if (room !== phone) expect(snapshot).toMatchObject({ order: { status: 'enroute_to_dropoff' } });
    }
    // The driver set out for the last of them last, and the rooms stored where that was before they closed.
    const next = followed.at(-1)?.room;
    const moved = next?.messages.findLast(({ type }) => type === 'snapshot');
    expect(moved).toMatchObject({ location: { lat: fix(0).lat } });
    await eventually(async () => (await track(2)) === 200 || undefined);
    await next?.received((message) => message.type === 'location' && message.lat === fix(2).lat);
    const { at, ...place } = fix(3);
    phone.send({ type: 'fix', seq: 1, fixedAt: at.toISOString(), ...place });
    await next?.received((message) => message.type === 'location' && message.lat === fix(3).lat);
    await load.stop();
    expect(load.failures).toEqual([]);
  },
);

type Shop = { manager: string; apiKey: string };
type Followed = { order: OrderForManager; room: JoinedRoom };

/** Steady work in a shop, with a driver who has no part in it. */
async function startWork({ api }: Rollout, shop: Shop) {
  const [driver, ...others] = await Promise.all(
    Array.from({ length: WRITERS + 1 }, () => hireDriver(api, shop.manager)),
  );
  if (driver === undefined) throw new Error('There is one.');
  const load = startLoad(api, shop, others);
  onTestFinished(() => load.stop());
  return { load, driver };
}

/** Orders of that driver, each with a customer who looks. The first is the driver's next stop. */
async function followOrders({ api }: Rollout, shop: Shop, driver: Hired): Promise<Followed[]> {
  const followed: Followed[] = [];
  for (let i = 0; i < FOLLOWED; i++) {
    const order = await createOrder(api, shop.apiKey);
    await api.call('POST', `/v1/orders/${order.id}/assign`, {
      token: shop.manager,
      body: { driverId: driver.id },
    });
    const room = await follow(api, order);
    await room.received(({ type }) => type === 'snapshot');
    followed.push({ order, room });
  }
  return followed;
}

/** Half of a request for an order, on a connection of its own. It has reached the process: that asked for the rest. */
async function beginOrder(url: string, token: string): Promise<{ finish: () => Promise<number> }> {
  const body = JSON.stringify({ dropoff: DROPOFF });
  const upload = request(`${url}/v1/orders`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      'Content-Length': body.length,
      Expect: '100-continue',
    },
  });
  const status = new Promise<number>((resolve, reject) => {
    upload.once('error', reject);
    upload.once('response', (response) => resolve(response.resume().statusCode ?? 0));
  });
  // Awaited later: until then a failure is not one that nobody looks at.
  status.catch(() => {});
  upload.flushHeaders();
  await new Promise((resolve) => upload.once('continue', resolve));
  upload.write(body.slice(0, 10));
  return {
    finish: () => {
      upload.end(body.slice(10));
      return status;
    },
  };
}

const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

const isVersion = (order: { id: string; version?: number }, id: string, version: number): boolean =>
  order.id === id && order.version === version;

const epochOf = ({ messages }: JoinedRoom): string | undefined => messages.at(-1)?.epoch;

function versionsSeen({ messages }: JoinedRoom): Map<string, number[]> {
  const seen = new Map<string, number[]>();
  for (const message of messages) {
    if (message.type !== 'order' || !('version' in message.order)) continue;
    seen.set(message.order.id, [...(seen.get(message.order.id) ?? []), message.order.version]);
  }
  return seen;
}
