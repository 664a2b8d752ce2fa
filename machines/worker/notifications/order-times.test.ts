import postgres from 'postgres';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROMISE_STATUSES } from '../../../domain/lateness.ts';
import { STATUSES } from '../../../domain/order-status.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { addMerchant, addOrder } from '../test-support.ts';

let database: TestDatabase;
let owner: postgres.Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = postgres(database.ownerUrl, { max: 4, onnotice: () => {} });
});

afterAll(async () => {
  await owner.end();
  await database.drop();
});

/** What it puts into the outbox now, by topic, of that order. */
async function noted(order: string): Promise<string[]> {
  await owner`select note_order_times()`;
  const rows = await owner<{ topic: string }[]>`
    delete from outbox where entity_id = ${order} and topic in ('order_late', 'order_arriving') returning topic`;
  return rows.map(({ topic }) => topic);
}

async function addPromised(ago: string): Promise<string> {
  const order = await addOrder(owner, await addMerchant(owner));
  await owner`update orders set promised_at = now() - ${ago}::interval where id = ${order}`;
  return order;
}

test('an order that is past its promise is told of once', async () => {
  const [late, inTime, forgotten] = [
    await addPromised('1 second'),
    await addPromised('-1 minute'),
    await addPromised('25 hours'),
  ];
  expect(await noted(late)).toEqual(['order_late']);
  expect(await noted(late)).toEqual([]);
  expect(await noted(inTime)).toEqual([]);
  expect(await noted(forgotten)).toEqual([]);
  const [row] = await owner`select notice from order_notices where order_id = ${late}`;
  expect(row).toEqual({ notice: 'late' });
});

test('several that look at once tell of it once', async () => {
  const order = await addPromised('1 minute');
  await Promise.all([1, 2, 3, 4].map(() => owner`select note_order_times()`));
  const [row] =
    await owner`select count(*)::int as count from outbox where topic = 'order_late' and entity_id = ${order}`;
  expect(row).toEqual({ count: 1 });
});

test('only while somebody waits for it', async () => {
  for (const status of STATUSES) {
    const order = await addPromised('1 minute');
    await owner`update orders set status = ${status} where id = ${order}`;
    expect(await noted(order), status).toEqual(PROMISE_STATUSES.includes(status) ? ['order_late'] : []);
  }
});

test('an order is about to arrive by its ETA, once an attempt, by a driver who was seen lately', async () => {
  const merchant = await addMerchant(owner);
  const [driver, order] = [uuidv7(), await addOrder(owner, merchant)];
  await owner`insert into users (merchant_id, id, name, role) values (${merchant}, ${driver}, 'Bruno', 'driver')`;
  await owner`insert into drivers (merchant_id, id, user_id, name, vehicle_type)
    values (${merchant}, ${driver}, ${driver}, 'Bruno', 'car')`;
  const expectedIn = (
    minutes: number,
  ) => owner`update orders set driver_id = ${driver}, eta = jsonb_build_object('pickup',
    null, 'dropoff', jsonb_build_object('from', utc(now() + ${minutes} * interval '1 minute'),
    'to', utc(now() + ${minutes + 6} * interval '1 minute'))) where id = ${order}`;
  const seen = (ago: string) => owner`update drivers set location =
    jsonb_build_object('lat', 1, 'lng', 1, 'fixedAt', utc(now() - ${ago}::interval)) where id = ${driver}`;
  const step = (status: string, attempts = 0) =>
    owner`update orders set status = ${status}, attempts = ${attempts} where id = ${order}`;

  await expectedIn(1);
  await seen('1 second');
  await step('assigned');
  expect(await noted(order)).toEqual([]);
  await step('enroute_to_dropoff');
  await expectedIn(10);
  expect(await noted(order)).toEqual([]);
  await expectedIn(1);
  await seen('10 minutes');
  expect(await noted(order)).toEqual([]);
  await seen('1 second');
  expect(await noted(order)).toEqual(['order_arriving']);
  expect(await noted(order)).toEqual([]);
  await step('enroute_to_dropoff', 1);
  expect(await noted(order)).toEqual(['order_arriving']);
});

test('nobody but the worker may look', async () => {
  const asApp = owner.begin(async (tx) => {
    await tx`set local role dropmate_app`;
    await tx`select note_order_times()`;
  });
  await expect(asApp).rejects.toThrow('permission denied');
});
