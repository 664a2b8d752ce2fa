import { uuidv7 } from 'uuidv7';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeFunctions } from './fake-functions.ts';
import { fixAt, Merchant } from './merchant.ts';
import { PATIENCE, RoomClient } from './room-client.ts';
import { onNode, onWorkerd, type Rooms, type RoomsOptions, whyNoWorkerd } from './runtimes.ts';

const PUBLIC_URL = 'https://deliveries.example';
const missing = whyNoWorkerd();

describe('rooms on Node', () => conformance(onNode));

// On a developer's machine without it (glibc before 2.35) this is one named skip; where it must not be missed, a failure.
describe.skipIf(missing !== null && !process.env.CI)('rooms on workerd', () => conformance(onWorkerd));

function conformance(start: (options: RoomsOptions) => Promise<Rooms>): void {
  let functions: FakeFunctions;
  let rooms: Rooms;
  let shop: Merchant;

  beforeAll(async () => {
    functions = await new FakeFunctions().start();
    rooms = await start({ functions: functions.origin, publicUrl: PUBLIC_URL, flushMs: 200 });
  });
  afterAll(async () => {
    await rooms?.stop();
    await functions.stop();
  });
  beforeEach(() => {
    functions.failing = null;
    functions.chatFailing = null;
    functions.answerAfter = Promise.resolve();
    shop = new Merchant(functions, rooms);
  });
  afterEach(() => shop.leave());

  describe('letting in', () => {
    test.each([
      ['no token', ''],
      ['nonsense', 'a.b.c'],
    ])('%s is accepted and then closed with 4401', async (_, token) => {
      await (await shop.manager({ token })).closedWith(4401);
    });

    test('an expired token and one for the API are closed with 4401', async () => {
      await (await shop.manager({ expiresIn: -10 })).closedWith(4401);
      await (await shop.manager({ audience: 'dropmate:api' })).closedWith(4401);
    });

    test('a token for another room, party or merchant is closed with 4403', async () => {
      const [one, two] = [shop.order(), shop.order()];
      const forOne = {
        merchant: shop.id,
        party: 'delivery-room',
        room: one.id,
        audience: 'customer',
      } as const;
      const token = await functions.roomToken(forOne);
      await (await shop.customer(two, { token })).closedWith(4403);
      await (await shop.manager({ token })).closedWith(4403);
      const other = new Merchant(functions, rooms);
      const foreign = await functions.roomToken({ ...forOne, merchant: other.id });
      await (await shop.customer(one, { token: foreign })).closedWith(4403);
    });

    test('a driver who has not got the order, and a driver nobody knows, are closed with 4403', async () => {
      const [ana, beto] = [shop.driver(), shop.driver()];
      const order = shop.order({ status: 'assigned', driverId: ana.id });
      await (await shop.driverOf(order, beto)).closedWith(4403);
      await (await shop.driverOf(order, ana)).nth('snapshot');
      const gone = { ...ana, id: '0192a000-0000-7000-8000-00000000dead' };
      // The room may have asked functions just now; then it invites to come back.
      await vi.waitFor(async () => {
        const client = await shop.drive(gone);
        await vi.waitFor(() => expect(client.closeCode).not.toBeNull(), PATIENCE);
        expect(client.closeCode).toBe(4403);
      }, PATIENCE);
    });

    test('a page of a stranger is closed with 4403, our own pages and programs are let in', async () => {
      const from = (origin: string) => shop.manager({ headers: { origin } });
      await (await from('https://evil.example')).closedWith(4403);
      await (await from('null')).closedWith(4403);
      await (await from(PUBLIC_URL)).nth('snapshot');
      await (await from(rooms.origin)).nth('snapshot');
      await (await shop.manager()).nth('snapshot');
    });

    test('an order that is not known yet is asked for anew', async () => {
      await (await shop.manager()).nth('snapshot');
      const order = shop.order();
      await vi.waitFor(async () => {
        const client = await shop.customer(order);
        await vi.waitFor(() => expect(client.closeCode ?? client.messages[0]).not.toBeUndefined(), PATIENCE);
        expect(client.messages[0]).toMatchObject({ type: 'snapshot', order: { id: order.id } });
      }, PATIENCE);
    });

    test('while the fleet cannot be loaded sockets are closed with 1013 and events get 503', async () => {
      functions.failing = 500;
      const order = shop.order();
      await (await shop.manager()).closedWith(1013);
      await (await shop.customer(order)).closedWith(1013);
      expect((await functions.post(rooms.origin, shop.id, { type: 'order', order })).status).toBe(503);
      functions.failing = null;
      await vi.waitFor(
        async () => expect(await shop.post({ type: 'order', order })).toMatchObject({ ok: true }),
        {
          ...PATIENCE,
          interval: 100,
        },
      );
      await (await shop.manager()).nth('snapshot');
    });

    test('two sockets that name the same connection id are two', async () => {
      const query = { _pk: 'mine' };
      const [one, two] = [await shop.manager({ query }), await shop.manager({ query })];
      await one.nth('snapshot');
      await two.nth('snapshot');
      one.close();
      await one.closedWith(1000);
      await two.settled();
      await shop.post({ type: 'order', order: shop.unknownOrder() });
      await two.nth('order');
    });
  });

  describe('snapshots', () => {
    test('come first, and show each audience what it may see', async () => {
      const [ana, beto] = [shop.driver(), shop.driver({ name: 'Beto' })];
      const mine = shop.order({ status: 'picked_up', driverId: ana.id });
      const others = shop.order({ status: 'assigned', driverId: beto.id });

      const manager = await (await shop.manager()).nth('snapshot');
      expect(manager).toMatchObject({ v: 1, recovered: false });
      expect('drivers' in manager && manager.drivers.map((d) => d.id)).toEqual([ana.id, beto.id]);
      expect('orders' in manager && manager.orders.map((o) => o.id)).toEqual([mine.id, others.id]);

      const driver = await (await shop.drive(ana)).nth('snapshot');
      expect('drivers' in driver && driver.drivers.map((d) => d.id)).toEqual([ana.id]);
      expect('orders' in driver && driver.orders.map((o) => o.id)).toEqual([mine.id]);
      expect(JSON.stringify(driver)).not.toContain('/t/');

      const customer = await shop.customer(mine);
      const snapshot = await customer.nth('snapshot');
      expect(snapshot).toMatchObject({
        order: { id: mine.id, status: 'picked_up' },
        driver: { name: 'Ana', vehicleType: 'bicycle' },
        messages: [],
        recovered: false,
      });
      for (const secret of [ana.id, 'Pérez', 'for the driver', '+598', '/t/']) {
        expect(JSON.stringify(snapshot)).not.toContain(secret);
      }
      expect(customer.messages[0]).toBe(snapshot);
    });

    test('a customer whose order is not the next stop sees no driver', async () => {
      const ana = shop.driver({ location: { ...fixAt(1), heading: null, speed: null } });
      shop.order({ status: 'picked_up', driverId: ana.id, stopSequence: 1 });
      const later = shop.order({ status: 'picked_up', driverId: ana.id, stopSequence: 2 });
      const waiting = shop.order({ status: 'enroute_to_pickup', driverId: shop.driver().id });
      for (const order of [later, waiting]) {
        const snapshot = await (await shop.customer(order)).nth('snapshot');
        expect(snapshot).toMatchObject({ driver: null, location: null });
      }
    });
  });

  describe('fixes', () => {
    test('reach the manager, and the customer only on her leg', async () => {
      const ana = shop.driver();
      const first = shop.order({ status: 'enroute_to_dropoff', driverId: ana.id, stopSequence: 1 });
      const second = shop.order({ status: 'picked_up', driverId: ana.id, stopSequence: 2 });
      const [manager, driver] = [await shop.manager(), await shop.drive(ana)];
      const [carla, dora] = [await shop.customer(first), await shop.customer(second)];
      for (const client of [manager, driver, carla, dora]) await client.nth('snapshot');

      driver.send({ type: 'fix', seq: 1, ...fixAt(3, { heading: 90 }) });
      const expected = { driverId: ana.id, heading: 90, speed: null, source: 'app' };
      expect(await carla.nth('location')).toMatchObject(expected);
      expect(await manager.nth('location')).toMatchObject(expected);
      expect((await dora.settled()).of('location')).toEqual([]);

      await shop.post({ type: 'order', order: { ...first, status: 'delivered', version: 2 } });
      expect(await carla.nth('status')).toMatchObject({
        order: { status: 'delivered' },
        driver: null,
        location: null,
      });
      const turn = await dora.nth('status');
      expect(turn).toMatchObject({ driver: { name: 'Ana' }, location: { driverId: ana.id, heading: 90 } });
      driver.send({ type: 'fix', seq: 2, ...fixAt(1) });
      await dora.nth('location');
      expect((await carla.settled()).of('location')).toHaveLength(1);
      expect((await driver.settled()).of('location')).toEqual([]);
    });

    test('of a phone tracker are judged and counted, and only the good ones are shown', async () => {
      const ana = shop.driver();
      const order = shop.order({ status: 'enroute_to_dropoff', driverId: ana.id });
      const carla = await shop.customer(order);
      await carla.nth('snapshot');
      const fixes = (...list: ReturnType<typeof fixAt>[]) =>
        shop.post({ type: 'fixes', driverId: ana.id, source: 'owntracks', fixes: list });
      const good = fixAt(10);
      expect(await fixes(good)).toEqual({ ok: true, fixes: { accepted: 1 } });
      await carla.nth('location');
      expect(
        await fixes(good, fixAt(20), fixAt(-120), fixAt(1200), fixAt(5, { lat: -33 }), fixAt(9.5)),
      ).toEqual({
        ok: true,
        fixes: { duplicate: 1, out_of_order: 1, future: 1, stale: 1, impossible: 1, accepted: 1 },
      });
      const shown = await carla.nth('location', 2);
      expect(shown.source).toBe('owntracks');
      expect((await carla.settled()).of('location')).toHaveLength(2);
      expect(await shop.post({ type: 'fixes', driverId: order.id, source: 'osmand', fixes: [good] })).toEqual(
        {
          ok: true,
          fixes: { unknown_driver: 1 },
        },
      );
    });

    test('of a driver are judged as well', async () => {
      const ana = shop.driver();
      const [manager, driver] = [await shop.manager(), await shop.drive(ana)];
      await manager.nth('snapshot');
      await driver.nth('snapshot');
      const good = fixAt(10);
      for (const fix of [good, good, fixAt(30), fixAt(-120), fixAt(3000), fixAt(1, { lat: 0 })]) {
        driver.send({ type: 'fix', seq: 1, ...fix });
      }
      await driver.settled();
      await manager.nth('location');
      driver.send({ type: 'fix', seq: 2, ...fixAt(9) });
      expect((await manager.nth('location', 2)).lat).toBeCloseTo(fixAt(9).lat, 6);
      expect((await manager.settled()).of('location')).toHaveLength(2);
    });

    test('of a driver off shift without an order are dropped and counted, whoever sends them', async () => {
      const ana = shop.driver({ status: 'offline' });
      const [manager, driver] = [await shop.manager(), await shop.drive(ana)];
      for (const client of [manager, driver]) await client.nth('snapshot');
      driver.send({ type: 'fix', seq: 1, ...fixAt(9) });
      await driver.settled();
      const tracked = (fix: ReturnType<typeof fixAt>) =>
        shop.post({ type: 'fixes', driverId: ana.id, source: 'osmand', fixes: [fix] });
      expect(await tracked(fixAt(8))).toEqual({ ok: true, fixes: { off_shift: 1 } });

      await shop.post({ type: 'driver', driver: { ...ana, status: 'available', version: 2 } });
      expect(await tracked(fixAt(5))).toEqual({ ok: true, fixes: { accepted: 1 } });
      expect((await manager.nth('location')).lat).toBeCloseTo(fixAt(5).lat, 4);
      expect(manager.of('location')).toHaveLength(1);
      await vi.waitFor(() => {
        const trails = (functions.flushes.get(shop.id) ?? []).flatMap((flush) => flush.trails);
        expect(trails).toHaveLength(1);
      }, PATIENCE);
    });

    test('of a driver who ended the shift with an order yet to bring are taken', async () => {
      const ana = shop.driver({ status: 'offline' });
      shop.order({ status: 'failed', driverId: ana.id });
      expect(
        await shop.post({ type: 'fixes', driverId: ana.id, source: 'osmand', fixes: [fixAt(1)] }),
      ).toEqual({ ok: true, fixes: { accepted: 1 } });
    });

    test('are for drivers to send: a manager is refused, a delivery room knows none', async () => {
      const order = shop.order();
      const [manager, customer] = [await shop.manager(), await shop.customer(order)];
      for (const client of [manager, customer]) await client.nth('snapshot');
      manager.send({ type: 'fix', seq: 1, ...fixAt(1) });
      customer.send({ type: 'fix', seq: 1, ...fixAt(1) });
      expect(await manager.nth('error')).toMatchObject({ code: 'forbidden' });
      expect(await customer.nth('error')).toMatchObject({ code: 'unknown_type' });
    });

    test('come to a dispatcher at most four times a second, the last of them surely', async () => {
      const ana = shop.driver();
      const [manager, driver] = [await shop.manager(), await shop.drive(ana)];
      await manager.nth('snapshot');
      await driver.nth('snapshot');
      for (let i = 15; i > 0; i--) driver.send({ type: 'fix', seq: i, ...fixAt(i) });
      await vi.waitFor(() => {
        expect(manager.of('location').at(-1)?.lat).toBeCloseTo(fixAt(1).lat, 6);
      }, PATIENCE);
      expect(manager.of('location').length).toBeLessThan(10);
    });

    test('are written behind with the last location and the new ETA, and that is told', async () => {
      const ana = shop.driver();
      const order = shop.order({ status: 'enroute_to_dropoff', driverId: ana.id });
      const [carla, manager, driver] = [
        await shop.customer(order),
        await shop.manager(),
        await shop.drive(ana),
      ];
      for (const client of [carla, manager, driver]) await client.nth('snapshot');
      functions.failing = 500;
      driver.send({ type: 'fix', seq: 1, ...fixAt(2) });
      const range = { from: expect.any(String), to: expect.any(String) };
      expect(await carla.nth('eta')).toMatchObject({ eta: range });
      expect(await manager.nth('eta')).toMatchObject({
        orderId: order.id,
        eta: { pickup: null, dropoff: range },
      });
      expect(await driver.nth('eta')).toMatchObject({ orderId: order.id });
      driver.send({ type: 'fix', seq: 2, ...fixAt(1) });
      await driver.settled();
      functions.failing = null;
      await vi.waitFor(() => {
        const written = functions.flushes.get(shop.id) ?? [];
        expect(written.flatMap((f) => f.trails.map((t) => t.driverId))).toContain(ana.id);
        expect(written.flatMap((f) => f.etas)).toContainEqual({
          orderId: order.id,
          eta: { pickup: null, dropoff: range },
        });
        const last = written.flatMap((f) => f.locations).at(-1);
        expect(last?.lat).toBeCloseTo(fixAt(1).lat, 4);
      }, PATIENCE);
    });
  });

  describe('orders', () => {
    test('events are guarded by their version: old and repeated ones change nothing', async () => {
      const order = shop.order({ version: 5 });
      const [manager, customer] = [await shop.manager(), await shop.customer(order)];
      for (const client of [manager, customer]) await client.nth('snapshot');
      const post = (version: number, notes: string) =>
        shop.post({
          type: 'order',
          order: { ...order, status: 'cancelled', reason: 'gone', version, notes },
        });
      expect(await post(4, 'older')).toEqual({ ok: true, changed: false });
      expect(await post(5, 'same')).toEqual({ ok: true, changed: false });
      expect(await post(6, 'newer')).toEqual({ ok: true, changed: true });
      expect(await post(6, 'repeated')).toEqual({ ok: true, changed: false });
      expect(await post(5, 'late, after the order has ended')).toEqual({ ok: true, changed: false });
      await manager.settled();
      await customer.settled();
      expect(manager.of('order').map((m) => 'notes' in m.order && m.order.notes)).toEqual(['newer']);
      expect(customer.of('status').map((m) => m.order.status)).toEqual(['cancelled']);
    });

    test('handed to another driver are not written with the ETA of the former one', async () => {
      const ana = shop.driver();
      const beto = shop.driver();
      const order = shop.order({ status: 'picked_up', driverId: ana.id });
      const driver = await shop.drive(ana);
      await driver.nth('snapshot');
      functions.failing = 500;
      driver.send({ type: 'fix', seq: 1, ...fixAt(1) });
      // Estimated, and waiting to be written.
      await driver.nth('eta');
      await shop.post({ type: 'order', order: { ...order, driverId: beto.id, version: 2 } });
      functions.failing = null;
      await vi.waitFor(() => expect(functions.flushes.get(shop.id)).toBeDefined(), PATIENCE);
      const etas = (functions.flushes.get(shop.id) ?? []).flatMap((flush) => flush.etas);
      expect(etas).toEqual([{ orderId: order.id, eta: { pickup: null, dropoff: null } }]);
    });

    test('handed to another driver close the former one’s socket with 4403', async () => {
      const [ana, beto] = [shop.driver(), shop.driver({ name: 'Beto Díaz' })];
      const order = shop.order({ status: 'picked_up', driverId: ana.id });
      const [former, customer] = [await shop.driverOf(order, ana), await shop.customer(order)];
      const [fleetAna, fleetBeto] = [await shop.drive(ana), await shop.drive(beto)];
      for (const client of [former, customer, fleetAna, fleetBeto]) await client.nth('snapshot');
      await shop.post({ type: 'order', order: { ...order, driverId: beto.id, version: 2 } });
      await former.closedWith(4403);
      expect(await customer.nth('status')).toMatchObject({ driver: { name: 'Beto' }, location: null });
      expect(await fleetBeto.nth('order')).toMatchObject({ order: { id: order.id } });
      expect(await fleetAna.nth('snapshot', 2)).toMatchObject({ orders: [] });
      expect(fleetAna.of('order')).toEqual([]);
      await (await shop.driverOf(order, beto)).nth('snapshot');
    });

    test('a driver who is removed leaves the map and the rooms', async () => {
      const ana = shop.driver();
      const order = shop.order({ status: 'assigned', driverId: ana.id });
      const [manager, fleet, delivery] = [
        await shop.manager(),
        await shop.drive(ana),
        await shop.driverOf(order, ana),
      ];
      for (const client of [manager, fleet, delivery]) await client.nth('snapshot');
      await shop.post({ type: 'driver_removed', driverId: ana.id });
      await fleet.closedWith(4403);
      await delivery.closedWith(4403);
      expect(await manager.nth('snapshot', 2)).toMatchObject({ drivers: [] });
    });

    test('a driver who was removed does not come back by an event or a load that is late', async () => {
      const ana = shop.driver();
      await shop.post({ type: 'driver_removed', driverId: ana.id });
      const late = { type: 'driver', driver: { ...ana, version: 9 } } as const;
      expect(await shop.post(late)).toEqual({ ok: true, changed: false });
      // Functions still knows her, and a fix of a driver who is new makes the room ask again.
      const beto = shop.driver();
      await vi.waitFor(async () => {
        const fixes = [fixAt(1)];
        const answer = await shop.post({ type: 'fixes', driverId: beto.id, source: 'osmand', fixes });
        expect(answer).toMatchObject({ fixes: { accepted: 1 } });
      }, PATIENCE);
      const snapshot = await (await shop.manager()).nth('snapshot');
      const drivers = 'drivers' in snapshot ? snapshot.drivers.map(({ id }) => id) : [];
      expect(drivers).toEqual([beto.id]);
    });

    test('a colleague who is removed leaves the fleet and every delivery, and is let in no more', async () => {
      const [julia, maria] = [uuidv7(), uuidv7()];
      const order = shop.order();
      const hers = [await shop.manager({ sub: julia }), await shop.managerOf(order, { sub: julia })];
      const others = [
        await shop.manager({ sub: maria }),
        await shop.managerOf(order, { sub: maria }),
        await shop.customer(order),
      ];
      for (const client of [...hers, ...others]) await client.nth('snapshot');
      expect(await shop.post({ type: 'user_removed', userId: julia })).toEqual({ ok: true, changed: true });
      for (const client of hers) await client.closedWith(4403);
      for (const client of others) await client.settled();
      await (await shop.manager({ sub: julia })).closedWith(4403);
      await (await shop.managerOf(order, { sub: julia })).closedWith(4403);
      expect(await shop.post({ type: 'user_removed', userId: julia })).toEqual({ ok: true, changed: false });
    });

    test('a tracking link that was renewed closes the sockets of who holds the former one', async () => {
      const order = shop.order();
      const [customer, manager] = [await shop.customer(order), await shop.managerOf(order)];
      for (const client of [customer, manager]) await client.nth('snapshot');
      // The same link at another address is the same link.
      const moved = { ...order, trackingUrl: `https://elsewhere.example/t/${order.id}`, version: 2 };
      await shop.post({ type: 'order', order: moved });
      await manager.nth('status');
      await customer.settled();
      await shop.post({
        type: 'order',
        order: { ...moved, trackingUrl: 'http://localhost/t/new', version: 3 },
      });
      await customer.closedWith(4403);
      expect(await manager.nth('status', 2)).toMatchObject({ order: { version: 3 } });
      await manager.settled();
    });

    test('a driver’s new state reaches managers and the driver', async () => {
      const ana = shop.driver({ status: 'offline' });
      const [manager, driver] = [await shop.manager(), await shop.drive(ana)];
      for (const client of [manager, driver]) await client.nth('snapshot');
      await shop.post({ type: 'driver', driver: { ...ana, status: 'available', version: 2 } });
      await shop.post({ type: 'driver', driver: { ...ana, status: 'offline', version: 1 } });
      for (const client of [manager, driver]) {
        expect(await client.nth('driver')).toMatchObject({ driver: { id: ana.id, status: 'available' } });
        expect((await client.settled()).of('driver')).toHaveLength(1);
      }
    });
  });

  describe('coming back', () => {
    test('to the same epoch gives what was missed', async () => {
      const order = shop.order();
      const stays = await shop.managerOf(order);
      const leaves = await shop.customer(order);
      await stays.nth('snapshot');
      const { epoch, seq } = await leaves.nth('snapshot');
      leaves.close();
      await leaves.closedWith(1000);
      await shop.post({
        type: 'order',
        order: { ...order, status: 'cancelled', version: 2, reason: 'gone' },
      });
      await stays.nth('status');
      const back = await shop.customer(order, { query: { epoch, seq: String(seq) } });
      const missed = await back.nth('status');
      expect(await back.nth('snapshot')).toMatchObject({
        recovered: true,
        epoch,
        order: { status: 'cancelled' },
      });
      expect(missed).toMatchObject({ epoch, order: { status: 'cancelled', version: 2 } });
      await back.settled();
      expect(back.messages.map((m) => m.type)).toEqual(['snapshot', 'status', 'pong']);
      const seqs = back.messages.map((m) => m.seq);
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    });

    test.each([
      ['another epoch', { epoch: 'of-long-ago', seq: '1' }],
      ['a seq of the future', { seq: '999999' }],
      ['nonsense', { seq: '-1e3' }],
    ])('from %s gives a snapshot', async (_, query) => {
      const order = shop.order();
      const { epoch } = await (await shop.customer(order)).nth('snapshot');
      const back = await shop.customer(order, { query: { epoch, ...query } });
      expect(await back.nth('snapshot')).toMatchObject({ recovered: false });
    });
  });

  describe('the chat', () => {
    const ANA = uuidv7();
    const MARIA = uuidv7();

    /** An order on its way, and who talks about it. */
    async function talk() {
      const ana = shop.driver();
      const order = shop.order({ status: 'enroute_to_dropoff', driverId: ana.id });
      const customer = await shop.customer(order, { sub: order.id });
      const driver = await shop.driverOf(order, ana, { sub: ANA });
      const manager = await shop.managerOf(order, { sub: MARIA });
      const everybody = [customer, driver, manager];
      for (const client of everybody) await client.nth('snapshot');
      return { order, ana, customer, driver, manager, everybody };
    }
    const ids = (client: RoomClient) => client.of('message').map(({ id }) => id);
    const snapshotOf = async (client: RoomClient) => {
      const snapshot = await client.nth('snapshot');
      if (!('messages' in snapshot)) throw new Error('That is a fleet’s.');
      return snapshot;
    };

    test('shows what each side writes to all three, the sender too, and to who comes later', async () => {
      const { order, customer, driver, manager, everybody } = await talk();
      const sent = [customer, driver, manager].map((client, i) => ({
        client,
        id: uuidv7(),
        text: `word ${i}`,
      }));
      for (const { client, id, text } of sent) {
        client.send({ type: 'message', id, text });
        await client.nth('message', sent.findIndex((one) => one.id === id) + 1);
      }
      const stored = functions.chatOf(order.id).messages;
      expect(stored.map(({ id, from, text }) => ({ id, from, text }))).toEqual(
        sent.map(({ id, text }, i) => ({ id, text, from: ['customer', 'driver', 'manager'][i] })),
      );
      for (const client of everybody) {
        await client.settled();
        expect(client.of('message').map(({ id, from, text, at }) => ({ id, from, text, at }))).toEqual(
          stored,
        );
        expect(client.of('error')).toEqual([]);
      }
      const late = await shop.customer(order);
      expect((await snapshotOf(late)).messages).toEqual(stored);
      // Neither who wrote nor anything else of the driver is in what the customer gets.
      for (const secret of [ANA, MARIA, 'Pérez'])
        expect(JSON.stringify(customer.messages)).not.toContain(secret);
    });

    test('takes the same id twice as one message, and acknowledges it to its sender again', async () => {
      const { order, customer, driver } = await talk();
      const message = { type: 'message', id: uuidv7(), text: 'Second floor' };
      customer.send(message);
      await customer.nth('message');
      customer.send(message);
      await customer.nth('message', 2);
      await driver.settled();
      expect(ids(driver)).toEqual([message.id]);
      expect(functions.chatOf(order.id).messages).toHaveLength(1);
    });

    test('tells the sender when functions cannot be had, shows nothing, and takes it later', async () => {
      const { order, customer, driver } = await talk();
      const message = { type: 'message', id: uuidv7(), text: 'Second floor' };
      functions.failing = 500;
      customer.send(message);
      expect(await customer.nth('error')).toMatchObject({ code: 'not_stored', id: message.id });
      await driver.settled();
      expect([...ids(customer), ...ids(driver), ...functions.chatOf(order.id).messages]).toEqual([]);
      expect((await snapshotOf(await shop.managerOf(order))).messages).toEqual([]);
      functions.failing = null;
      customer.send(message);
      expect(await driver.nth('message')).toMatchObject({ id: message.id, from: 'customer' });
      await customer.nth('message');
    });

    test('tells why what will never be taken is refused', async () => {
      const { customer, driver } = await talk();
      const elsewhere = functions.say(shop.order().id, 5);
      customer.send({ type: 'message', id: elsewhere.id, text: 'Mine' });
      const detail = 'The id is that of another.';
      expect(await customer.nth('error')).toMatchObject({ code: 'refused', id: elsewhere.id, detail });
      functions.chatFailing = 429;
      customer.send({ type: 'message', id: uuidv7(), text: 'Again' });
      expect(await customer.nth('error', 2)).toMatchObject({ code: 'too_fast' });
      expect(ids(await driver.settled())).toEqual([]);
      expect(customer.closeCode).toBeNull();
    });

    test('shows what came another way once, whoever of the worker and functions is faster', async () => {
      const { order, customer, driver, everybody } = await talk();
      const byHttp = functions.say(order.id, 3, { from: 'manager', text: 'We called him' });
      for (const _ of [1, 2]) await shop.post({ type: 'message', orderId: order.id, message: byHttp });
      for (const client of everybody) expect(await client.nth('message')).toMatchObject(byHttp);

      let answered = () => {};
      functions.answerAfter = new Promise((resolve) => {
        answered = resolve;
      });
      const mine = { type: 'message', id: uuidv7(), text: 'Thanks' };
      customer.send(mine);
      await vi.waitFor(() => expect(functions.chatOf(order.id).messages).toHaveLength(2), PATIENCE);
      const stored = functions.chatOf(order.id).messages.at(-1);
      if (stored === undefined) throw new Error('There are two.');
      await shop.post({ type: 'message', orderId: order.id, message: stored });
      await driver.nth('message', 2);
      answered();
      // The next one is stored after the answer to that one.
      customer.send({ type: 'message', id: uuidv7(), text: 'Bye' });
      await driver.nth('message', 3);
      for (const client of everybody) {
        await client.nth('message', 3);
        expect(new Set(ids(await client.settled())).size).toBe(3);
        expect(client.of('message')).toHaveLength(3);
      }
    });

    test('is loaded when somebody comes to an order that has one, the newest fifty', async () => {
      const order = shop.order();
      functions.fleets.get(shop.id)?.chats.push(order.id);
      for (let i = 60; i > 0; i--) functions.say(order.id, i, { text: `${i} seconds ago` });
      functions.chatOf(order.id).messages.splice(0, 10);
      functions.chatOf(order.id).reads.manager = functions.chatOf(order.id).messages[3]?.at;
      const customer = await shop.customer(order);
      const { messages, reads } = await snapshotOf(customer);
      expect(messages).toEqual(functions.chatOf(order.id).messages);
      expect(reads).toEqual({ manager: messages[3]?.at });
      // A fifty-first pushes the first one out; a late repeat of that does not come back.
      const newest = functions.say(order.id, 0);
      await shop.post({ type: 'message', orderId: order.id, message: newest });
      const [first] = messages;
      if (first !== undefined) await shop.post({ type: 'message', orderId: order.id, message: first });
      const later = await snapshotOf(await shop.managerOf(order));
      expect(later.messages).toEqual([...messages.slice(1), newest]);
      expect(ids(await customer.settled())).toEqual([newest.id]);
    });

    test('lets viewers in while it cannot be loaded, and shows it to them as soon as it can', async () => {
      const order = shop.order();
      functions.fleets.get(shop.id)?.chats.push(order.id);
      const said = functions.say(order.id, 60);
      functions.chatFailing = 503;
      const customer = await shop.customer(order);
      expect((await snapshotOf(customer)).messages).toEqual([]);
      functions.chatFailing = null;
      await vi.waitFor(async () => {
        const { messages } = await snapshotOf(await shop.managerOf(order));
        expect(messages).toEqual([said]);
      }, PATIENCE);
      expect(await customer.nth('message')).toMatchObject(said);
    });

    test('keeps how far each side has read, tells all, and never goes back', async () => {
      const { order, customer, driver, manager, everybody } = await talk();
      const [first, second] = [functions.say(order.id, 9), functions.say(order.id, 5)];
      for (const message of [first, second]) await shop.post({ type: 'message', orderId: order.id, message });
      driver.send({ type: 'read', id: second.id });
      for (const client of everybody) {
        expect(await client.nth('read')).toMatchObject({ by: 'driver', upTo: second.at });
      }
      driver.send({ type: 'read', id: first.id });
      driver.send({ type: 'read', id: second.id });
      // One that the room does not have; functions does, and says where the mark stands.
      driver.send({ type: 'read', id: functions.say(order.id, 20).id });
      manager.send({ type: 'read', id: first.id });
      await customer.nth('read', 2);
      expect(customer.of('read').map(({ by, upTo }) => [by, upTo])).toEqual([
        ['driver', second.at],
        ['manager', first.at],
      ]);
      const reads = { driver: second.at, manager: first.at };
      expect(functions.chatOf(order.id).reads).toEqual(reads);
      expect((await snapshotOf(await shop.customer(order))).reads).toEqual(reads);
      customer.send({ type: 'read', id: uuidv7() });
      expect(await customer.nth('error')).toMatchObject({ code: 'refused' });
    });

    test('is written by nobody who may only look', async () => {
      const { order, driver } = await talk();
      const looker = await shop.managerOf(order, { readOnly: true });
      await looker.nth('snapshot');
      const id = uuidv7();
      looker.send({ type: 'message', id, text: 'Let me' });
      looker.send({ type: 'read', id });
      expect(await looker.nth('error', 2)).toMatchObject({ code: 'forbidden', id });
      expect(ids(await driver.settled())).toEqual([]);
      expect(functions.chatOf(order.id).messages).toEqual([]);
    });

    test('stores in the order of sending, and takes no more at once than it can hold', async () => {
      const { order, customer } = await talk();
      let answered = () => {};
      functions.answerAfter = new Promise((resolve) => {
        answered = resolve;
      });
      const sent = Array.from({ length: 15 }, (_, i) => ({ type: 'message', id: uuidv7(), text: `${i}` }));
      for (const message of sent) customer.send(message);
      // One on its way, ten that wait.
      await customer.nth('error', 4);
      answered();
      await customer.nth('message', 11);
      const stored = functions.chatOf(order.id).messages.map(({ id }) => id);
      expect(stored).toEqual(sent.slice(0, 11).map(({ id }) => id));
      const refused = sent.slice(11).map(({ id }) => ({ code: 'too_fast', id }));
      expect(customer.of('error')).toMatchObject(refused);
    });

    test('is gone from the room when it is erased, and nothing brings it back', async () => {
      const { order, customer, manager, everybody } = await talk();
      const { seq } = await customer.nth('snapshot');
      customer.send({ type: 'message', id: uuidv7(), text: 'My secret' });
      for (const client of everybody) await client.nth('message');
      const { epoch } = await manager.nth('message');
      const [secret] = functions.chatOf(order.id).messages;
      functions.chats.delete(order.id);
      const at = new Date().toISOString();
      await shop.post({ type: 'chat_erased', orderId: order.id, at });
      for (const client of everybody) {
        expect(await client.nth('snapshot', 2)).toMatchObject({ messages: [], recovered: false });
      }
      if (secret !== undefined) await shop.post({ type: 'message', orderId: order.id, message: secret });
      const back = await shop.customer(order, { query: { epoch, seq: String(seq) } });
      expect(await back.nth('snapshot')).toMatchObject({ messages: [], recovered: false });
      expect(ids(await back.settled())).toEqual([]);
    });
  });

  describe('messages', () => {
    test('that are no good are refused with an error and the socket stays', async () => {
      const client = await shop.manager();
      await client.nth('snapshot');
      client.send(JSON.stringify({ type: 'ping', padding: 'x'.repeat(5000) }));
      client.send('x'.repeat(100_000));
      client.send('{');
      client.send('[1]');
      client.socket.send(Buffer.from([1, 2, 3]));
      client.send({ type: 'shout', text: 'hi' });
      client.send({ type: 'message', id: uuidv7(), text: 'There is no chat of a whole fleet.' });
      client.send({ type: 'read', id: uuidv7() });
      client.send({ type: 'fix', seq: 1 });
      client.send({ type: 'message', id: '1', text: 'hi' });
      client.send({ type: 'message', id: uuidv7(), text: ' ' });
      client.send({ type: 'message', id: uuidv7(), text: 'x'.repeat(1001) });
      client.send({ type: 'message', id: uuidv7(), text: 'a\0b' });
      client.send({ type: 'message', id: uuidv7(), text: 'hi', from: 'manager' });
      await client.settled();
      expect(client.of('error').map((error) => error.code)).toEqual([
        'too_large',
        'too_large',
        'bad_json',
        'bad_json',
        'bad_json',
        'unknown_type',
        'unknown_type',
        'unknown_type',
        'invalid',
        'invalid',
        'invalid',
        'invalid',
        'invalid',
        'invalid',
      ]);
      expect(client.closeCode).toBeNull();
    });

    test('that come too fast are refused', async () => {
      const client = await shop.manager();
      await client.nth('snapshot');
      for (let i = 0; i < 60; i++) client.send({ type: 'ping' });
      const error = await client.nth('error');
      expect(error.code).toBe('too_fast');
      await vi.waitFor(() => expect(client.of('pong').length + client.of('error').length).toBe(60), PATIENCE);
      expect(client.of('pong').length).toBeGreaterThanOrEqual(20);
      expect(client.of('error').length).toBeGreaterThan(20);
      const answered = client.of('pong').length;
      await vi.waitFor(
        () => {
          client.send({ type: 'ping' });
          expect(client.of('pong').length).toBeGreaterThan(answered);
        },
        { ...PATIENCE, interval: 200 },
      );
    });
  });

  describe('a token', () => {
    test('that ends closes its socket with 4401, and others stay', async () => {
      const [short, long] = [await shop.manager({ expiresIn: 1 }), await shop.manager()];
      await long.nth('snapshot');
      await short.closedWith(4401);
      await long.settled();
    });

    test('can be renewed before it ends; one for somebody else cannot', async () => {
      const ana = shop.driver();
      const endsAt = Date.now() + 3_000;
      const driver = await shop.drive(ana, { expiresIn: 2 });
      await driver.nth('snapshot');
      const claims = { merchant: shop.id, party: 'fleet-room', room: shop.id } as const;
      driver.send({ type: 'renew', token: 'nonsense' });
      driver.send({ type: 'renew', token: await functions.roomToken({ ...claims, audience: 'manager' }) });
      const anothers = { ...claims, audience: 'driver', driver: ana.id } as const;
      driver.send({ type: 'renew', token: await functions.roomToken(anothers, { sub: 'another' }) });
      expect(await driver.nth('error', 3)).toMatchObject({ code: 'invalid' });
      driver.send({
        type: 'renew',
        token: await functions.roomToken({ ...claims, audience: 'driver', driver: ana.id }),
      });
      await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(endsAt), PATIENCE);
      await driver.settled();
      expect(driver.closeCode).toBeNull();
      expect(driver.of('error')).toHaveLength(3);
    });
  });

  describe('posting', () => {
    const send = (path: string, init: RequestInit) => fetch(`${rooms.origin}/parties/${path}`, init);

    test('without a service token for rooms is 401, as problem+json', async () => {
      const manager = { merchant: shop.id, party: 'fleet-room', room: shop.id, audience: 'manager' } as const;
      const tokens = [
        await functions.serviceToken({ audience: 'dropmate:internal' }),
        await functions.serviceToken({ expiresIn: -10 }),
        await functions.roomToken(manager),
        'nonsense',
      ];
      const headers = [...tokens.map((token) => ({ authorization: `Bearer ${token}` })), {}];
      for (const one of headers) {
        const response = await send(`fleet-room/${shop.id}`, { method: 'POST', headers: one, body: '{}' });
        expect(response.status).toBe(401);
        expect(response.headers.get('content-type')).toBe('application/problem+json');
        expect(await response.json()).toMatchObject({ status: 401, code: 'unauthenticated' });
      }
    });

    test('what is no event, or to no fleet room, is refused', async () => {
      const headers = { authorization: `Bearer ${await functions.serviceToken()}` };
      const post = (path: string, body: string) => send(path, { method: 'POST', headers, body });
      const foreign = { type: 'order', order: new Merchant(functions, rooms).unknownOrder() };
      expect((await post(`fleet-room/${shop.id}`, '{')).status).toBe(400);
      expect((await post(`fleet-room/${shop.id}`, '{"type":"party"}')).status).toBe(400);
      expect((await post(`fleet-room/${shop.id}`, JSON.stringify(foreign))).status).toBe(400);
      expect((await post(`delivery-room/${shop.id}`, '{}')).status).toBe(404);
      expect((await post('fleet-room/not-an-id', '{}')).status).toBe(404);
      expect((await post(`kitchen/${shop.id}`, '{}')).status).toBe(404);
      expect((await send(`fleet-room/${shop.id}`, { headers })).status).toBe(405);
    });

    test('what a client sends as its claims is not believed', async () => {
      const claims = { sub: 'x', exp: 4e9, merchant: shop.id, party: 'fleet-room', room: shop.id };
      const headers = { 'x-dropmate-claims': JSON.stringify({ ...claims, audience: 'manager' }) };
      const ana = shop.driver();
      const snapshot = await (await shop.drive(ana, { headers })).nth('snapshot');
      shop.order({ status: 'created' });
      expect(snapshot).toMatchObject({ orders: [] });
      const stranger = new RoomClient(rooms.origin, 'fleet-room', shop.id, '', { headers });
      await stranger.closedWith(4401);
    });
  });
}
