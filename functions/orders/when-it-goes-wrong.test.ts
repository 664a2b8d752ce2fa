import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STATUSES } from '../../domain/order-status.ts';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import { act, addOrderIn, expectLogToFold, type Order, type Problem } from '../../tests/support/orders.ts';

let app: TestApp;
let merchant: TestMerchant;
let driver: TestDriver;
beforeAll(async () => {
  app = await createTestApp();
  merchant = await app.addMerchant();
  driver = await app.addDriver(merchant.id);
});
afterAll(() => app.end());

const move = <T = Order>(id: string, change: object, who: { token: string } = driver) =>
  act<T>(app, who, id, 'status', change);

describe('a reason code', () => {
  test('stands for the words where it says enough, and beside them', async () => {
    const { id } = await addOrderIn(app, merchant, driver, 'picked_up');
    const failed = await move(id, { status: 'failed', reasonCode: 'customer_absent' });
    expect(failed).toMatchObject({ status: 200, body: { reason: null, reasonCode: 'customer_absent' } });
    const returned = await move(id, { status: 'enroute_to_return', reason: 'Told to' });
    expect(returned.body).toMatchObject({ reason: 'Told to', reasonCode: 'customer_absent' });
    const [line] = (await expectLogToFold(app, merchant, id)).slice(-2);
    expect(line).toMatchObject({ status: 'failed', reason: null, reasonCode: 'customer_absent' });
  });

  test('that says nothing needs words', async () => {
    const { id } = await addOrderIn(app, merchant, driver, 'picked_up');
    const bare = await move<Problem>(id, { status: 'failed', reasonCode: 'other' });
    expect(bare).toMatchObject({ status: 400, body: { errors: [{ path: 'reason' }] } });
    const told = await move(id, { status: 'failed', reasonCode: 'other', reason: 'A dog' });
    expect(told.body).toMatchObject({ reason: 'A dog', reasonCode: 'other' });
  });

  test('is known for cancelling, unassigning and declining too', async () => {
    const cancelled = await addOrderIn(app, merchant, driver, 'assigned');
    const cancel = await act(app, merchant, cancelled.id, 'cancel', { reasonCode: 'customer_cancelled' });
    expect(cancel.body).toMatchObject({ status: 'cancelled', reasonCode: 'customer_cancelled' });
    const taken = await addOrderIn(app, merchant, driver, 'assigned');
    const unassign = await act(app, merchant, taken.id, 'unassign', { reasonCode: 'accident' });
    expect(unassign.body).toMatchObject({ status: 'created', reasonCode: 'accident' });
    // The next driver's is another story.
    const again = await act(app, merchant, taken.id, 'assign', { driverId: driver.id });
    expect(again.body).toMatchObject({ reason: null, reasonCode: null });
    expect((await move(taken.id, { status: 'created', reasonCode: 'accident' })).status).toBe(200);
  });

  test.each(STATUSES.filter((status) => status !== 'assigned'))(
    'with %s is for what went wrong only',
    async (status) => {
      const wrong = ['created', 'cancelled', 'failed', 'enroute_to_return', 'returned'].includes(status);
      const { body } = await move<Problem>(
        uuidv7(),
        { status, reason: 'r', reasonCode: 'damaged' },
        merchant,
      );
      expect(body.errors?.[0]?.path).toBe(wrong ? undefined : 'reasonCode');
    },
  );

  test.each(['', 'lazy', 7])('is no %j', async (reasonCode) => {
    const { body } = await move<Problem>(uuidv7(), { status: 'failed', reason: 'r', reasonCode });
    expect(body.errors?.[0]?.path).toBe('reasonCode');
    const cancel = await act<Problem>(app, merchant, uuidv7(), 'cancel', { reason: 'r', reasonCode });
    expect(cancel.body.errors?.[0]?.path).toBe('reasonCode');
  });
});

test('attempts are counted at each failure; an undo takes its count back', async () => {
  const { id } = await addOrderIn(app, merchant, driver, 'arrived_at_dropoff');
  const fail = () => move(id, { status: 'failed', reasonCode: 'customer_absent' });
  expect((await fail()).body.attempts).toBe(1);
  expect((await move(id, { status: 'arrived_at_dropoff' })).body).toMatchObject({
    attempts: 0,
    reasonCode: null,
  });
  expect((await fail()).body.attempts).toBe(1);
  expect((await move(id, { status: 'enroute_to_dropoff' })).body).toMatchObject({
    attempts: 1,
    reasonCode: null,
  });
  expect((await fail()).body.attempts).toBe(2);
  expect((await move(id, { status: 'returned' })).body).toMatchObject({ attempts: 2 });
  await expectLogToFold(app, merchant, id);
});

test('two phones that report one failure count it once', async () => {
  const { id } = await addOrderIn(app, merchant, driver, 'arrived_at_dropoff');
  const change = { status: 'failed', reasonCode: 'customer_absent', updateId: uuidv7() };
  const answers = await Promise.all([0, 1].map(() => move(id, change)));
  expect(answers.map(({ status, body }) => [status, body.attempts])).toEqual([
    [200, 1],
    [200, 1],
  ]);
});
