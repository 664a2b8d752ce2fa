import postgres from 'postgres';
import { uuidv7 } from 'uuidv7';
import { expect, onTestFinished, test } from 'vitest';
import type { OrderForManager } from '../domain/orders.ts';
import { eventually } from './support/client.ts';
import { type Rollout, startRollout } from './support/rollout.ts';
import { type JoinedRoom, joinRoom, type RoomAddress } from './support/room.ts';
import { createOrder, type Hired, hireDriver, openShop, trackingPath } from './support/shop.ts';

// The chat across all processes: a socket, the room, functions, Postgres, the worker, and back.

/** Five processes start, and some again, on a machine that may be busy. */
const LONG = { timeout: 120_000 };

test(
  'what is acknowledged is stored, reaches all three, and survives kill -9 of the rooms',
  LONG,
  async () => {
    const rollout = await startRollout();
    const { api, realtime } = rollout;
    const { order, driver, manager, apiKey } = await assignedOrder(rollout);
    const [customer, phone, desk] = await joinAll(rollout, order, driver, manager);

    const first = { type: 'message', id: uuidv7(), text: 'Second floor, the bell is broken' };
    customer.send(first);
    for (const room of [customer, phone, desk]) {
      expect(await hears(room, first.id)).toMatchObject({ from: 'customer', text: first.text });
    }
    phone.send({ type: 'read', id: first.id });
    await customer.received((message) => message.type === 'read' && message.by === 'driver');
    // From a program without a socket: by the worker.
    const { id: byHttp } = await api.call<{ id: string }>('POST', `/v1/orders/${order.id}/messages`, {
      token: apiKey,
      status: 201,
      body: { text: 'The shop knows' },
    });
    for (const room of [customer, phone, desk]) {
      expect(await hears(room, byHttp)).toMatchObject({ from: 'manager', text: 'The shop knows' });
    }

    const sent = Array.from({ length: 8 }, (_, i) => ({ type: 'message', id: uuidv7(), text: `${i}` }));
    for (const message of sent) customer.send(message);
    await hears(customer, sent[1]?.id ?? '');
    await realtime.program.end('SIGKILL');
    const acknowledged = [...new Set(idsIn(customer))];
    const after = customer.messages.length;
    realtime.start();
    const snapshot = await customer.received(({ type }) => type === 'snapshot', after);
    const kept = 'messages' in snapshot ? snapshot.messages.map(({ id }) => id) : [];
    expect(kept).toEqual([...new Set(kept)]);
    expect(kept.slice(0, acknowledged.length)).toEqual(acknowledged);

    // Who got no answer sends it again with the same id.
    const open = sent.filter(({ id }) => !acknowledged.includes(id));
    for (const message of open) {
      customer.send(message);
      await hears(customer, message.id, after);
    }
    const all = [first.id, byHttp, ...sent.map(({ id }) => id)];
    const { data } = await api.call<Page>('GET', `${trackingPath(order)}/messages`);
    expect(data.map(({ id }) => id).reverse()).toEqual(all);
    const { reads } = await api.call<Page>('GET', `/v1/orders/${order.id}/messages`, { token: driver.token });
    expect(Object.keys(reads)).toEqual(['driver']);
    await nothingIsLeftToTell(rollout);
  },
);

test('without functions the sender is told so, nobody sees a ghost, and later it goes', LONG, async () => {
  const rollout = await startRollout();
  const { api, functions, proxy } = rollout;
  const { order, driver, manager } = await assignedOrder(rollout);
  const [customer, phone] = await joinAll(rollout, order, driver, manager);
  const before = { type: 'message', id: uuidv7(), text: 'Before' };
  customer.send(before);
  await hears(phone, before.id);

  await Promise.all(functions.map(({ program }) => program.end('SIGKILL')));
  const lost = { type: 'message', id: uuidv7(), text: 'Is anybody there?' };
  customer.send(lost);
  const refused = await customer.received((message) => message.type === 'error');
  expect(refused).toMatchObject({ code: 'not_stored', id: lost.id });
  phone.send({ type: 'ping' });
  await phone.received(({ type }) => type === 'pong');
  expect([...idsIn(customer), ...idsIn(phone)]).not.toContain(lost.id);

  for (const { start } of functions) start();
  await eventually(async () => functions.every(({ url }) => proxy.looks(url).at(-1) === 200) || undefined);
  const messages = async () => (await api.call<Page>('GET', `${trackingPath(order)}/messages`)).data;
  expect((await messages()).map(({ id }) => id)).toEqual([before.id]);
  customer.send(lost);
  expect(await hears(phone, lost.id)).toMatchObject({ text: lost.text });
  expect((await messages()).map(({ id }) => id)).toEqual([lost.id, before.id]);
});

type Page = { data: { id: string }[]; reads: Record<string, string> };

async function assignedOrder({ api }: Rollout) {
  const { manager, apiKey } = await openShop(api);
  const driver = await hireDriver(api, manager);
  const order = await createOrder(api, apiKey);
  await api.call('POST', `/v1/orders/${order.id}/assign`, { token: manager, body: { driverId: driver.id } });
  return { manager, apiKey, driver, order };
}

/** Customer, driver and manager, straight at the rooms: functions, which pass sockets on, may be away. */
async function joinAll(
  { api, realtime }: Rollout,
  order: OrderForManager,
  driver: Hired,
  manager: string,
): Promise<[JoinedRoom, JoinedRoom, JoinedRoom]> {
  const { host } = new URL(realtime.url);
  const join = async (path: string, token?: string): Promise<JoinedRoom> => {
    const address = await api.call<RoomAddress>('GET', path, token === undefined ? {} : { token });
    const room = joinRoom({ ...address, host });
    await room.received(({ type }) => type === 'snapshot');
    return room;
  };
  return [
    await join(`${trackingPath(order)}/room`),
    await join(`/v1/orders/${order.id}/room`, driver.token),
    await join(`/v1/orders/${order.id}/room`, manager),
  ];
}

const hears = (room: JoinedRoom, id: string, after = 0) =>
  room.received((message) => message.type === 'message' && message.id === id, after);

const idsIn = ({ messages }: JoinedRoom): string[] =>
  messages.flatMap((message) => (message.type === 'message' ? [message.id] : []));

async function nothingIsLeftToTell({ database }: Rollout): Promise<void> {
  const sql = postgres(database.ownerUrl, { max: 1, onnotice: () => {} });
  onTestFinished(() => sql.end());
  await eventually(async () => {
    const [row] = await sql`select (select count(*) from outbox)
      + (select count(*) from pgboss.job where name = 'room' and state <> 'completed') as left`;
    return Number(row?.left) === 0 || undefined;
  });
  const dead = await sql`select data from pgboss.job where name = 'room_dead'`;
  expect([...dead]).toEqual([]);
}
