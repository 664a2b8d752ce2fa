import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderStatus } from '../domain/order-status.ts';
import { createTestApp, type TestApp, type TestDriver, type TestMerchant } from './support/app.ts';
import { act, addOrder, addOrderIn, expectLogToFold, type Order, type Problem } from './support/orders.ts';

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

const ROUNDS = 200;
const STANDING = { lat: 1, lng: 1, heading: null, speed: null };
/** As many at once as there are connections, so that the two of a round really meet. */
const AT_ONCE = 2;

async function rounds(round: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < ROUNDS) await round(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

type Answered = { status: number; body: Order | Problem };

/** Exactly one was done; the other was told of a conflict. Returns who won. */
function expectOneWinner(answers: Answered[]): number {
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const codes = answers.flatMap(({ body }) => ('code' in body ? body.code : []));
  expect(['conflict', 'illegal_transition']).toEqual(expect.arrayContaining(codes));
  return answers.findIndex(({ status }) => status === 200);
}

describe('of two at once', () => {
  test('who give an order to different drivers, one wins and the other hears of it', async () => {
    await rounds(async () => {
      const { id } = await addOrder(app, merchant);
      const answers = await Promise.all(
        [ana, ben].map((driver) =>
          act<Order | Problem>(app, merchant, id, 'assign', { driverId: driver.id }),
        ),
      );
      const winner = [ana, ben][expectOneWinner(answers)];
      const lines = await expectLogToFold(app, merchant, id);
      expect(lines.map(({ driverId }) => driverId)).toEqual([null, winner?.id]);
    });
  });

  test('phones of one driver that end an order differently, one wins and the other hears of it', async () => {
    const ends: OrderStatus[] = ['delivered', 'failed'];
    await rounds(async () => {
      const { id } = await addOrderIn(app, merchant, ana, 'picked_up');
      const answers = await Promise.all(
        ends.map((status) =>
          act<Order | Problem>(app, ana, id, 'status', { status, reason: 'r', updateId: uuidv7() }),
        ),
      );
      const winner = ends[expectOneWinner(answers)];
      const lines = await expectLogToFold(app, merchant, id);
      expect(lines.map(({ status }) => status)).toEqual(['created', 'assigned', 'picked_up', winner]);
    });
  });

  test('the shop that cancels and the driver who picks up, one wins and the other hears of it', async () => {
    await rounds(async () => {
      const { id } = await addOrderIn(app, merchant, ana, 'assigned');
      const answers = await Promise.all([
        act<Order | Problem>(app, merchant, id, 'cancel', { reason: 'r' }),
        act<Order | Problem>(app, ana, id, 'status', { status: 'picked_up' }),
      ]);
      const winner = (['cancelled', 'picked_up'] as const)[expectOneWinner(answers)];
      expect((await expectLogToFold(app, merchant, id)).at(-1)?.status).toBe(winner);
    });
  });

  test('the room that flushes and the shop that assigns, neither is in the other’s way', async () => {
    const token = await app.serviceToken();
    await rounds(async (index) => {
      const { id } = await addOrderIn(app, merchant, ana, 'assigned');
      const fixedAt = new Date(Date.UTC(2026, 10, 22) + index * 1000).toISOString();
      const batch = {
        trails: [],
        locations: [ana, ben].map(({ id: driverId }) => ({ ...STANDING, driverId, fixedAt })),
        etas: [{ orderId: id, eta: { pickup: null, dropoff: { from: fixedAt, to: fixedAt } } }],
      };
      const flush = () => app.request('POST', `/internal/flush/${merchant.id}`, { token, body: batch });
      const answers = await Promise.all([
        flush(),
        act(app, merchant, id, 'assign', { driverId: ben.id, replaces: ana.id }),
        flush(),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    });
  });

  test('each version is told to the relay once, with the order as it was then', async () => {
    const facts = await app.owner<{ torn: number; missing: number; doubled: number }[]>`
      select count(*) filter (where (o.payload->>'version')::int <> o.version
          or o.payload->>'status' <> u.status_update::text
          or (o.payload->>'driver_id')::uuid is distinct from u.driver_id)::int as torn,
        count(*) filter (where o.id is null)::int as missing,
        (count(*) - count(distinct (u.order_id, u.version)))::int as doubled
      from delivery_updates u left join outbox o on o.entity_id = u.order_id and o.version = u.version`;
    expect(facts[0]).toEqual({ torn: 0, missing: 0, doubled: 0 });
  });
});
