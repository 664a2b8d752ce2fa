import { decodeJwt } from 'jose';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHAT_MS_AFTER_END } from '../../domain/messages.ts';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import { act, addOrder, addOrderIn, type Problem } from '../../tests/support/orders.ts';
import { chatOf, linkOf, type Message, speaks } from './conversation.fixture.ts';

let app: TestApp;
let merchant: TestMerchant;
let ana: TestDriver;
let woken = 0;

beforeAll(async () => {
  app = await createTestApp({ wakeRelay: () => woken++ });
  merchant = await app.addMerchant();
  ana = await app.addDriver(merchant.id);
});
afterAll(() => app.end());

/** An order on its way with Ana, and its chat. */
async function talk() {
  const order = await addOrderIn(app, merchant, ana, 'picked_up');
  return { order, ...chatOf(app, merchant.id, order) };
}
const facts = (id: string) => app.owner`select topic, version, payload from outbox where entity_id = ${id}`;

describe('a message', () => {
  test('of each side is read by all of them, newest first, and says of nobody who they are', async () => {
    const { order, write, list } = await talk();
    const key = await app.addApiKey(merchant.id, ['orders:read', 'orders:write']);
    const written: Message[] = [];
    for (const [token, text] of [
      [null, 'Second floor'],
      [ana.token, 'At the door'],
      [merchant.token, 'Any trouble?'],
      [key.token, 'From the web shop'],
    ] as const) {
      const { status, body } = await write(token, text);
      expect({ status, text: body.text }).toEqual({ status: 201, text });
      written.unshift(body);
    }
    expect(written.map(({ from }) => from)).toEqual(['manager', 'manager', 'driver', 'customer']);
    for (const token of [null, ana.token, merchant.token, key.token]) {
      const { status, body } = await list(token);
      expect(status).toBe(200);
      expect(body).toEqual({ data: written, nextCursor: null, reads: {} });
    }
    const { headers, body } = await list(null);
    expect(headers.get('Cache-Control')).toBe('private, no-store');
    for (const secret of [merchant.id, merchant.userId, ana.id, ana.userId, key.id, 'Pérez', order.id]) {
      expect(JSON.stringify(body)).not.toContain(secret);
    }
  });

  test('leaves with itself what others must hear of, and wakes the relay', async () => {
    const { order, write } = await talk();
    woken = 0;
    const { body } = await write(ana.token, ' At the door\n');
    const payload = {
      id: body.id,
      merchant_id: merchant.id,
      order_id: order.id,
      sender: 'driver',
      sender_id: ana.userId,
      text: 'At the door',
      created_at: expect.any(String),
    };
    expect(await facts(body.id)).toEqual([{ topic: 'message', version: 1, payload }]);
    expect(woken).toBe(1);
  });

  test('with the same id twice is one message; ours is the id of one without', async () => {
    const { write, list } = await talk();
    const id = uuidv7();
    const answers = await Promise.all([1, 2, 3].map(() => write(null, 'Hello', id)));
    for (const { status, body } of answers) {
      expect({ status, body }).toEqual({ status: 201, body: answers[0]?.body });
    }
    expect((await list(null)).body.data).toHaveLength(1);
    expect(await facts(id)).toHaveLength(1);
    const path = (await talk()).order.id;
    const { body } = await app.request<Message>('POST', `/v1/orders/${path}/messages`, {
      token: merchant.token,
      body: { text: 'No id' },
    });
    expect(body).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), from: 'manager' });
  });

  test('with the id of another text, sender or order is refused and changes nothing', async () => {
    const { write, list } = await talk();
    const other = await talk();
    const id = uuidv7();
    const { body: first } = await write(null, 'Hello', id);
    const refused = [
      await write<Problem>(null, 'Goodbye', id),
      await write<Problem>(ana.token, 'Hello', id),
      await other.write<Problem>(null, 'Hello', id),
    ];
    for (const { status, body } of refused) {
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'conflict' });
    }
    expect((await list(null)).body.data).toEqual([first]);
    expect((await other.list(null)).body.data).toEqual([]);
    const key = await app.addApiKey(merchant.id, ['orders:write']);
    const { body: mine } = await write(merchant.token, 'Hello');
    // Another of the same side.
    expect((await write(key.token, 'Hello', mine.id)).status).toBe(409);
    expect(await facts(id)).toHaveLength(1);
  });

  test('may have an id that another merchant has used', async () => {
    const { write } = await talk();
    const stranger = await app.addMerchant();
    const theirs = chatOf(app, stranger.id, await addOrder(app, stranger));
    const id = uuidv7();
    await write(null, 'Hello', id);
    expect((await theirs.write(null, 'Hola', id)).body).toMatchObject({ id, text: 'Hola' });
  });

  test.each([
    ['text', {}],
    ['text', { text: '  ' }],
    ['text', { text: 'x'.repeat(1001) }],
    ['text', { text: 'a\0b' }],
    ['id', { id: 'mine', text: 'Hello' }],
    ['from', { text: 'Hello', from: 'manager' }],
  ])('that is none (%s) is refused with the path', async (path, body) => {
    const { order, list } = await talk();
    for (const [to, token] of [
      [`${linkOf(order)}/messages`, undefined],
      [`/v1/orders/${order.id}/messages`, ana.token],
    ] as const) {
      const answer = await app.request<Problem>('POST', to, { body, ...(token ? { token } : {}) });
      expect({ status: answer.status, errors: answer.body.errors?.map((error) => error.path) }).toEqual({
        status: 400,
        errors: [path],
      });
    }
    expect((await list(null)).body.data).toEqual([]);
  });

  test('is one of at most twenty a minute of a sender, however they come', async () => {
    const { write, store } = await talk();
    const statuses: number[] = [];
    for (let i = 0; i < 21; i++) {
      const { status } = i % 2 === 0 ? await write(null, `${i}`) : await store({ from: 'customer' }, `${i}`);
      statuses.push(status);
    }
    expect(statuses.slice(0, 20).every((status) => status < 300)).toBe(true);
    expect(statuses[20]).toBe(429);
    expect(Number((await write(null, 'again')).headers.get('Retry-After'))).toBeGreaterThan(0);
    // Others of the same chat, and the same customer's other orders, go on.
    expect((await write(ana.token, 'Calm down')).status).toBe(201);
    expect((await (await talk()).write(null, 'Hello')).status).toBe(201);
  });
});

describe('who may write', () => {
  test('a driver while the order is theirs; who takes it over reads all that was said', async () => {
    const { order, write, list, store } = await talk();
    const beto = await app.addDriver(merchant.id, 'Beto');
    const { body: said } = await write(ana.token, 'At the door');
    expect((await write(beto.token, 'Me too')).status).toBe(404);
    expect((await list(beto.token)).status).toBe(404);
    await act(app, merchant, order.id, 'assign', { driverId: beto.id, replaces: ana.id });
    expect((await list(beto.token)).body.data).toEqual([said]);
    expect((await write(beto.token, 'I have it now')).status).toBe(201);
    expect((await store(speaks(ana), 'Still here')).status).toBe(404);
    expect([(await write(ana.token, 'Still here')).status, (await list(ana.token)).status]).toEqual([
      404, 404,
    ]);
  });

  test('customer and managers until a day after the end, the driver until the end; a repeat is no writing', async () => {
    const { write, list, age } = await talk();
    const id = uuidv7();
    await write(ana.token, 'Before the end', id);
    await age('delivered', CHAT_MS_AFTER_END - 60_000);
    const late = await write<Problem>(ana.token, 'Thanks');
    expect({ status: late.status, code: late.body.code }).toEqual({ status: 409, code: 'conflict' });
    expect((await write(ana.token, 'Before the end', id)).status).toBe(201);
    expect((await write(null, 'My bag?')).status).toBe(201);
    expect((await write(merchant.token, 'We have it')).status).toBe(201);
    await age('delivered', CHAT_MS_AFTER_END + 1000);
    for (const token of [null, ana.token, merchant.token]) {
      expect((await write(token, 'Too late')).status).toBe(409);
    }
    // It can still be read.
    expect((await list(null)).body.data).toHaveLength(3);
  });

  test('an API key with orders:write; one with orders:read only reads', async () => {
    const { order, write, list } = await talk();
    const reader = await app.addApiKey(merchant.id, ['orders:read']);
    expect([(await write(reader.token, 'Hi')).status, (await list(reader.token)).status]).toEqual([403, 200]);
    // What it may not do over HTTP it may not do in the room either.
    const writer = await app.addApiKey(merchant.id, ['orders:read', 'orders:write']);
    for (const [token, readOnly] of [
      [reader.token, true],
      [writer.token, undefined],
      [merchant.token, undefined],
      [ana.token, undefined],
    ] as const) {
      const room = await app.request<{ token: string }>('GET', `/v1/orders/${order.id}/room`, { token });
      expect(decodeJwt(room.body.token).readOnly).toBe(readOnly);
    }
  });

  test('nobody by a link that is unknown or was renewed', async () => {
    const { order, write, list } = await talk();
    const path = `/v1/orders/${order.id}/tracking/renew`;
    expect((await app.request('POST', path, { token: merchant.token })).status).toBe(200);
    expect([(await write(null, 'Hi')).status, (await list(null)).status]).toEqual([404, 404]);
    expect((await app.request('GET', '/v1/tracking/nothing/messages')).status).toBe(404);
  });
});

describe('a long chat', () => {
  test('comes in pages, and a room gets its newest fifty, oldest first', async () => {
    const { order, list, load } = await talk();
    const rows = Array.from({ length: 60 }, (_, i) => ({
      merchant_id: merchant.id,
      // As a client makes them: in no order. Two of each time.
      id: crypto.randomUUID(),
      order_id: order.id,
      sender: 'customer',
      text: `${i}`,
      created_at: new Date(Date.now() - Math.floor((60 - i) / 2) * 1000),
    }));
    await app.owner`insert into messages ${app.owner(rows)}`;
    const seen: string[] = [];
    for (let query = '?limit=7'; ; ) {
      const { body } = await list(ana.token, query);
      seen.push(...body.data.map(({ id }) => id));
      if (body.nextCursor === null) break;
      query = `?limit=7&cursor=${body.nextCursor}`;
    }
    const expected = rows
      .toSorted((a, b) => b.created_at.getTime() - a.created_at.getTime() || (a.id < b.id ? 1 : -1))
      .map(({ id }) => id);
    expect(seen).toEqual(expected);
    const { body } = await load();
    expect(body.messages.map(({ id }) => id)).toEqual(expected.slice(0, 50).reverse());
    expect((await list<Problem>(ana.token, '?cursor=x')).status).toBe(400);
    expect((await list<Problem>(ana.token, '?limit=101')).status).toBe(400);
  });
});

describe('what rooms ask', () => {
  test('stores what a socket sent, as whoever it is', async () => {
    const { order, store, load } = await talk();
    const maria = { from: 'manager', senderId: merchant.userId };
    const stored = [
      (await store({ from: 'customer' }, 'One')).body,
      (await store(speaks(ana), 'Two')).body,
      (await store(maria, 'Three')).body,
    ];
    expect((await load()).body).toEqual({ messages: stored, reads: {} });
    const rows =
      await app.owner`select sender, sender_id from messages where order_id = ${order.id} order by created_at`;
    expect(rows).toEqual([
      { sender: 'customer', sender_id: null },
      { sender: 'driver', sender_id: ana.userId },
      { sender: 'manager', sender_id: merchant.userId },
    ]);
  });

  test('keeps how far each side has read, and never goes back', async () => {
    const { store, read, load, list } = await talk();
    const { body: first } = await store({ from: 'customer' }, 'One');
    const { body: second } = await store({ from: 'customer' }, 'Two');
    await app.owner`update messages set created_at = created_at - interval '1 minute' where id = ${first.id}`;
    expect(await read(speaks(ana), second.id)).toMatchObject({
      status: 200,
      body: { by: 'driver', upTo: second.at },
    });
    expect((await read(speaks(ana), first.id)).body.upTo).toBe(second.at);
    expect((await load()).body.reads).toEqual({ driver: second.at });
    expect((await list(null)).body.reads).toEqual({ driver: second.at });
    const other = await talk();
    expect((await other.read(speaks(ana), second.id)).status).toBe(404);
    const beto = await app.addDriver(merchant.id, 'Beto');
    expect((await read(speaks(beto), second.id)).status).toBe(404);
  });

  test('of another merchant’s order finds nothing', async () => {
    const { order, store } = await talk();
    const { body: message } = await store({ from: 'customer' }, 'One');
    const stranger = await app.addMerchant();
    const foreign = chatOf(app, stranger.id, order);
    expect((await foreign.store({ from: 'manager', senderId: stranger.userId }, 'Two')).status).toBe(404);
    expect((await foreign.read({ from: 'customer' }, message.id)).status).toBe(404);
    expect((await foreign.load()).body).toEqual({ messages: [], reads: {} });
  });

  test.each([
    ['text', { speaker: { from: 'customer' }, text: '' }],
    ['speaker.driverId', { speaker: { from: 'driver', senderId: uuidv7() }, text: 'Hi' }],
    ['speaker.from', { speaker: { from: 'nobody' }, text: 'Hi' }],
  ])('names the path of what is wrong: %s', async (path, part) => {
    const { status, body } = await app.request<Problem>('POST', `/internal/messages/${merchant.id}`, {
      token: await app.serviceToken(),
      body: { orderId: uuidv7(), id: uuidv7(), ...part },
    });
    expect({ status, errors: body.errors?.map((error) => error.path) }).toEqual({
      status: 400,
      errors: [path],
    });
  });

  test('says of a fleet which of its orders have a chat', async () => {
    const own = await app.addMerchant();
    const [talked, , ended] = [await addOrder(app, own), await addOrder(app, own), await addOrder(app, own)];
    for (const order of [talked, ended]) {
      for (const text of ['Hi', 'Hello?']) await chatOf(app, own.id, order).write(null, text);
    }
    await act(app, own, ended.id, 'cancel', { reason: 'Closed' });
    const { body } = await app.request<{ chats: string[] }>('GET', `/internal/fleet/${own.id}`, {
      token: await app.serviceToken(),
    });
    expect(body.chats).toEqual([talked.id]);
  });
});

describe('an end', () => {
  test('after thirty days, with what was read of it', async () => {
    const [old, young] = [await talk(), await talk()];
    for (const { store, read } of [old, young]) {
      const { body } = await store({ from: 'customer' }, 'Hello');
      await read(speaks(ana), body.id);
    }
    const { body: kept } = await young.store({ from: 'customer' }, 'Later');
    const aged = [old.order.id, young.order.id];
    await app.owner`update messages set created_at = now() - interval '721 hours'
      where order_id = any (${aged}) and id <> ${kept.id}`;
    await app.owner`select remove_expired('{"messages": 30}')`;
    expect((await old.load()).body).toEqual({ messages: [], reads: {} });
    expect((await young.load()).body).toEqual({ messages: [kept], reads: { driver: expect.any(String) } });
  });

  test('with the customer’s erasure, of which rooms hear where something was said', async () => {
    const { order, write, list, age } = await talk();
    const silent = await addOrderIn(app, merchant, ana, 'picked_up');
    await write(null, 'My name is Ana');
    await age('delivered', 3_600_000);
    await chatOf(app, merchant.id, silent).age('delivered', 3_600_000);
    const path = `/v1/customers/${order.customerId}`;
    // The merchant's one customer: what else of theirs is under way ends first.
    await app.owner`update orders set status = 'cancelled', status_at = now() - interval '1 hour'
      where customer_id = ${order.customerId} and status <> 'delivered'`;
    expect((await app.request('DELETE', path, { token: merchant.token })).status).toBe(204);
    expect((await list(merchant.token)).body.data).toEqual([]);
    const erased = await app.owner`select topic, payload from outbox
      where topic = 'chat_erased' and entity_id = any (${[order.id, silent.id]})`;
    expect(erased).toEqual([{ topic: 'chat_erased', payload: {} }]);
  });
});
