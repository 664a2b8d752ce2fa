import { expect, onTestFinished, test } from 'vitest';
import type { OrderForManager } from '../domain/orders.ts';
import { startReceiver } from '../machines/worker/webhooks/test-support.ts';
import { createClient, eventually } from './support/client.ts';
import { joinRoom, type RoomAddress } from './support/room.ts';
import { DROPOFF, follow, openShop } from './support/shop.ts';
import { createSystem } from './support/system.ts';

type Told = { type: string; data: { order: OrderForManager } };

test('an order of the sandbox is delivered, its webhooks tell each step, and its customer sees the robot come', async () => {
  const receiver = await startReceiver();
  onTestFinished(receiver.close);
  const system = await createSystem({ WEBHOOKS_ALLOW_INSECURE: '1' });
  await system.start();
  const api = createClient(system.url);
  const { manager, apiKey } = await openShop(api);
  const fleet = joinRoom(await api.call<RoomAddress>('GET', '/v1/fleet/room', { token: manager }));
  await fleet.received(({ type }) => type === 'snapshot');
  await api.call('POST', '/v1/webhooks', {
    token: manager,
    body: { url: receiver.url, events: STEPS.map((status) => `order.${status}`) },
  });

  const order = await api.call<OrderForManager>('POST', '/v1/orders', {
    token: apiKey,
    status: 201,
    body: { sandbox: true, dropoff: DROPOFF, proof: { photo: true, pin: true } },
  });
  const customer = await follow(api, order);
  const seen = () =>
    customer.messages.flatMap((message) => (message.type === 'status' ? [message.order.status] : []));
  await expect.poll(() => seen().at(-1), PATIENCE).toBe('delivered');
  const places = customer.messages.flatMap((message) => (message.type === 'location' ? [message] : []));
  expect(new Set(places.map(({ lat }) => lat)).size).toBeGreaterThan(2);
  expect(places.at(-1)).toMatchObject({
    ...{ lat: expect.closeTo(DROPOFF.location.lat), lng: expect.closeTo(DROPOFF.location.lng) },
    source: 'sandbox',
  });

  const told = await eventually(async () => {
    const calls = receiver.calls.map(({ body }): Told => JSON.parse(body));
    return calls.length === STEPS.length ? calls : undefined;
  });
  const inOrder = told.toSorted((a, b) => a.data.order.version - b.data.order.version);
  expect(inOrder.map(({ type }) => type)).toEqual(STEPS.map((status) => `order.${status}`));
  expect(inOrder.every(({ data }) => data.order.sandbox && data.order.id === order.id)).toBe(true);
  // Dispatchers are left in peace.
  expect(fleet.messages.map(({ type }) => type).filter((type) => type !== 'pong')).toEqual(['snapshot']);
}, 180_000);

test('a robot goes on after kill -9 of every process', async () => {
  const system = await createSystem();
  const first = await system.start();
  const api = createClient(system.url);
  const { apiKey } = await openShop(api);
  const order = await api.call<OrderForManager>('POST', '/v1/orders', {
    token: apiKey,
    body: { sandbox: true, sandboxOutcome: 'failed', dropoff: DROPOFF },
  });
  const get = () => api.call<OrderForManager>('GET', `/v1/orders/${order.id}`, { token: apiKey });
  const version = async () => (await get()).version;
  await expect.poll(version, PATIENCE).toBeGreaterThanOrEqual(3);
  await system.killAll(first);
  await system.start();
  // Its next act may have been in the hands of the worker that is gone: after 15 s it is another's.
  await expect.poll(version, PATIENCE).toBe(8);
  expect(await get()).toMatchObject({
    status: 'failed',
    reasonCode: 'customer_absent',
    version: 8,
    attempts: 1,
  });
}, 180_000);

/** A robot takes less than a minute. */
const PATIENCE = { timeout: 100_000, interval: 100 };

const STEPS = [
  ...['created', 'assigned', 'enroute_to_pickup', 'arrived_at_pickup', 'picked_up'],
  ...['enroute_to_dropoff', 'arrived_at_dropoff', 'delivered'],
];
