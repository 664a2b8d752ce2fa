import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isUndo, LEGAL_STEPS, legalSteps, type OrderStatus, STATUSES } from '../../domain/order-status.ts';
import { OrderForDriver } from '../../domain/orders.ts';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import {
  act,
  addOrder,
  addOrderIn,
  expectLogToFold,
  type Order,
  type Problem,
} from '../../tests/support/orders.ts';

let app: TestApp;
let merchant: TestMerchant;
let driver: TestDriver;

beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
  driver = await app.addDriver(merchant.id);
});
afterAll(() => app.end());

const move = <T = Order>(
  id: string,
  change: Record<string, unknown>,
  who: { token: string } = driver,
  headers: Record<string, string> = {},
) => act<T>(app, who, id, 'status', change, headers);

/** Puts it there behind the API's back, as long ago as told. */
const put = (id: string, status: OrderStatus, secondsAgo = 0) =>
  app.owner`update orders set status = ${status}, driver_id = ${status === 'created' ? null : driver.id},
    status_at = clock_timestamp() - make_interval(secs => ${secondsAgo}) where id = ${id}`;
const longAgo = (from: OrderStatus) => ({ from, since: new Date(0), now: new Date() });
const statusOf = async (id: string) =>
  (await app.owner`select status from orders where id = ${id}`)[0]?.status;

describe('the table of steps', () => {
  const TARGETS = STATUSES.filter((to) => to !== 'assigned');

  test.each([...STATUSES])('from %s is what the API allows, and nothing else', async (from) => {
    const { id } = await addOrder(app, merchant);
    for (const to of TARGETS) {
      await put(id, from, 3600);
      const legal = LEGAL_STEPS[from].includes(to);
      const { status, body } = await move<Problem>(id, { status: to, reason: 'r' }, merchant);
      expect({ to, status }).toEqual({ to, status: legal ? 200 : 409 });
      expect(await statusOf(id)).toBe(legal ? to : from);
      if (legal) continue;
      expect(body).toMatchObject({ code: 'illegal_transition', from, to, legal: legalSteps(longAgo(from)) });
    }
  });

  test.each(
    STATUSES.flatMap((from) => TARGETS.filter((to) => isUndo(from, to)).map((to) => [from, to] as const)),
  )('lets %s be taken back to %s for ten minutes', async (from, to) => {
    const { id } = await addOrder(app, merchant);
    await put(id, from, 590);
    expect((await move(id, { status: to })).status).toBe(200);
    await put(id, from, 601);
    const late = await move<Problem>(id, { status: to });
    expect(late).toMatchObject({ status: 409, body: { legal: legalSteps(longAgo(from)) } });
  });

  test('is told of in what else would be legal, the undo included', async () => {
    const { id } = await addOrder(app, merchant);
    await put(id, 'failed', 5);
    const { body } = await move<Problem>(id, { status: 'created', reason: 'r' });
    expect(body.legal).toEqual(legalSteps({ from: 'failed', since: new Date(), now: new Date() }));
    expect(body.detail).toContain('arrived_at_dropoff');
  });

  test('has no way to assigned but /assign, which names the driver', async () => {
    const { id } = await addOrder(app, merchant);
    const { status, body } = await move<Problem>(id, { status: 'assigned' }, merchant);
    expect({ status, errors: body.errors }).toMatchObject({ status: 400, errors: [{ path: 'status' }] });
  });
});

describe('a driver', () => {
  test('moves an order along to its end, step by step', async () => {
    const { id, version } = await addOrderIn(app, merchant, driver, 'assigned');
    const steps = [
      'enroute_to_pickup',
      'arrived_at_pickup',
      'picked_up',
      'enroute_to_dropoff',
      'arrived_at_dropoff',
      'delivered',
    ];
    let last: Order | undefined;
    for (const [index, status] of steps.entries()) {
      const answer = await move(id, { status });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('ETag')).toBe(`"${version + index + 1}"`);
      expect(Object.keys(answer.body).sort()).toEqual(Object.keys(OrderForDriver.shape).sort());
      last = answer.body;
    }
    expect(Object.keys(last?.steps ?? {})).toHaveLength(8);
    expect(last?.deliveryTime).toBe(last?.steps.delivered);
    expect(last?.pickupTime).toBe(last?.steps.picked_up);
    const lines = await expectLogToFold(app, merchant, id);
    expect(lines).toHaveLength(8);
    expect(lines.slice(2).every((line) => JSON.stringify(line).includes(driver.userId))).toBe(true);
    const facts =
      await app.owner`select version, payload->>'status' as status, (payload->>'version')::int as same
      from outbox where entity_id = ${id} order by id`;
    expect(facts.map(({ status }) => status)).toEqual(['created', 'assigned', ...steps]);
    expect(facts.every((fact) => fact.version === fact.same)).toBe(true);
  });

  test('moves no order of another driver, of another merchant or without one', async () => {
    const other = await app.addMerchant();
    const foreign = await app.addDriver(other.id);
    const ben = await app.addDriver(merchant.id, 'Ben');
    const { id } = await addOrderIn(app, merchant, driver, 'assigned');
    const free = await addOrder(app, merchant);
    for (const who of [foreign, ben, other]) {
      expect((await move(id, { status: 'picked_up' }, who)).status).toBe(404);
    }
    expect((await move(free.id, { status: 'picked_up' })).status).toBe(404);
    expect((await move(uuidv7(), { status: 'picked_up' })).status).toBe(404);
    expect((await app.request('POST', `/v1/orders/${id}/status`, { body: {} })).status).toBe(401);
    const { token: reads } = await app.addApiKey(merchant.id, ['orders:read']);
    expect((await move(id, { status: 'picked_up' }, { token: reads })).status).toBe(403);
    const { token: writes } = await app.addApiKey(merchant.id, ['orders:write']);
    expect((await move(id, { status: 'picked_up' }, { token: writes })).status).toBe(200);
  });

  test.each(['failed', 'cancelled'])('says why an order is %s', async (status) => {
    const { id } = await addOrderIn(app, merchant, driver, status === 'failed' ? 'picked_up' : 'assigned');
    const answer = await move<Problem>(id, { status }, merchant);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'reason' }] } });
    expect((await move(id, { status, reason: 'Nobody home' }, merchant)).body).toMatchObject({
      reason: 'Nobody home',
    });
  });

  test('brings a failed order back, and why it failed stays told', async () => {
    const { id } = await addOrderIn(app, merchant, driver, 'failed');
    const { body: onTheWay } = await move(id, { status: 'enroute_to_return' });
    const { body: back } = await move(id, { status: 'returned' });
    expect([onTheWay.reason, back.reason]).toEqual(['Nobody was there', 'Nobody was there']);
    const again = await addOrderIn(app, merchant, driver, 'failed');
    expect((await move(again.id, { status: 'enroute_to_dropoff' })).body.reason).toBeNull();
  });
});

describe('an update', () => {
  test('that comes twice is one', async () => {
    const { id, version } = await addOrderIn(app, merchant, driver, 'picked_up');
    const change = { status: 'delivered', updateId: uuidv7() };
    const first = await move(id, change);
    const again = await move(id, change);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body).toEqual(first.body);
    expect(again.body.version).toBe(version + 1);
    // Though the order has gone on since, and though the tag is old.
    await move(id, { status: 'arrived_at_dropoff' });
    const late = await move(id, change, driver, { 'If-Match': `"${version}"` });
    expect(late).toMatchObject({ status: 200, body: { status: 'arrived_at_dropoff', version: version + 2 } });
    const lines = await expectLogToFold(app, merchant, id);
    expect(lines.filter((line) => line.status === 'delivered')).toHaveLength(1);
    const [facts] = await app.owner`select count(*)::int as count from outbox where entity_id = ${id}`;
    expect(facts?.count).toBe(version + 2);
  });

  test('that comes ten times at once is one', async () => {
    const { id, version } = await addOrderIn(app, merchant, driver, 'picked_up');
    const change = { status: 'arrived_at_dropoff', updateId: uuidv7() };
    const answers = await Promise.all(Array.from({ length: 10 }, () => move(id, change)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(await expectLogToFold(app, merchant, id)).toHaveLength(version + 1);
  });

  test('of one order is not taken for one of another', async () => {
    const updateId = uuidv7();
    const a = await addOrderIn(app, merchant, driver, 'assigned');
    const b = await addOrderIn(app, merchant, driver, 'assigned');
    for (const { id } of [a, b]) {
      expect((await move(id, { status: 'picked_up', updateId })).body.status).toBe('picked_up');
    }
  });

  test('wakes the relay when something changed, and only then', async () => {
    let woken = 0;
    const own = await createTestApp({ wakeRelay: () => woken++ });
    try {
      const shop = await own.addMerchant();
      const ana = await own.addDriver(shop.id);
      const { id } = await addOrderIn(own, shop, ana, 'assigned');
      woken = 0;
      const change = { status: 'picked_up', updateId: uuidv7() };
      await act(own, ana, id, 'status', change);
      await act(own, ana, id, 'status', change);
      await act(own, ana, id, 'status', { status: 'picked_up' });
      expect(woken).toBe(1);
    } finally {
      await own.end();
    }
  });

  test('happened when the phone says, within what is possible', async () => {
    const order = await addOrderIn(app, merchant, driver, 'assigned');
    const before = Date.parse(order.createdAt);
    const assigned = new Date(before - 3_600_000).toISOString();
    await app.owner`update orders set created_at = created_at - interval '2 hours',
      steps = ${app.owner.json({ created: assigned, assigned })} where id = ${order.id}`;
    const said = new Date(before - 60_000).toISOString();

    const { body: told } = await move(order.id, { status: 'enroute_to_pickup', occurredAt: said });
    expect(told.steps.enroute_to_pickup).toBe(said);
    expect(Date.parse(told.statusAt)).toBeGreaterThanOrEqual(before);

    const { body: early } = await move(order.id, {
      status: 'arrived_at_pickup',
      occurredAt: '2001-01-01T00:00:00+03:00',
    });
    // Not before the step that it follows.
    expect(early.steps.arrived_at_pickup).toBe(said);

    const { body: future } = await move(order.id, {
      status: 'picked_up',
      occurredAt: '9999-12-31T00:00:00Z',
    });
    expect(future.pickupTime).toBe(future.statusAt);
    expect(future.steps.picked_up).toBe(future.statusAt);

    const { body: unsaid } = await move(order.id, { status: 'delivered' });
    expect(unsaid.deliveryTime).toBe(unsaid.statusAt);
    const lines = await expectLogToFold(app, merchant, order.id);
    expect(lines.map(({ occurredAt }) => occurredAt).slice(2)).toEqual([
      said,
      said,
      future.statusAt,
      unsaid.statusAt,
    ]);
  });

  test('is never before a step that the order has taken, whatever the phone says', async () => {
    const order = await addOrderIn(app, merchant, driver, 'assigned');
    const long = new Date(Date.parse(order.createdAt) - 3_600_000).toISOString();
    const { body: first } = await move(order.id, { status: 'enroute_to_pickup', occurredAt: long });
    expect(first.steps.enroute_to_pickup).toBe(order.steps.assigned);
    const { body: picked } = await move(order.id, { status: 'picked_up' });
    const { body: delivered } = await move(order.id, { status: 'delivered', occurredAt: order.createdAt });
    expect(delivered.deliveryTime).toBe(picked.pickupTime);
    expect(delivered.steps.delivered).toBe(picked.steps.picked_up);
  });

  test('keeps where it happened', async () => {
    const { id } = await addOrderIn(app, merchant, driver, 'assigned');
    const location = { lat: -34.905_512_3, lng: -56.1 };
    await move(id, { status: 'picked_up', location });
    expect((await expectLogToFold(app, merchant, id)).at(-1)).toMatchObject({ location });
  });

  test('compares the version when If-Match names one', async () => {
    const { id, version } = await addOrderIn(app, merchant, driver, 'assigned');
    const late = await move<Problem>(id, { status: 'picked_up' }, driver, { 'If-Match': `"${version - 1}"` });
    expect(late).toMatchObject({ status: 412, body: { code: 'stale', version } });
    const good = await move(id, { status: 'picked_up' }, driver, { 'If-Match': `"${version}"` });
    expect(good.status).toBe(200);
  });

  test('that takes a delivery back takes its time back too', async () => {
    const { id } = await addOrderIn(app, merchant, driver, 'delivered');
    const { body } = await move(id, { status: 'arrived_at_dropoff' });
    expect(body).toMatchObject({ status: 'arrived_at_dropoff', deliveryTime: null });
    expect(body.steps).not.toHaveProperty('delivered');
    await expectLogToFold(app, merchant, id);
    const audited = () =>
      app.owner`select actor_type, actor_id, action, entity_type, details from audit_log where entity_id = ${id}`;
    expect([...(await audited())]).toEqual([
      {
        actor_type: 'driver',
        actor_id: driver.userId,
        action: 'order.undone',
        entity_type: 'order',
        details: { from: 'delivered', to: 'arrived_at_dropoff' },
      },
    ]);
    await move(id, { status: 'delivered' });
    expect(await audited()).toHaveLength(1);
  });

  test.each([
    ['status', {}],
    ['status', { status: 'lost' }],
    ['updateId', { status: 'picked_up', updateId: '1' }],
    ['occurredAt', { status: 'picked_up', occurredAt: 'now' }],
    ['location.lat', { status: 'picked_up', location: { lat: 'x', lng: 0 } }],
    ['location.alt', { status: 'picked_up', location: { lat: 0, lng: 0, alt: 1 } }],
    ['reason', { status: 'failed', reason: '' }],
    ['driverId', { status: 'picked_up', driverId: null }],
  ])('names the path of what is wrong: %s', async (path, change) => {
    const { id } = await addOrderIn(app, merchant, driver, 'assigned');
    const { status, body } = await move<Problem>(id, change);
    expect({ status, errors: body.errors?.map((error) => error.path) }).toEqual({
      status: 400,
      errors: [path],
    });
  });
});

describe('whatever is asked of an order in whatever order', () => {
  const ben = () => app.addDriver(merchant.id, 'Ben');
  const moves = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ verb: fc.constant('status'), to: fc.constantFrom(...STATUSES) }) },
      { weight: 1, arbitrary: fc.record({ verb: fc.constantFrom('assign', 'unassign', 'cancel', 'patch') }) },
    ),
    { minLength: 8, maxLength: 25 },
  );

  test('its log folds to its status and driver', async () => {
    const other = await ben();
    await fc.assert(
      fc.asyncProperty(moves, async (script) => {
        const { id } = await addOrder(app, merchant);
        for (const step of script) {
          const { body: now } = await app.request<Order>('GET', `/v1/orders/${id}`, {
            token: merchant.token,
          });
          const next = now.driverId === driver.id ? other.id : driver.id;
          const answer =
            step.verb === 'patch'
              ? await app.request('PATCH', `/v1/orders/${id}`, {
                  token: merchant.token,
                  body: { notes: 'x' },
                })
              : await act(app, merchant, id, step.verb, bodyOf(step, next, now.driverId));
          expect([200, 400, 409]).toContain(answer.status);
        }
        await expectLogToFold(app, merchant, id);
      }),
      { numRuns: 12, seed: 20_261_122 },
    );
  });

  function bodyOf(step: { verb: string; to?: OrderStatus }, driverId: string, replaces: string | null) {
    if (step.verb === 'status') return { status: step.to, reason: 'r' };
    if (step.verb === 'assign') return replaces === null ? { driverId } : { driverId, replaces };
    return { reason: 'r' };
  }
});
