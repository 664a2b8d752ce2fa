import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ASSIGN_FROM, HAND_OVER_FROM, STATUSES } from '../../domain/order-status.ts';
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
let ana: TestDriver;
let ben: TestDriver;

beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
  ana = await app.addDriver(merchant.id);
  ben = await app.addDriver(merchant.id, 'Ben');
});
afterAll(() => app.end());

const assign = <T = Order>(
  id: string,
  body: unknown,
  headers: Record<string, string> = {},
  { token } = merchant as { token: string },
) => act<T>(app, { token }, id, 'assign', body, headers);

describe('assigning an order', () => {
  test('gives it to the driver', async () => {
    const order = await addOrder(app, merchant);
    const { status, headers, body } = await assign(order.id, { driverId: ana.id });
    expect({ status, tag: headers.get('ETag') }).toEqual({ status: 200, tag: '"2"' });
    expect(body).toEqual({
      ...order,
      status: 'assigned',
      version: 2,
      driverId: ana.id,
      steps: { ...order.steps, assigned: body.updatedAt },
      statusAt: body.updatedAt,
      updatedAt: body.updatedAt,
    });
    const lines = await expectLogToFold(app, merchant, order.id);
    expect(lines.at(-1)).toMatchObject({
      kind: 'assigned',
      driverId: ana.id,
      actor: { type: 'manager', id: merchant.userId },
      occurredAt: body.updatedAt,
      receivedAt: body.updatedAt,
    });
    const facts =
      await app.owner`select version, payload from outbox where entity_id = ${order.id} order by id`;
    expect(facts).toMatchObject([
      { version: 1, payload: { status: 'created', driver_id: null } },
      { version: 2, payload: { status: 'assigned', driver_id: ana.id } },
    ]);
  });

  test('that has a driver needs to name who is replaced', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'enroute_to_pickup');
    const blind = await assign<Problem>(id, { driverId: ben.id });
    expect(blind).toMatchObject({ status: 409, body: { code: 'conflict', driverId: ana.id } });
    expect((await assign(id, { driverId: ben.id, replaces: ben.id })).status).toBe(409);
    expect((await assign(id, { driverId: ben.id, replaces: uuidv7() })).status).toBe(409);
    const { status, body } = await assign(id, { driverId: ben.id, replaces: ana.id });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'assigned', driverId: ben.id });
    // The next driver has not set out yet.
    expect(Object.keys(body.steps).sort()).toEqual(['assigned', 'created']);
    await expectLogToFold(app, merchant, id);
  });

  test('to the driver who has it is no change', async () => {
    const { id, version } = await addOrderIn(app, merchant, ana, 'assigned');
    for (const body of [{ driverId: ana.id }, { driverId: ana.id, replaces: ana.id }]) {
      expect((await assign(id, body)).status).toBe(409);
    }
    expect(await expectLogToFold(app, merchant, id)).toHaveLength(version);
  });

  test('that has none replaces nobody', async () => {
    const { id } = await addOrder(app, merchant);
    expect((await assign(id, { driverId: ana.id, replaces: ben.id })).status).toBe(409);
  });

  test('with If-Match needs to know the version only', async () => {
    const { id, version } = await addOrderIn(app, merchant, ana, 'assigned');
    const late = await assign<Problem>(id, { driverId: ben.id }, { 'If-Match': `"${version - 1}"` });
    expect(late).toMatchObject({ status: 412, body: { code: 'stale', version } });
    expect((await assign(id, { driverId: ben.id }, { 'If-Match': `"${version}"` })).status).toBe(200);
  });

  test.each([...HAND_OVER_FROM])('that is %s hands it over, and the status stays', async (status) => {
    const order = await addOrderIn(app, merchant, ana, status);
    expect((await assign(order.id, { driverId: ben.id })).status).toBe(409);
    const { body } = await assign(order.id, { driverId: ben.id, replaces: ana.id });
    expect(body).toMatchObject({
      status,
      driverId: ben.id,
      version: order.version + 1,
      statusAt: order.statusAt,
      steps: order.steps,
      pickupTime: order.pickupTime,
    });
    const lines = await expectLogToFold(app, merchant, order.id);
    expect(lines.at(-1)).toMatchObject({ kind: 'handed_over', driverId: ben.id, status });
  });

  test.each(STATUSES.filter((status) => ![...ASSIGN_FROM, ...HAND_OVER_FROM].includes(status)))(
    'that is %s is illegal',
    async (status) => {
      const { id } = await addOrder(app, merchant);
      await app.owner`update orders set status = ${status}, driver_id = ${ana.id} where id = ${id}`;
      const { status: http, body } = await assign<Problem>(id, { driverId: ben.id, replaces: ana.id });
      expect({ http, code: body.code, from: body.from }).toEqual({
        http: 409,
        code: 'illegal_transition',
        from: status,
      });
      const [row] = await app.owner`select status, driver_id, version from orders where id = ${id}`;
      expect(row).toEqual({ status, driver_id: ana.id, version: 1 });
    },
  );

  test('to a driver of another merchant, a removed one or none at all is refused, all the same', async () => {
    const { id } = await addOrder(app, merchant);
    const other = await app.addMerchant();
    const foreign = await app.addDriver(other.id);
    const gone = await app.addDriver(merchant.id, 'Gone');
    await app.owner`update drivers set removed_at = now() where id = ${gone.id}`;
    for (const driverId of [foreign.id, gone.id, uuidv7()]) {
      const { status, body } = await assign<Problem>(id, { driverId });
      expect(status).toBe(422);
      expect(body).toMatchObject({ code: 'unprocessable', errors: [{ path: 'driverId' }] });
    }
    expect(await expectLogToFold(app, merchant, id)).toHaveLength(1);
  });

  test('is for managers and keys of the merchant', async () => {
    const { id } = await addOrder(app, merchant);
    const { token } = await app.addApiKey(merchant.id, ['orders:write']);
    const { token: reads } = await app.addApiKey(merchant.id, ['orders:read']);
    expect((await assign(id, { driverId: ana.id }, {}, { token: reads })).status).toBe(403);
    expect((await assign(id, { driverId: ana.id }, {}, ana)).status).toBe(403);
    expect((await assign(id, { driverId: ana.id }, {}, await app.addMerchant())).status).toBe(404);
    expect((await assign(uuidv7(), { driverId: ana.id })).status).toBe(404);
    expect((await app.request('POST', `/v1/orders/${id}/assign`, { body: {} })).status).toBe(401);
    expect((await assign(id, { driverId: ana.id }, {}, { token })).status).toBe(200);
  });

  test.each([
    ['driverId', {}],
    ['driverId', { driverId: 'ana' }],
    ['driverId', { driverId: null }],
    ['replaces', { driverId: uuidv7(), replaces: '' }],
    ['version', { driverId: uuidv7(), version: 1 }],
  ])('names the path of what is wrong: %s', async (path, input) => {
    const { id } = await addOrder(app, merchant);
    const { status, body } = await assign<Problem>(id, input);
    expect({ status, errors: body.errors?.map((error) => error.path) }).toEqual({
      status: 400,
      errors: [path],
    });
  });
});

describe('unassigning an order', () => {
  const unassign = <T = Order>(id: string, body?: unknown, { token } = merchant as { token: string }) =>
    act<T>(app, { token }, id, 'unassign', body);

  test('takes it from its driver, with no word needed', async () => {
    // The empty text comes as JSON that is said to be there and is not.
    for (const body of [{}, undefined, '', { reason: 'Van broke down' }]) {
      const { id } = await addOrderIn(app, merchant, ana, 'arrived_at_pickup');
      const answer = await unassign(id, body);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        status: 'created',
        driverId: null,
        stopSequence: null,
        eta: { pickup: null, dropoff: null },
        reason: typeof body === 'object' ? (body.reason ?? null) : null,
      });
      const lines = await expectLogToFold(app, merchant, id);
      expect(lines.at(-1)).toMatchObject({ kind: 'status', status: 'created', reason: answer.body.reason });
      // And it can be given to the next one, as new.
      expect((await assign(id, { driverId: ben.id })).body).toMatchObject({ reason: null, driverId: ben.id });
    }
  });

  test.each(['picked_up', 'delivered', 'failed'] as const)('that is %s is illegal', async (status) => {
    const { id } = await addOrderIn(app, merchant, ana, status);
    expect(await unassign<Problem>(id, {})).toMatchObject({
      status: 409,
      body: { code: 'illegal_transition' },
    });
  });

  test('is for managers and keys of the merchant', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'assigned');
    expect((await unassign(id, {}, ana)).status).toBe(403);
    expect((await unassign(id, {}, await app.addMerchant())).status).toBe(404);
    expect((await app.request('POST', `/v1/orders/${id}/unassign`)).status).toBe(401);
    expect((await unassign<Problem>(id, { why: 'x' })).body.errors).toMatchObject([{ path: 'why' }]);
    expect((await unassign<Problem>(id, { reason: '' })).body.errors).toMatchObject([{ path: 'reason' }]);
    expect((await unassign<Problem>(id, '{')).body.errors).toMatchObject([{ path: '' }]);
  });

  test('is what a driver does by declining, with a reason', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'assigned');
    const decline = <T = Order>(body: Record<string, unknown>, who = ana) =>
      act<T>(app, who, id, 'status', { status: 'created', ...body });
    const mute = await decline<Problem>({});
    expect(mute).toMatchObject({ status: 400, body: { code: 'invalid', errors: [{ path: 'reason' }] } });
    expect((await decline({ reason: 'Too far' }, ben)).status).toBe(404);
    const updateId = uuidv7();
    const { status, body } = await decline({ reason: 'Too far', updateId });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'created', driverId: null, reason: 'Too far' });
    expect(body).not.toHaveProperty('trackingUrl');
    // The answer was lost: the phone sends it again and hears that it is done.
    expect((await decline({ reason: 'Too far', updateId })).status).toBe(200);
    expect((await decline({ reason: 'Too far', updateId }, ben)).status).toBe(404);
    expect((await decline({ reason: 'Too far' })).status).toBe(404);
    expect(await expectLogToFold(app, merchant, id)).toHaveLength(3);
  });

  test('by the manager’s status change needs no reason either', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'assigned');
    const { status, body } = await act(app, merchant, id, 'status', { status: 'created' });
    expect({ status, reason: body.reason }).toEqual({ status: 200, reason: null });
  });
});

describe('cancelling an order', () => {
  const cancel = <T = Order>(id: string, body: unknown, { token } = merchant as { token: string }) =>
    act<T>(app, { token }, id, 'cancel', body);

  test('ends it, and says why', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'enroute_to_pickup');
    const { status, body } = await cancel(id, { reason: 'The customer called' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'cancelled',
      reason: 'The customer called',
      driverId: ana.id,
      stopSequence: null,
    });
    await expectLogToFold(app, merchant, id);
    expect((await cancel(id, { reason: 'Again' })).status).toBe(409);
  });

  test('is too late after the pickup', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'picked_up');
    const { status, body } = await cancel<Problem>(id, { reason: 'x' });
    expect({ status, code: body.code, legal: body.legal }).toEqual({
      status: 409,
      code: 'illegal_transition',
      legal: ['enroute_to_dropoff', 'arrived_at_dropoff', 'delivered', 'failed'],
    });
  });

  test('is for managers and keys of the merchant, and needs a reason', async () => {
    const { id } = await addOrderIn(app, merchant, ana, 'assigned');
    expect((await cancel(id, { reason: 'x' }, ana)).status).toBe(403);
    expect(
      (await act(app, ana, id, 'status', { status: 'cancelled', reason: 'x' })).status,
      'nor by the other route',
    ).toBe(403);
    expect((await cancel(id, { reason: 'x' }, await app.addMerchant())).status).toBe(404);
    expect((await app.request('POST', `/v1/orders/${id}/cancel`, { body: {} })).status).toBe(401);
    expect((await cancel<Problem>(id, {})).body.errors).toMatchObject([{ path: 'reason' }]);
    expect((await cancel<Problem>(id, { reason: '  ' })).body.errors).toMatchObject([{ path: 'reason' }]);
    const { token } = await app.addApiKey(merchant.id, ['orders:write']);
    expect((await cancel(id, { reason: 'x' }, { token })).status).toBe(200);
  });
});
