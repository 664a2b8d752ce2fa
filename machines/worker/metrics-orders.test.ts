import postgres from 'postgres';
import { Registry } from 'prom-client';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { roleUrl, SYSTEM_ROLE } from '../../db/roles.ts';
import { PROMISE_STATUSES } from '../../domain/lateness.ts';
import { type OrderStatus, STATUSES } from '../../domain/order-status.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { observeOrders } from './metrics-orders.ts';

let database: TestDatabase;
let owner: postgres.Sql;
let system: postgres.Sql;
const merchantId = uuidv7();
const executeSql = async (text: string) => ({ rows: [...(await system.unsafe(text))] });

beforeAll(async () => {
  database = await createTestDatabase();
  owner = postgres(database.ownerUrl, { max: 1, onnotice: () => {} });
  system = postgres(roleUrl(database.ownerUrl, SYSTEM_ROLE, database.secret), { max: 1 });
  await owner`insert into merchants (id, name, timezone, currency) values (${merchantId}, 'M', 'UTC', 'UYU')`;
});
// What is late is so over all merchants.
beforeEach(() => owner`delete from orders`);
afterAll(async () => {
  await Promise.all([owner.end(), system.end()]);
  await database.drop();
});

const MINUTE = 60_000;
const at = (minutes: number): string => new Date(Date.now() + minutes * MINUTE).toISOString();

/** Times are minutes from now. */
type Given = {
  status?: OrderStatus;
  window?: [from: number, to: number];
  /** Left out: the window's end. */
  promised?: number;
  sandbox?: boolean;
  arrives?: number;
  created?: number;
  ready?: number;
};
let number = 0;

async function addOrder(given: Given): Promise<void> {
  const { status = 'assigned', window, promised = window?.[1], sandbox = null } = given;
  const { arrives, created = 0, ready } = given;
  const id = uuidv7();
  const dropoff = {
    address: 'Somewhere 1',
    ...(window && { window: { from: at(window[0]), to: at(window[1]) } }),
  };
  const eta =
    arrives === undefined ? null : { pickup: null, dropoff: { from: at(arrives), to: at(arrives + 5) } };
  await owner`
    insert into orders (merchant_id, id, number, status, version, pickup, dropoff, needs_placing, items, currency, steps,
      eta, promised_at, sandbox, status_at, created_at, updated_at, ready_at, tracking_hash, tracking_revision)
    values (${merchantId}, ${id}, ${++number}, ${status}, 1, ${owner.json({ address: 'Here 1' })}, ${owner.json(dropoff)},
      false, '[]', 'UYU', '{}', ${eta && owner.json(eta)}, ${promised === undefined ? null : at(promised)}, ${sandbox},
      now(), ${at(created)}, now(),
      ${ready === undefined ? null : at(ready)}, ${id}, 0)`;
}

/** The figures by their names' ends. */
async function read(registry = observed()): Promise<Record<string, number>> {
  const found = (await registry.metrics()).matchAll(/^dropmate_orders_(\w+) (.*)$/gm);
  return Object.fromEntries([...found].map(([, name, value]) => [name, Number(value)]));
}

function observed(freshMs = 0): Registry {
  const registry = new Registry();
  observeOrders(registry, { executeSql }, freshMs);
  return registry;
}

describe('an order is late', () => {
  test.for<[string, Given, { due: number; late: number }]>([
    ['past the end of its window', { window: [-60, -1] }, { due: 1, late: 1 }],
    ['and so without a driver', { window: [-60, -1], status: 'created' }, { due: 1, late: 1 }],
    ['when its ETA is past it', { window: [10, 30], arrives: 40 }, { due: 1, late: 1 }],
    [
      'not while its window is open and its ETA within',
      { window: [-10, 30], arrives: 20 },
      { due: 1, late: 0 },
    ],
    ['not before, and then it is not due', { window: [10, 30], arrives: 20 }, { due: 0, late: 0 }],
    ['not without a promise', { arrives: 500 }, { due: 0, late: 0 }],
    [
      'not by an ETA of a driver it no longer has',
      { window: [10, 30], arrives: 40, status: 'created' },
      { due: 0, late: 0 },
    ],
    ['not a day after: it was forgotten', { window: [-3000, -24 * 60 - 1] }, { due: 0, late: 0 }],
    ['past what its quote said', { promised: -1, created: -40 }, { due: 1, late: 1 }],
    ['and due from its creation, when it has no window', { promised: 30 }, { due: 1, late: 0 }],
    ['not when a robot delivers it', { window: [-60, -1], sandbox: true }, { due: 0, late: 0 }],
    ['for a whole day', { window: [-3000, -24 * 60 + 1] }, { due: 1, late: 1 }],
  ])('%s', async ([, order, expected]) => {
    await addOrder(order);
    expect(await read()).toMatchObject(expected);
  });

  test('in every status in which somebody still waits for it', async () => {
    const late: OrderStatus[] = [];
    for (const status of STATUSES) {
      await owner`delete from orders`;
      await addOrder({ status, window: [-60, -1] });
      if ((await read()).late === 1) late.push(status);
    }
    expect(late).toEqual(PROMISE_STATUSES);
  });
});

describe('an order waits for a driver', () => {
  test.for<[string, Given, number]>([
    ['from its creation', { created: -30 }, 30],
    ['from when it is ready', { created: -60, ready: -20 }, 20],
    ['from its creation, when it was ready before', { created: -10, ready: -90 }, 10],
    ['from its window’s begin, when nobody says when it is ready', { created: -60, window: [-15, 60] }, 15],
    ['not before that', { created: -60, window: [60, 90] }, 0],
    ['not when it has one', { created: -60, status: 'assigned' }, 0],
    ['not when a robot delivers it', { created: -60, sandbox: true }, 0],
    ['not for more than a day: it was forgotten', { created: -24 * 60 - 1 }, 0],
  ])('%s', async ([, order, minutes]) => {
    await addOrder({ status: 'created', ...order });
    const { unassigned_seconds: seconds = -1 } = await read();
    expect(seconds).toBeGreaterThanOrEqual(minutes * 60);
    expect(seconds).toBeLessThan(minutes * 60 + (minutes === 0 ? 1 : 60));
  });

  test('and the oldest counts', async () => {
    await addOrder({ status: 'created', created: -5 });
    await addOrder({ status: 'created', created: -50 });
    await addOrder({ status: 'created', created: -10 });
    expect((await read()).unassigned_seconds).toBeGreaterThanOrEqual(3000);
  });
});

test('nothing is late, due or waiting while there are no orders', async () => {
  expect(await read()).toEqual({ due: 0, late: 0, unassigned_seconds: 0 });
});

test('it is not looked up again within the time given, and all three are one look', async () => {
  let looks = 0;
  const registry = new Registry();
  const counting = (text: string) => {
    looks++;
    return executeSql(text);
  };
  observeOrders(registry, { executeSql: counting });
  expect(await read(registry)).toMatchObject({ late: 0 });
  await addOrder({ window: [-60, -1] });
  expect(await read(registry)).toMatchObject({ late: 0 });
  expect(looks).toBe(1);
  expect(await read()).toMatchObject({ late: 1 });
});

test('while the database is away, they have no value, and not that of before', async () => {
  let away = false;
  const registry = new Registry();
  observeOrders(
    registry,
    { executeSql: (text) => (away ? Promise.reject(new Error('away')) : executeSql(text)) },
    0,
  );
  expect(Object.keys(await read(registry))).toHaveLength(3);
  away = true;
  expect(await read(registry)).toEqual({});
});

test('the orders are found by the index of active ones', async () => {
  const [{ body } = { body: '' }] = await owner<{ body: string }[]>`
    select prosrc as body from pg_proc where proname = 'late_orders'`;
  const plan = await owner.begin(async (sql) => {
    await sql`set local enable_seqscan = off`;
    return sql.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${body}`);
  });
  expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('orders_active');
});

test('the function is the worker’s alone', async () => {
  const [may] = await owner`
    select has_function_privilege('dropmate_app', 'late_orders()', 'execute') as app,
      has_function_privilege('dropmate_system', 'late_orders()', 'execute') as system`;
  expect(may).toEqual({ app: false, system: true });
});
