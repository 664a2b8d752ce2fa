import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OrderForManager } from '../domain/orders.ts';
import { type Client, eventually } from './support/client.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { joinRoom, type RoomAddress } from './support/room.ts';
import { changeStatus, createOrder, follow, hireDriver, openShop } from './support/shop.ts';
import { TRACKERS } from './support/trackers.ts';

// Two copies of the API and two workers on one database, with one room host.
let cluster: Cluster;
let one: Client;
let other: Client;

beforeAll(async () => {
  cluster = await startCluster({ functions: 2, workers: 2 });
  const [first, second] = cluster.apis;
  if (first === undefined || second === undefined) throw new Error('There are two.');
  one = first;
  other = second;
});
afterAll(() => cluster.end());

test('the same story works through either copy, and nothing happens twice', async () => {
  const { manager, apiKey } = await openShop(one);
  const driver = await hireDriver(other, manager);
  const order = await createOrder(one, apiKey);
  const customer = await follow(other, order);
  const dispatch = joinRoom(await one.call<RoomAddress>('GET', '/v1/fleet/room', { token: manager }));
  await customer.received(({ type }) => type === 'snapshot');
  await dispatch.received(({ type }) => type === 'snapshot');

  await other.call('POST', `/v1/orders/${order.id}/assign`, {
    token: manager,
    body: { driverId: driver.id },
  });
  await changeStatus(one, driver.token, order.id, 'picked_up');
  const phone = joinRoom(await other.call<RoomAddress>('GET', '/v1/fleet/room', { token: driver.token }));
  await phone.received(({ type }) => type === 'snapshot');
  await customer.received((message) => message.type === 'status' && message.order.status === 'picked_up');
  phone.send({ type: 'fix', seq: 1, fixedAt: new Date().toISOString(), lat: -34.905, lng: -56.19 });
  await customer.received((message) => message.type === 'location' && message.lat === -34.905);
  await changeStatus(other, driver.token, order.id, 'delivered');
  await customer.received((message) => message.type === 'status' && message.order.status === 'delivered');
  await dispatch.received((message) => message.type === 'order' && message.order.status === 'delivered');

  const statuses = customer.messages.flatMap((message) =>
    message.type === 'status' ? [message.order.status] : [],
  );
  // The job of one version may overtake another's, and is then left out; none goes back. (News of the driver tell the orders again.)
  expect(new Set(statuses).size).toBe(statuses.length);
  const versions = dispatch.messages.flatMap((message) =>
    message.type === 'order' ? [message.order.version] : [],
  );
  expect(versions).toEqual([...versions].sort((a, b) => a - b));
  const { data: log } = await one.call<{ data: { version: number; status: string }[] }>(
    'GET',
    `/v1/orders/${order.id}/updates`,
    { token: manager },
  );
  expect(log.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  const { data: customers } = await other.call<{ data: unknown[] }>('GET', '/v1/customers', {
    token: manager,
  });
  expect(customers).toHaveLength(1);
});

test('a session that one copy began goes on at the other, and a revoked key ends at both', async () => {
  const { manager } = await openShop(one);
  const { id, key } = await one.call<{ id: string; key: string }>('POST', '/v1/api-keys', {
    token: manager,
    status: 201,
    body: { name: 'kiosk', scopes: ['orders:read'] },
  });
  expect(
    (await fetch(`${other.url}/v1/orders`, { headers: { Authorization: `Bearer ${key}` } })).status,
  ).toBe(200);
  await other.call('DELETE', `/v1/api-keys/${id}`, { token: manager, status: 204 });
  await eventually(async () => {
    const answer = await fetch(`${one.url}/v1/orders`, { headers: { Authorization: `Bearer ${key}` } });
    return answer.status === 401 ? true : undefined;
  });
});

test('each of the six trackers, in its own wire format, moves the marker on the customer’s page', async () => {
  const { manager, apiKey } = await openShop(one);
  const driver = await hireDriver(one, manager);
  const order = await createOrder(one, apiKey);
  await one.call('POST', `/v1/orders/${order.id}/assign`, { token: manager, body: { driverId: driver.id } });
  await changeStatus(one, driver.token, order.id, 'picked_up');
  const customer = await follow(other, order);
  await customer.received(({ type }) => type === 'snapshot');
  const { token } = await one.call<{ token: string }>('POST', `/v1/drivers/${driver.id}/devices`, {
    token: manager,
    status: 201,
    body: { name: "Ana's phone" },
  });

  const start = Math.floor(Date.now() / 1000) * 1000 - 60_000;
  for (const [i, { name, source, send, success }] of TRACKERS.entries()) {
    const fix = { lat: -34.905 + i / 10_000, lng: -56.19, at: new Date(start + i * 5000) };
    const answer = await send(other.url, token, fix);
    expect(answer.status, name).toBe(200);
    expect(await answer.text(), name).toBe(success);
    const seen = await customer.received(
      (message) => message.type === 'location' && Math.abs(message.lat - fix.lat) < 1e-6,
    );
    expect(seen, name).toMatchObject({ source, driverId: driver.id, fixedAt: fix.at.toISOString() });
  }
});

test('a tracker that sends nonsense gets its success answer, and the nonsense is counted, not stored', async () => {
  const { manager } = await openShop(one);
  const driver = await hireDriver(one, manager);
  const { token } = await one.call<{ token: string }>('POST', `/v1/drivers/${driver.id}/devices`, {
    token: manager,
    status: 201,
    body: { name: 'phone' },
  });
  const rejected = async (): Promise<number> => {
    const metrics = await (await fetch(`${one.url}/metrics`)).text();
    const lines = metrics.split('\n').filter((line) => /^dropmate_ingest_fixes_total\{.*rejected/.test(line));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };
  const before = await rejected();
  const answer = await fetch(`${one.url}/v1/ingest/osmand?id=${token}&lat=91&lon=500&timestamp=yesterday`);
  expect(answer.status).toBe(200);
  expect(await rejected()).toBe(before + 1);
  const { data: drivers } = await one.call<{ data: { id: string; location: unknown }[] }>(
    'GET',
    '/v1/drivers',
    {
      token: manager,
    },
  );
  expect(drivers.find(({ id }) => id === driver.id)).toMatchObject({ location: null });
});

test('a worker that is killed leaves its work to the other', async () => {
  const { manager, apiKey } = await openShop(one);
  const dispatch = joinRoom(await one.call<RoomAddress>('GET', '/v1/fleet/room', { token: manager }));
  await dispatch.received(({ type }) => type === 'snapshot');
  await cluster.workers[0]?.end('SIGKILL');
  const orders = await Promise.all(Array.from({ length: 5 }, () => createOrder(other, apiKey)));
  for (const { id } of orders) {
    await dispatch.received(
      (message) => message.type === 'order' && (message.order as OrderForManager).id === id,
    );
  }
});
