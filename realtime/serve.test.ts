import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeFunctions } from './conformance/fake-functions.ts';
import { fixAt, Merchant } from './conformance/merchant.ts';
import { PATIENCE } from './conformance/room-client.ts';
import { onNode, type Rooms } from './conformance/runtimes.ts';
import { SLOW_BYTES } from './outlet.ts';
import type { Realtime } from './serve.ts';

// What only the Node host does: draining, metrics, slow readers, eviction. The rest is in conformance/.

let functions: FakeFunctions;
let rooms: Rooms;
let shop: Merchant;

beforeEach(async () => {
  functions = await new FakeFunctions().start();
  rooms = await onNode({
    functions: functions.origin,
    publicUrl: 'https://deliveries.example',
    flushMs: 60_000,
  });
  shop = new Merchant(functions, rooms);
});
afterEach(async () => {
  shop.leave();
  await rooms.stop();
  await functions.stop();
});

const realtime = (): Realtime => {
  if (rooms.realtime === undefined) throw new Error('not on Node');
  return rooms.realtime;
};
const metrics = async (): Promise<string> => (await fetch(`${rooms.origin}/metrics`)).text();

test('draining closes every socket with 1012, writes behind what waits, and is not ready any more', async () => {
  const ana = shop.driver();
  const order = shop.order({ status: 'enroute_to_dropoff', driverId: ana.id });
  const [manager, driver, customer] = [
    await shop.manager(),
    await shop.drive(ana),
    await shop.customer(order),
  ];
  for (const client of [manager, driver, customer]) await client.nth('snapshot');
  driver.send({ type: 'fix', seq: 1, ...fixAt(1) });
  await customer.nth('location');
  expect((await fetch(`${rooms.origin}/readyz`)).status).toBe(200);
  const draining = realtime().drain();
  expect(realtime().host.draining).toBe(true);
  await draining;
  for (const client of [manager, driver, customer]) await client.closedWith(1012);
  const [flush] = functions.flushes.get(shop.id) ?? [];
  expect(flush?.trails).toHaveLength(1);
  expect(flush?.locations).toMatchObject([{ driverId: ana.id }]);
  expect(flush?.etas).toMatchObject([{ orderId: order.id }]);
});

test('what gathered in a long outage is written behind in parts that functions can take', async () => {
  const drivers = Array.from({ length: 2_001 }, () => shop.driver());
  const post = ({ id: driverId }: (typeof drivers)[number]) =>
    shop.post({ type: 'fixes', driverId, source: 'osmand', fixes: [fixAt(1)] });
  for (let i = 0; i < drivers.length; i += 50) await Promise.all(drivers.slice(i, i + 50).map(post));
  await realtime().drain();
  const flushes = functions.flushes.get(shop.id) ?? [];
  expect(flushes.map(({ trails }) => trails.length)).toEqual([2_000, 1]);
  expect(new Set(flushes.flatMap(({ trails }) => trails.map(({ driverId }) => driverId))).size).toBe(2_001);
});

test('readiness, health and figures are told, fixes by what became of them', async () => {
  const ana = shop.driver();
  const [manager, driver] = [await shop.manager(), await shop.drive(ana)];
  await manager.nth('snapshot');
  await driver.nth('snapshot');
  driver.send({ type: 'fix', seq: 1, ...fixAt(2) });
  driver.send({ type: 'fix', seq: 2, ...fixAt(9) });
  driver.send('nonsense');
  await driver.settled();
  await shop.post({ type: 'fixes', driverId: ana.id, source: 'overland', fixes: [fixAt(-600)] });
  expect(await (await fetch(`${rooms.origin}/healthz`)).text()).toBe('ok');
  const told = await metrics();
  for (const line of [
    'dropmate_fixes_total{outcome="accepted",source="app"} 1',
    'dropmate_fixes_total{outcome="out_of_order",source="app"} 1',
    'dropmate_fixes_total{outcome="future",source="overland"} 1',
    'dropmate_room_sockets{party="fleet-room",audience="manager"} 1',
    'dropmate_room_sockets{party="fleet-room",audience="driver"} 1',
    'dropmate_room_messages_refused_total{party="fleet-room",code="bad_json"} 1',
    'dropmate_rooms{party="fleet-room"} 1',
    'dropmate_rooms{party="delivery-room"} 0',
  ]) {
    expect(told).toContain(line);
  }
  expect(told).toContain('nodejs_eventloop_lag_p99_seconds');
});

test('a timeout is logged as a short line, a fault with its stack', () => {
  const { report } = realtime().host.env;
  const fault = new Error('a fault');
  report?.(new DOMException('The operation was aborted due to timeout', 'TimeoutError'), 'here');
  report?.(fault, 'there');
  expect(rooms.errors).toEqual([
    { error: 'TimeoutError: The operation was aborted due to timeout', where: 'here' },
    { err: fault, where: 'there' },
  ]);
});

test('a slow reader skips to the newest location, and gets everything else', async () => {
  const [ana, beto] = [shop.driver(), shop.driver()];
  const [slow, fast] = [await shop.manager(), await shop.manager()];
  await slow.nth('snapshot');
  await fast.nth('snapshot');
  await stall(slow.socket);

  for (let i = 40; i > 0; i--) {
    await shop.post({ type: 'fixes', driverId: ana.id, source: 'osmand', fixes: [fixAt(i)] });
  }
  await shop.post({ type: 'fixes', driverId: beto.id, source: 'osmand', fixes: [fixAt(1)] });
  await vi.waitFor(() => expect(fast.of('location').at(-1)?.driverId).toBe(beto.id), PATIENCE);
  await vi.waitFor(() => {
    expect(fast.of('location').findLast((l) => l.driverId === ana.id)?.lat).toBeCloseTo(fixAt(1).lat, 4);
  }, PATIENCE);

  slow.socket.resume();
  await vi.waitFor(
    () =>
      expect(
        slow
          .of('location')
          .map((l) => l.driverId)
          .toSorted(),
      ).toEqual([ana.id, beto.id].toSorted()),
    PATIENCE,
  );
  expect(slow.of('location').find((l) => l.driverId === ana.id)?.lat).toBeCloseTo(fixAt(1).lat, 4);
  expect(slow.of('order').length).toBe(fast.of('order').length);
  expect(await metrics()).toMatch(/dropmate_room_locations_skipped_total\{party="fleet-room"\} [1-9]/);
});

/** Stops reading at the client and posts large orders until the host holds back more than a slow reader's share. */
async function stall(socket: { pause(): void }): Promise<void> {
  socket.pause();
  const order = shop.unknownOrder({ notes: 'x'.repeat(200_000) });
  const buffered = (): number => {
    const actor = realtime().host.namespaces.FleetRoom?.actors.get(shop.id);
    return Math.max(...[...(actor?.sockets ?? [])].map((one) => one.bufferedAmount));
  };
  for (let version = 2; buffered() <= SLOW_BYTES; version++) {
    await shop.post({ type: 'order', order: { ...order, version } });
  }
}

test('a room that nobody needs is forgotten, and comes back with all it had', async () => {
  const order = shop.order();
  const customer = await shop.customer(order);
  const { epoch } = await customer.nth('snapshot');
  const { namespaces } = realtime().host;
  const running = (): number[] =>
    ['FleetRoom', 'DeliveryRoom'].map((name) => namespaces[name]?.actors.size ?? -1);
  expect(running()).toEqual([1, 1]);
  customer.close();
  await customer.closedWith(1000);
  await vi.waitFor(() => {
    for (const namespace of Object.values(namespaces)) namespace.evict(Date.now() + 1);
    expect(running()).toEqual([0, 0]);
  }, PATIENCE);
  const back = await (await shop.customer(order, { query: { epoch, seq: '1' } })).nth('snapshot');
  expect(back).toMatchObject({ recovered: false, order: { id: order.id } });
  expect(back.epoch).not.toBe(epoch);
});

test('raw nonsense on the wire harms nobody', async () => {
  const manager = await shop.manager();
  await manager.nth('snapshot');
  const token = await functions.roomToken({
    merchant: shop.id,
    party: 'fleet-room',
    room: shop.id,
    audience: 'manager',
  });
  const path = `/parties/fleet-room/${shop.id}?token=${token}`;
  const upgrade = 'host: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n';
  for (const bytes of [
    'nonsense\r\n\r\n',
    `GET ${path} HTTP/1.1\r\n${upgrade}\r\n`,
    `GET ${path} HTTP/1.1\r\n${upgrade}sec-websocket-version: 13\r\nsec-websocket-key: short\r\n\r\n`,
    `GET // HTTP/1.1\r\n${upgrade}\r\n`,
    `GET http://[/ HTTP/1.1\r\nhost: x\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n{`,
  ]) {
    await sendRaw(bytes);
  }
  await manager.settled();
  await vi.waitFor(async () => {
    expect(await metrics()).toContain('dropmate_room_sockets{party="fleet-room",audience="manager"} 1\n');
  }, PATIENCE);
});

/** Sends the bytes, hangs up, and waits until the server has let go as well. */
function sendRaw(bytes: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(realtime().port, '127.0.0.1', () => socket.end(bytes));
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
  });
}
