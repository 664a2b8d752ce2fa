import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PIN_TRIES } from '../../domain/proof.ts';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import { act, addOrderIn, expectLogToFold, type Order, type Problem } from '../../tests/support/orders.ts';
import { picture } from '../proofs/pictures.fixture.ts';
import type { Proof } from '../proofs/proof.ts';

let app: TestApp;
let merchant: TestMerchant;
let driver: TestDriver;
beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
  driver = await app.addDriver(merchant.id);
});
afterAll(() => app.end());

type Who = { token: string };
type Refusal = Problem & { missing?: string[]; triesLeft?: number };

const atTheDoor = (proof: object, change: object = {}) =>
  addOrderIn(app, merchant, driver, 'arrived_at_dropoff', { proof, ...change });
const deliver = <T = Order>(id: string, change: object = {}, who: Who = driver) =>
  act<T>(app, who, id, 'status', { status: 'delivered', ...change });
const undo = (id: string) => act(app, driver, id, 'status', { status: 'arrived_at_dropoff' });
const statusOf = async (id: string) =>
  (await app.owner`select status from orders where id = ${id}`)[0]?.status;
const upload = async (id: string, kind = 'photo', who: Who = driver, seed = 0) => {
  const path = `/v1/orders/${id}/proofs?kind=${kind}`;
  const { status, body } = await app.request<Proof>('POST', path, {
    token: who.token,
    body: picture('image/png', seed),
  });
  expect(status).toBe(201);
  return body;
};
const pinOf = async ({ trackingUrl }: Order): Promise<string> => {
  const path = `/v1/tracking/${trackingUrl?.split('/t/')[1]}`;
  return (await app.request<{ pin: string }>('GET', path)).body.pin;
};
const wrongFor = (pin: string, n = 0): string => String((Number(pin) + 1 + n) % 10_000).padStart(4, '0');
const pinRow = async (id: string) => {
  const [row] =
    await app.owner`select failures, verified_at is not null as verified, overridden from order_pins
    where order_id = ${id}`;
  return row;
};
const auditOf = async (id: string) => [
  ...(await app.owner`select action, actor_type, details from audit_log where entity_id = ${id} order by created_at`),
];

describe('what an order demands', () => {
  test.each([
    [{ photo: true }, ['photo'], ['proof.photoIds']],
    [{ signature: true }, ['signature'], ['proof.signatureId']],
    [{ pin: true }, ['pin'], ['proof.pin']],
    [
      { photo: true, signature: true, pin: true },
      ['photo', 'signature', 'pin'],
      ['proof.photoIds', 'proof.signatureId', 'proof.pin'],
    ],
    [{ photo: false, pin: true }, ['pin'], ['proof.pin']],
  ])('%o is demanded at the delivery, of the manager and a key too', async (proof, missing, paths) => {
    const { id, version } = await atTheDoor(proof);
    const key = await app.addApiKey(merchant.id, ['orders:write']);
    for (const who of [driver, merchant, key]) {
      const { status, body } = await deliver<Refusal>(id, {}, who);
      expect({ status, missing: body.missing, paths: body.errors?.map(({ path }) => path) }).toEqual({
        status: 422,
        missing,
        paths,
      });
    }
    expect((await expectLogToFold(app, merchant, id)).length).toBe(version);
    expect(await statusOf(id)).toBe('arrived_at_dropoff');
  });

  test.each([null, {}, { photo: false }])('when it is %o is nothing', async (proof) => {
    const { id } = await atTheDoor(proof ?? {});
    expect((await deliver(id)).status).toBe(200);
  });

  test('is demanded of no other step', async () => {
    const { id } = await atTheDoor({ photo: true, signature: true, pin: true });
    expect((await act(app, driver, id, 'status', { status: 'failed', reason: 'r' })).status).toBe(200);
    expect((await act(app, driver, id, 'status', { status: 'returned' })).status).toBe(200);
  });

  test('is met by a photo, a signature and the PIN, and the log tells of them, but not the PIN', async () => {
    const order = await atTheDoor({ photo: true, signature: true, pin: true });
    const photo = await upload(order.id);
    const signature = await upload(order.id, 'signature');
    const pin = await pinOf(order);
    expect(pin).toMatch(/^\d{4}$/);
    const proof = { photoIds: [photo.id], signatureId: signature.id, pin, signedBy: 'Ana' };
    const { status, body } = await deliver(order.id, { proof });
    expect({ status, now: body.status }).toEqual({ status: 200, now: 'delivered' });
    const lines = await expectLogToFold(app, merchant, order.id);
    expect(lines.at(-1)).toMatchObject({
      proof: { photoIds: [photo.id], signatureId: signature.id, signedBy: 'Ana' },
    });
    expect(JSON.stringify(lines)).not.toContain('"pin"');
    expect(await pinRow(order.id)).toEqual({ failures: 0, verified: true, overridden: false });
    expect(await auditOf(order.id)).toEqual([]);
  });

  test('is met by what was uploaded since the driver got the order, though the step does not name it', async () => {
    const { id } = await atTheDoor({ photo: true });
    await upload(id);
    expect((await deliver(id)).status).toBe(200);
  });

  test('is not met by a photo of another kind, order or driver', async () => {
    const { id } = await atTheDoor({ photo: true });
    const other = await atTheDoor({ photo: true });
    const elsewhere = await upload(other.id);
    const signature = await upload(id, 'signature');
    const managers = await upload(id, 'photo', merchant);
    expect((await deliver<Refusal>(id)).body.missing).toEqual(['photo']);
    const { status, body } = await deliver<Refusal>(id, {
      proof: { photoIds: [signature.id, elsewhere.id, managers.id], signatureId: uuidv7() },
    });
    expect({ status, paths: body.errors?.map(({ path }) => path).sort() }).toEqual({
      status: 422,
      paths: ['proof.photoIds.0', 'proof.photoIds.1', 'proof.photoIds.2', 'proof.signatureId'],
    });
    expect((await deliver(id, {}, merchant)).status).toBe(200);
  });

  test('is demanded again after an undo and after a failure; what was shown before counts only when it is named', async () => {
    const order = await atTheDoor({ photo: true, pin: true });
    const { id } = order;
    const photo = await upload(id);
    const pin = await pinOf(order);
    expect((await deliver(id, { proof: { pin } })).status).toBe(200);
    expect((await undo(id)).status).toBe(200);
    expect(await pinRow(id)).toMatchObject({ verified: false });
    expect((await deliver<Refusal>(id)).body.missing).toEqual(['photo', 'pin']);
    expect((await deliver<Refusal>(id, { proof: { photoIds: [photo.id] } })).body.missing).toEqual(['pin']);
    await act(app, driver, id, 'status', { status: 'failed', reason: 'r' });
    await act(app, driver, id, 'status', { status: 'enroute_to_dropoff' });
    expect((await deliver<Refusal>(id, { proof: { pin } })).body.missing).toEqual(['photo']);
    await upload(id, 'photo', driver, 2);
    expect((await deliver(id, { proof: { pin } })).status).toBe(200);
  });

  test('does not hold back an order of the release before, which has no PIN that anybody could tell', async () => {
    const { id } = await atTheDoor({ pin: true });
    await app.owner`delete from order_pins where order_id = ${id}`;
    expect((await deliver(id)).status).toBe(200);
  });

  test('is not known to the release before, which goes on as it did', async () => {
    const { id } = await atTheDoor({ photo: true, pin: true }, { cashOnDelivery: 700 });
    const { hot } = app.deps.db;
    const [row] = await hot<[{ result: { outcome: string; order: Record<string, unknown> } }]>`
      select change_status(${merchant.id}, ${id}, 'delivered', ${['arrived_at_dropoff']}::order_status[],
        ${[]}::order_status[], 600, ${uuidv7()}, ${uuidv7()}, ${null}, ${null}, ${null}, 'driver', ${driver.userId},
        ${driver.id}, ${null}) as result`;
    expect(row.result).toMatchObject({
      outcome: 'done',
      order: { status: 'delivered', cash_collected: 700 },
    });
  });
});

describe('an override', () => {
  test('lets a manager or a key deliver without what is missing, and is audited', async () => {
    const key = await app.addApiKey(merchant.id, ['orders:write']);
    for (const [who, type] of [
      [merchant, 'manager'],
      [key, 'api_key'],
    ] as const) {
      const { id } = await atTheDoor({ photo: true, pin: true });
      const change = { override: { proof: true }, reason: 'Rang me up' };
      expect((await deliver(id, change, who)).status).toBe(200);
      expect(await auditOf(id)).toEqual([
        { action: 'order.proof_overridden', actor_type: type, details: { missing: ['photo', 'pin'] } },
      ]);
      expect(await pinRow(id)).toEqual({ failures: 0, verified: false, overridden: true });
    }
  });

  test('of what is not missing is none', async () => {
    const { id } = await atTheDoor({ photo: true });
    await upload(id);
    await deliver(id, { override: { proof: true }, reason: 'r' }, merchant);
    expect(await auditOf(id)).toEqual([]);
  });

  test('is no driver’s to give, needs a reason, and is for a delivery', async () => {
    const { id } = await atTheDoor({ photo: true });
    expect((await deliver(id, { override: { proof: true }, reason: 'r' })).status).toBe(403);
    const silent = await deliver<Problem>(id, { override: { proof: true } }, merchant);
    expect(silent).toMatchObject({ status: 400, body: { errors: [{ path: 'reason' }] } });
    const other = await act<Problem>(app, merchant, id, 'status', {
      status: 'failed',
      reason: 'r',
      override: { proof: true },
    });
    expect(other).toMatchObject({ status: 400, body: { errors: [{ path: 'override' }] } });
    expect(await statusOf(id)).toBe('arrived_at_dropoff');
  });
});

describe('the PIN', () => {
  test('may be wrong five times; then the right one does not help, and only a manager does', async () => {
    const order = await atTheDoor({ pin: true });
    const pin = await pinOf(order);
    for (let left = PIN_TRIES - 1; left >= 0; left--) {
      const { status, body } = await deliver<Refusal>(order.id, { proof: { pin: wrongFor(pin, left) } });
      expect({ status, triesLeft: body.triesLeft }).toEqual({ status: 422, triesLeft: left });
    }
    const late = await deliver<Refusal>(order.id, { proof: { pin } });
    expect(late).toMatchObject({ status: 422, body: { missing: ['pin'], triesLeft: 0 } });
    expect(late.body.errors?.[0]?.message).toContain('manager');
    expect((await deliver(order.id, { proof: { pin } }, merchant)).status).toBe(422);
    expect((await deliver(order.id, { override: { proof: true }, reason: 'r' }, merchant)).status).toBe(200);
  });

  test('that is right after wrong ones is taken, and the count starts anew', async () => {
    const order = await atTheDoor({ pin: true });
    const pin = await pinOf(order);
    await deliver(order.id, { proof: { pin: wrongFor(pin) } });
    expect(await pinRow(order.id)).toMatchObject({ failures: 1 });
    expect((await deliver(order.id, { proof: { pin } })).status).toBe(200);
    expect(await pinRow(order.id)).toEqual({ failures: 0, verified: true, overridden: false });
  });

  test('is not tried by who sends none, nor twice by the same update', async () => {
    const order = await atTheDoor({ pin: true });
    const pin = await pinOf(order);
    expect((await deliver<Refusal>(order.id)).body.triesLeft).toBe(PIN_TRIES);
    const updateId = uuidv7();
    for (const _ of [1, 2, 3]) {
      const { body } = await deliver<Refusal>(order.id, { updateId, proof: { pin: wrongFor(pin) } });
      expect(body.triesLeft).toBe(PIN_TRIES - 1);
    }
    const other = await deliver<Refusal>(order.id, { updateId, proof: { pin: wrongFor(pin, 1) } });
    expect(other.body.triesLeft).toBe(PIN_TRIES - 2);
  });

  test('tried by many phones at once is tried five times, no more', async () => {
    for (let round = 0; round < 5; round++) {
      const order = await atTheDoor({ pin: true });
      const pin = await pinOf(order);
      const wrong = Array.from({ length: 12 }, (_, n) =>
        deliver<Refusal>(order.id, { proof: { pin: wrongFor(pin, n) } }),
      );
      const answers = await Promise.all(wrong);
      expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(422));
      const left = answers.map(({ body }) => body.triesLeft).sort();
      expect(left).toEqual([...Array(8).fill(0), 1, 2, 3, 4]);
      expect(await pinRow(order.id)).toMatchObject({ failures: PIN_TRIES });
      expect((await deliver(order.id, { proof: { pin } })).status).toBe(422);
    }
  });

  test('told right by two phones at once delivers once', async () => {
    for (let round = 0; round < 10; round++) {
      const order = await atTheDoor({ pin: true });
      const pin = await pinOf(order);
      const answers = await Promise.all(
        [0, 1].map(() => deliver(order.id, { updateId: uuidv7(), proof: { pin } })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      await expectLogToFold(app, merchant, order.id);
      expect(await pinRow(order.id)).toEqual({ failures: 0, verified: true, overridden: false });
    }
  });

  test('taken without a network is looked at when it arrives', async () => {
    const order = await atTheDoor({ pin: true });
    const occurredAt = new Date(Date.now() - 1000).toISOString();
    const offline = { updateId: uuidv7(), occurredAt, proof: { pin: await pinOf(order) } };
    expect((await deliver(order.id, offline)).status).toBe(200);
    // And the phone that lost the answer is told the same.
    expect((await deliver(order.id, offline)).status).toBe(200);
  });

  test('is shown to the customer until the end, to a manager who asks, and to nobody else', async () => {
    const order = await atTheDoor({ pin: true });
    const pin = await pinOf(order);
    const ask = (token: string) =>
      app.request<Record<string, unknown>>('GET', `/v1/orders/${order.id}/pin`, { token });
    await deliver(order.id, { proof: { pin: wrongFor(pin) } });
    const shown = await ask(merchant.token);
    expect(shown).toMatchObject({
      status: 200,
      body: { pin, triesLeft: PIN_TRIES - 1, verifiedAt: null, overridden: false },
    });
    expect((await auditOf(order.id)).map(({ action }) => action)).toEqual(['order.pin_shown']);
    const key = await app.addApiKey(merchant.id, ['orders:read', 'orders:write']);
    for (const who of [driver, key]) expect((await ask(who.token)).status).toBe(403);
    expect((await ask((await app.addMerchant()).token)).status).toBe(404);
    await deliver(order.id, { proof: { pin } });
    expect(await pinOf(order)).toBeNull();
    const without = await atTheDoor({ photo: true });
    expect(await pinOf(without)).toBeNull();
    const none = await app.request('GET', `/v1/orders/${without.id}/pin`, { token: merchant.token });
    expect(none.status).toBe(404);
  });

  test('is nowhere that a driver, a room, a log or a dump could tell it', async () => {
    const logged: string[] = [];
    const { pino } = await import('pino');
    const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
    const own = await createTestApp({ log });
    try {
      const shop = await own.addMerchant();
      const ana = await own.addDriver(shop.id);
      const order = await addOrderIn(own, shop, ana, 'arrived_at_dropoff', { proof: { pin: true } });
      // Digits of our own choosing: four drawn ones may be found anywhere.
      const pin = '918273';
      const { mac, open } = own.deps.pins;
      await own.owner`update order_pins set mac = ${mac(order.id, pin)} where order_id = ${order.id}`;
      const [row] = await own.owner`select sealed from order_pins where order_id = ${order.id}`;
      expect(open(row?.sealed)).toMatch(/^\d{4}$/);
      const wrong = await act(own, ana, order.id, 'status', {
        status: 'delivered',
        proof: { pin: '918274' },
      });
      const right = await act(own, ana, order.id, 'status', { status: 'delivered', proof: { pin } });
      expect([wrong.status, right.status]).toEqual([422, 200]);
      const told = [wrong, right].map(({ body }) => body);
      const asked = ['', '/updates', '/proofs'].map(async (path) => {
        const { body } = await own.request('GET', `/v1/orders/${order.id}${path}`, { token: ana.token });
        return body;
      });
      const tables = await own.owner<{ name: string }[]>`
        select table_name as name from information_schema.columns
        where table_schema = 'public' and column_name = 'merchant_id'`;
      const stored = tables.map(({ name }) => own.owner`select to_jsonb(t) as row from ${own.owner(name)} t`);
      const all = JSON.stringify([told, await Promise.all(asked), await Promise.all(stored), logged]);
      for (const digits of [pin, '918274']) expect(all.includes(digits)).toBe(false);
      expect(JSON.stringify(told)).not.toContain('"pin":"');
    } finally {
      await own.end();
    }
  });

  test('of a secret that was lost is shown to nobody, breaks no page, and a manager helps', async () => {
    const order = await atTheDoor({ pin: true });
    await app.owner`update order_pins set sealed = 'x', mac = 'x' where order_id = ${order.id}`;
    expect(await pinOf(order)).toBeNull();
    const shown = await app.request('GET', `/v1/orders/${order.id}/pin`, { token: merchant.token });
    expect(shown.status).toBe(404);
    expect((await deliver(order.id, { override: { proof: true }, reason: 'r' }, merchant)).status).toBe(200);
  });

  test.each(['123', '1234567', '12a4', ''])('is no %j', async (pin) => {
    const { id } = await atTheDoor({ pin: true });
    const { status, body } = await deliver<Problem>(id, { proof: { pin } });
    expect({ status, path: body.errors?.[0]?.path }).toEqual({ status: 400, path: 'proof.pin' });
    expect(await pinRow(id)).toMatchObject({ failures: 0 });
  });

  test('is told at the delivery only', async () => {
    const { id } = await addOrderIn(app, merchant, driver, 'assigned', { proof: { pin: true } });
    const early = { status: 'picked_up', proof: { pin: '1234' } };
    const { status, body } = await act<Problem>(app, driver, id, 'status', early);
    expect({ status, path: body.errors?.[0]?.path }).toEqual({ status: 400, path: 'proof.pin' });
  });
});

describe('cash', () => {
  test('is what was due, unless the driver says otherwise', async () => {
    const exact = await atTheDoor({}, { cashOnDelivery: 45_000, total: 40_000, tip: 5_000 });
    expect((await deliver(exact.id)).body.cashCollected).toBe(45_000);
    const short = await atTheDoor({}, { cashOnDelivery: 45_000 });
    expect((await deliver(short.id, { cashCollected: 0 })).body.cashCollected).toBe(0);
    expect((await expectLogToFold(app, merchant, short.id)).at(-1)).toMatchObject({ cashCollected: 0 });
    const unasked = await atTheDoor({});
    expect((await deliver(unasked.id, { cashCollected: 300 })).body.cashCollected).toBe(300);
    const paid = await atTheDoor({});
    expect((await deliver(paid.id)).body.cashCollected).toBeNull();
  });

  test('goes back with the delivery that is taken back', async () => {
    const { id } = await atTheDoor({}, { cashOnDelivery: 45_000 });
    await deliver(id, { cashCollected: 44_000 });
    expect((await undo(id)).body.cashCollected).toBeNull();
    expect((await deliver(id)).body.cashCollected).toBe(45_000);
  });

  test('is told at the delivery, in whole units from 0', async () => {
    const { id } = await atTheDoor({});
    for (const cashCollected of [-1, 0.5, '1', null, 1e15]) {
      const { status, body } = await deliver<Problem>(id, { cashCollected });
      expect({ status, path: body.errors?.[0]?.path }).toEqual({ status: 400, path: 'cashCollected' });
    }
    const failed = { status: 'failed', reason: 'r', cashCollected: 1 };
    expect((await act<Problem>(app, driver, id, 'status', failed)).body.errors?.[0]?.path).toBe(
      'cashCollected',
    );
    expect(await statusOf(id)).toBe('arrived_at_dropoff');
  });
});
