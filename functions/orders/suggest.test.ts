import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Location } from '../../domain/geo.ts';
import { createTestApp, type TestApp, type TestMerchant } from '../../tests/support/app.ts';
import { act, addOrder, addOrderIn, type Problem } from '../../tests/support/orders.ts';
import type { Suggestion } from './suggest-ranking.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.end());

const SHOP = { lat: -34.907, lng: -56.2026 };
const north = (metres: number) => ({ lat: SHOP.lat + metres / 111_195, lng: SHOP.lng });
const suggest = <T = { data: Suggestion[]; nextCursor: null }>({ token }: { token: string }, id: string) =>
  app.request<T>('GET', `/v1/orders/${id}/suggestions`, { token });
const idsOf = async (merchant: TestMerchant, id: string) =>
  (await suggest(merchant, id)).body.data.map(({ driver }) => driver.id);

/** On shift, where the fleet room saw them last. */
async function addDriverAt(merchant: TestMerchant, location: Location | null, status = 'available') {
  const driver = await app.addDriver(merchant.id, 'Ana', 'motorcycle');
  const last = location && { ...location, heading: null, speed: null, fixedAt: new Date().toISOString() };
  await app.owner`update drivers set status = ${status}, location = ${last && app.owner.json(last)}
    where id = ${driver.id}`;
  return driver;
}

describe('who could take an order', () => {
  test('is told with the reasons, the best first', async () => {
    const merchant = await app.addMerchant();
    const far = await addDriverAt(merchant, north(3000));
    const near = await addDriverAt(merchant, north(500));
    const nowhere = await addDriverAt(merchant, null);
    const offline = await addDriverAt(merchant, SHOP, 'offline');
    const { id } = await addOrder(app, merchant);
    const { status, body } = await suggest(merchant, id);
    expect(status).toBe(200);
    expect(body.nextCursor).toBeNull();
    expect(body.data.map(({ driver }) => driver.id)).toEqual([near.id, far.id, nowhere.id, offline.id]);
    const [best] = body.data;
    expect(best).toEqual({
      driver: { id: near.id, name: 'Ana', vehicleType: 'motorcycle', status: 'available' },
      score: 94,
      eta: { pickup: { from: expect.any(String), to: expect.any(String) }, dropoff: expect.any(Object) },
      reasons: [
        { code: 'travel', seconds: 94, metres: 500 },
        { code: 'location_age', seconds: 0, age: expect.any(Number) },
        { code: 'available', seconds: 0 },
        { code: 'vehicle_fits', seconds: 0, metres: 3927, reach: 40_000 },
      ],
    });
  });

  test('is at most ten, of many', async () => {
    const merchant = await app.addMerchant();
    for (let n = 0; n < 12; n++) await addDriverAt(merchant, north(n * 100));
    const { id } = await addOrder(app, merchant);
    expect(await idsOf(merchant, id)).toHaveLength(10);
  });

  test('is nobody who is gone, nor who has it', async () => {
    const merchant = await app.addMerchant();
    const [has, gone, other] = [
      await addDriverAt(merchant, SHOP),
      await addDriverAt(merchant, SHOP),
      await addDriverAt(merchant, SHOP),
    ];
    const { id } = await addOrderIn(app, merchant, has, 'assigned');
    await app.request('DELETE', `/v1/drivers/${gone.id}`, { token: merchant.token });
    expect(await idsOf(merchant, id)).toEqual([other.id]);
  });

  test('comes later who has orders, or gave this one back', async () => {
    const merchant = await app.addMerchant();
    const [busy, declined, free] = [
      await addDriverAt(merchant, SHOP),
      await addDriverAt(merchant, SHOP),
      await addDriverAt(merchant, north(1500)),
    ];
    await addOrderIn(app, merchant, busy, 'picked_up');
    const { id } = await addOrderIn(app, merchant, declined, 'assigned');
    const back = { status: 'created', reason: 'A puncture' };
    expect((await act(app, declined, id, 'status', back)).status).toBe(200);
    const { body } = await suggest(merchant, id);
    expect(body.data.map(({ driver }) => driver.id)).toEqual([free.id, busy.id, declined.id]);
    const codes = body.data.map(({ reasons }) => reasons.map(({ code }) => code));
    expect(codes[1]).toContain('active_orders');
    expect(codes[2]).toContain('declined_before');
    expect(body.data[1]?.reasons).toContainEqual({
      ...{ code: 'active_orders', count: 1, carried: 1, seconds: expect.any(Number) },
    });
  });

  test('when it is carried already, takes it over where its driver is', async () => {
    const merchant = await app.addMerchant();
    const has = await addDriverAt(merchant, north(5000));
    const [shop, there] = [await addDriverAt(merchant, SHOP), await addDriverAt(merchant, north(4900))];
    const { id } = await addOrderIn(app, merchant, has, 'picked_up');
    expect(await idsOf(merchant, id)).toEqual([there.id, shop.id]);
  });

  test('is told of an order that nobody has placed yet', async () => {
    const merchant = await app.addMerchant();
    const [offline, ready] = [
      await addDriverAt(merchant, SHOP, 'offline'),
      await addDriverAt(merchant, north(9000)),
    ];
    const { id } = await addOrder(app, merchant, { pickup: { address: 'Nowhere 0' } });
    expect(await idsOf(merchant, id)).toEqual([ready.id, offline.id]);
  });

  test('is nobody when it has ended', async () => {
    const merchant = await app.addMerchant();
    const driver = await addDriverAt(merchant, SHOP);
    const { id } = await addOrderIn(app, merchant, driver, 'delivered');
    const { status, body } = await suggest<Problem>(merchant, id);
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'conflict' });
  });

  test('is for managers, and keys that may assign', async () => {
    const merchant = await app.addMerchant();
    const driver = await app.addDriver(merchant.id);
    const { id } = await addOrder(app, merchant);
    expect((await suggest(await app.addApiKey(merchant.id, ['orders:write']), id)).status).toBe(200);
    expect((await suggest(await app.addApiKey(merchant.id, ['orders:read']), id)).status).toBe(403);
    expect((await suggest(driver, id)).status).toBe(403);
    expect((await suggest(await app.addMerchant(), id)).status).toBe(404);
    expect((await suggest(merchant, uuidv7())).status).toBe(404);
    expect((await app.request('GET', `/v1/orders/${id}/suggestions`)).status).toBe(401);
  });
});
