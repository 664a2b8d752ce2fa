import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from '../../tests/support/app.ts';
import { act, addOrder, DROPOFF, type Problem } from '../../tests/support/orders.ts';
import type { Analytics } from './get.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.end());

const figuresOf = async ({ token }: { token: string }, query = ''): Promise<Analytics> => {
  const { status, body } = await app.request<Analytics>('GET', `/v1/analytics${query}`, { token });
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
};

/** How an order went, in minutes after its creation. */
type Went = {
  /** In the merchant's time zone, three hours behind UTC. */
  createdAt: string;
  assigned?: number;
  pickedUp?: number;
  delivered?: number;
  promised?: number;
  estimated?: number;
  status?: string;
  tip?: number;
  cashCollected?: number;
  distance?: number;
  reasonCode?: string;
  attempts?: number;
  sandbox?: boolean;
};

/** An order that went so, written behind the API's back: its past cannot be lived through. */
async function addPast(merchant: TestMerchant, driver: TestDriver, went: Went): Promise<string> {
  const id = uuidAt(went.createdAt);
  const at = (minutes: number | undefined) =>
    minutes === undefined ? null : new Date(Date.parse(went.createdAt) + minutes * 60_000).toISOString();
  const steps = { created: at(0), ...(went.assigned === undefined ? {} : { assigned: at(went.assigned) }) };
  await app.owner`insert into orders (merchant_id, id, number, status, version, driver_id, pickup, dropoff, needs_placing,
      items, currency, steps, status_at, tracking_hash, tracking_revision, created_at, updated_at, pickup_time,
      delivery_time, promised_at, estimated_at, tip, cash_collected, distance, reason_code, attempts, sandbox)
    values (${merchant.id}, ${id}, 1, ${went.status ?? 'delivered'}, 1, ${driver.id}, '{}', '{}', false, '[]', 'UYU',
      ${app.owner.json(steps)}, now(), ${id}, 0, ${at(0)}, now(), ${at(went.pickedUp)}, ${at(went.delivered)},
      ${at(went.promised)}, ${at(went.estimated)}, ${went.tip ?? null}, ${went.cashCollected ?? null},
      ${went.distance ?? null}, ${went.reasonCode ?? null}, ${went.attempts ?? 0}, ${went.sandbox ?? false})`;
  return id;
}

const uuidAt = (iso: string): string => {
  const hex = Date.parse(iso).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${uuidv7().slice(13)}`;
};

const DAY = '?from=2026-03-02&to=2026-03-02';

describe('the figures of a day', () => {
  test('are those of its orders, in the time zone of the business', async () => {
    const merchant = await app.addMerchant();
    const driver = await app.addDriver(merchant.id);
    const usual = { assigned: 5, pickedUp: 15, promised: 45, estimated: 35, distance: 2000, tip: 100 };
    // 02:30 UTC is half past eleven in the evening of the day before.
    await addPast(merchant, driver, { ...usual, createdAt: '2026-03-02T02:30:00Z', delivered: 30 });
    await addPast(merchant, driver, { ...usual, createdAt: '2026-03-02T15:00:00Z', delivered: 40 });
    await addPast(merchant, driver, {
      ...usual,
      createdAt: '2026-03-02T15:10:00Z',
      delivered: 60,
      cashCollected: 900,
    });
    await addPast(merchant, driver, { ...usual, createdAt: '2026-03-03T02:59:59Z', delivered: 20 });
    await addPast(merchant, driver, {
      createdAt: '2026-03-02T20:00:00Z',
      assigned: 10,
      pickedUp: 20,
      status: 'failed',
      reasonCode: 'customer_absent',
      attempts: 2,
    });
    await addPast(merchant, driver, {
      ...usual,
      createdAt: '2026-03-02T15:00:00Z',
      delivered: 1,
      sandbox: true,
    });

    const figures = await figuresOf(merchant, DAY);
    expect(figures.period).toEqual({ from: '2026-03-02', to: '2026-03-02', timezone: 'America/Montevideo' });
    expect(figures.orders.byStatus).toEqual({ delivered: 3, failed: 1 });
    expect(figures.orders.byDay).toEqual([{ day: '2026-03-02', created: 4, delivered: 3 }]);
    expect(figures.orders.byHour.map((n, hour) => (n > 0 ? `${hour}: ${n}` : '')).filter(Boolean)).toEqual([
      '12: 2',
      '17: 1',
      '23: 1',
    ]);
    expect(figures.onTime).toEqual({ promised: 3, onTime: 2, rate: 0.6667 });
    expect(figures.distance).toEqual({ total: 6000, average: 2000 });
    expect(figures.failures).toEqual({ attempts: 2, reasons: { customer_absent: 1 } });
    expect(figures.money).toEqual([{ currency: 'UYU', tips: 300, cashCollected: 900, fees: 0, totals: 0 }]);
    expect(figures.times.createdToAssigned.count).toBe(4);
    about(figures.times.createdToAssigned.median, 5 * 60);
    about(figures.times.assignedToPickup.median, 10 * 60);
    about(figures.times.pickupToDelivered.median, 25 * 60);
    about(figures.times.createdToDelivered.p90, 60 * 60);
    // Off by 15 min early (20 instead of 35), 5 and 25 late.
    expect(figures.etaError.count).toBe(3);
    about(figures.etaError.median, 15 * 60);
    expect(figures.drivers.data).toEqual([
      {
        driverId: driver.id,
        name: 'Ana Pérez',
        delivered: 3,
        onTimeRate: 0.6667,
        distance: 6000,
        hours: 0,
        deliveriesPerHour: null,
      },
    ]);
  });

  test('of past days are kept, and made anew when an order of theirs changes later', async () => {
    const merchant = await app.addMerchant();
    const driver = await app.addDriver(merchant.id);
    const id = await addPast(merchant, driver, {
      createdAt: '2026-03-02T15:00:00Z',
      status: 'failed',
      pickedUp: 9,
    });
    expect((await figuresOf(merchant, DAY)).orders.byStatus).toEqual({ failed: 1 });
    const kept = await app.owner`select figures from analytics_days where merchant_id = ${merchant.id}`;
    expect(kept).toHaveLength(1);
    // Behind the API's back: only what is kept can still say so.
    await app.owner`update orders set attempts = 7 where id = ${id}`;
    expect((await figuresOf(merchant, DAY)).failures.attempts).toBe(0);
    expect((await act(app, merchant, id, 'status', { status: 'returned' })).status).toBe(200);
    const figures = await figuresOf(merchant, DAY);
    expect(figures.orders.byStatus).toEqual({ returned: 1 });
    expect(figures.failures.attempts).toBe(7);
  });

  test('follow the business into another time zone', async () => {
    const merchant = await app.addMerchant();
    const driver = await app.addDriver(merchant.id);
    await addPast(merchant, driver, { createdAt: '2026-03-02T15:00:00Z', delivered: 9 });
    expect((await figuresOf(merchant, DAY)).orders.total).toBe(1);
    const { token } = merchant;
    await app.request('PATCH', '/v1/merchants/me', { token, body: { timezone: 'Pacific/Kiritimati' } });
    expect((await figuresOf(merchant, DAY)).orders.total).toBe(0);
    expect((await figuresOf(merchant, '?from=2026-03-03&to=2026-03-03')).orders.total).toBe(1);
  });
});

test('today is counted as it goes, with the hours of those on duty', async () => {
  const merchant = await app.addMerchant();
  const driver = await app.addDriver(merchant.id);
  await app.owner`insert into shifts (merchant_id, id, driver_id, started_at, ended_at) values
    (${merchant.id}, ${uuidv7()}, ${driver.id}, now() - interval '3 days 2 hours', now() - interval '3 days'),
    (${merchant.id}, ${uuidv7()}, ${driver.id}, now() - interval '2 days 30 minutes', now() - interval '2 days')`;
  const before = await figuresOf(merchant);
  expect(before.orders.total).toBe(0);
  expect(before.orders.byDay).toHaveLength(30);
  const order = await addOrder(app, merchant, { dropoff: DROPOFF });
  await act(app, merchant, order.id, 'assign', { driverId: driver.id });
  for (const status of ['picked_up', 'delivered']) await act(app, merchant, order.id, 'status', { status });
  const figures = await figuresOf(merchant);
  expect(figures.orders.byDay.at(-1)).toMatchObject({ created: 1, delivered: 1 });
  expect(figures.drivers).toMatchObject({
    hours: 2.5,
    deliveriesPerHour: 0.4,
    data: [{ driverId: driver.id, delivered: 1, hours: 2.5 }],
  });
  expect(
    await app.owner`select from analytics_days
    where merchant_id = ${merchant.id} and day >= (now() at time zone 'America/Montevideo')::date - 1`,
  ).toHaveLength(0);
});

test('days before the first order have no figures to keep', async () => {
  const merchant = await app.addMerchant();
  const driver = await app.addDriver(merchant.id);
  const kept = async () =>
    (await app.owner`select day::text from analytics_days where merchant_id = ${merchant.id}`).map(
      ({ day }) => day,
    );
  const lastYears = await figuresOf(merchant, '?from=1990-01-01&to=1990-12-31');
  expect([lastYears.orders.total, lastYears.orders.byDay.length]).toEqual([0, 365]);
  expect(await kept()).toEqual([]);
  await addPast(merchant, driver, { createdAt: '2026-03-02T12:00:00-03:00' });
  expect((await figuresOf(merchant, '?from=2026-02-25&to=2026-03-03')).orders.total).toBe(1);
  expect(await kept()).toEqual(['2026-03-02', '2026-03-03']);
});

test('a merchant counts its own orders only', async () => {
  const [merchant, other] = [await app.addMerchant(), await app.addMerchant()];
  await addPast(other, await app.addDriver(other.id), { createdAt: '2026-03-02T15:00:00Z', delivered: 9 });
  expect((await figuresOf(merchant, DAY)).orders.total).toBe(0);
});

test('the worker keeps the days of the week, so that nobody waits for them', async () => {
  const merchant = await app.addMerchant();
  await addPast(merchant, await app.addDriver(merchant.id), { createdAt: '2026-03-02T12:00:00-03:00' });
  await app.owner`select keep_analytics()`;
  const [row] = await app.owner`select count(*)::int as n from analytics_days
    where merchant_id = ${merchant.id} and figures is not null`;
  expect(row).toEqual({ n: 7 });
});

test.each([
  ['?from=2026-03-02&to=2026-03-01', 'to'],
  ['?from=2024-03-01&to=2026-03-01', 'from'],
  ['?from=yesterday', 'from'],
  ['?to=2026-02-30', 'to'],
])('%s is no period', async (query, path) => {
  const { token } = await app.addMerchant();
  const { status, body } = await app.request<Problem>('GET', `/v1/analytics${query}`, { token });
  expect([status, body.errors?.[0]?.path]).toEqual([400, path]);
});

test('drivers are refused, keys need the scope', async () => {
  const merchant = await app.addMerchant();
  const { token } = await app.addDriver(merchant.id);
  expect((await app.request('GET', '/v1/analytics', { token })).status).toBe(403);
  const key = await app.addApiKey(merchant.id, ['analytics:read']);
  expect((await app.request('GET', '/v1/analytics', { token: key.token })).status).toBe(200);
});

function about(value: number | null, seconds: number): void {
  expect(value).not.toBeNull();
  expect(Math.abs((value ?? 0) - seconds)).toBeLessThanOrEqual(seconds * 0.026);
}
