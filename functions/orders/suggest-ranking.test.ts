import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EtaOrder } from '../../domain/eta.ts';
import type { DriverRecord, VehicleType } from '../../domain/orders.ts';
import { type Candidate, type Offer, rankDrivers } from './suggest-ranking.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const SHOP = { lat: -34.9, lng: -56.2 };
const north = (metres: number) => ({ lat: SHOP.lat + metres / 111_195, lng: SHOP.lng });
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

const order = (id: string, change: Partial<EtaOrder> = {}): EtaOrder => ({
  ...{ id, status: 'assigned', stopSequence: null, statusAt: ago(60), readyAt: null },
  pickup: { address: 'Shop', location: SHOP },
  dropoff: { address: 'Door', location: north(2000) },
  eta: { pickup: null, dropoff: null },
  ...change,
});
const offer = (change: Partial<Offer> = {}): Offer => ({
  order: order('z'),
  metres: 2000,
  now: NOW,
  ...change,
});

type Change = {
  at?: number | null;
  age?: number;
  vehicleType?: VehicleType;
  status?: DriverRecord['status'];
};
function candidate(id: string, change: Change = {}, rest: Partial<Candidate> = {}): Candidate {
  const { at = 1000, age = 10, vehicleType = 'motorcycle', status = 'available' } = change;
  const location = at === null ? null : { ...north(at), heading: null, speed: null, fixedAt: ago(age) };
  return {
    driver: { id, name: id, vehicleType, status, version: 1, location },
    ...{ orders: [], declined: false },
    ...rest,
  };
}
const ranked = (candidates: Candidate[], change: Partial<Offer> = {}) =>
  rankDrivers(candidates, offer(change)).map(({ driver }) => driver.id);
const reasonsOf = (one: Candidate, change: Partial<Offer> = {}) =>
  Object.fromEntries(
    (rankDrivers([one], offer(change))[0]?.reasons ?? []).map(({ code, ...rest }) => [code, rest]),
  );

describe('the best driver', () => {
  test('is the nearest in time, not in metres', () => {
    expect(ranked([candidate('far', { at: 3000 }), candidate('near', { at: 500 })])).toEqual(['near', 'far']);
    expect(
      ranked([
        candidate('foot', { at: 1000, vehicleType: 'foot' }),
        candidate('car', { at: 3000, vehicleType: 'car' }),
      ]),
    ).toEqual(['car', 'foot']);
  });

  test('is free rather than near: who has orders is there after them', () => {
    const busy = candidate(
      'busy',
      { at: 100 },
      { orders: [order('a', { dropoff: { address: 'x', location: north(-3000) } })] },
    );
    expect(ranked([busy, candidate('free', { at: 2000 })])).toEqual(['free', 'busy']);
    expect(reasonsOf(busy).active_orders).toMatchObject({
      count: 1,
      carried: 0,
      seconds: expect.any(Number),
    });
    const carries = candidate('carries', {}, { orders: [order('a', { status: 'picked_up' })] });
    expect(reasonsOf(carries).active_orders).toMatchObject({ count: 1, carried: 1 });
  });

  test('is on shift, has sent a location lately, has a vehicle that reaches and did not decline', () => {
    const good = candidate('good', { at: 4000 });
    for (const worse of [
      candidate('worse', { at: 0, status: 'offline' }),
      candidate('worse', { at: 0, age: 900 }),
      candidate('worse', { at: null }),
      candidate('worse', { at: 0 }, { declined: true }),
    ]) {
      expect(ranked([worse, good])).toEqual(['good', 'worse']);
    }
    const bicycle = candidate('bicycle', { at: 0, vehicleType: 'bicycle' });
    expect(ranked([good, bicycle], { metres: 8000 })).toEqual(['bicycle', 'good']);
    expect(ranked([good, bicycle], { metres: 8001 })).toEqual(['good', 'bicycle']);
  });
});

describe('the reasons', () => {
  test('are codes with their values', () => {
    const near = candidate('a', { at: 1000, vehicleType: 'bicycle' });
    expect(reasonsOf(near, { metres: 9000 })).toEqual({
      travel: { metres: 1000, seconds: Math.round((1000 * 1.35) / 3.9) },
      location_age: { age: 10, seconds: 0 },
      available: { seconds: 0 },
      vehicle_out_of_reach: { metres: 9000, reach: 8000, seconds: 7200 },
    });
    expect(reasonsOf(candidate('a', { at: null, vehicleType: 'car' }, { declined: true }))).toEqual({
      no_location: { seconds: 1800 },
      available: { seconds: 0 },
      vehicle_fits: { metres: 2000, reach: null, seconds: 0 },
      declined_before: { seconds: 3600 },
    });
    expect(reasonsOf(candidate('a', { age: 200 })).location_age).toEqual({ age: 200, seconds: 200 });
    expect(reasonsOf(candidate('a', { age: 99_999 })).location_age).toEqual({ age: 99_999, seconds: 1800 });
  });

  test('say when the driver would be there, who waits for what is not ready', () => {
    const [now] = rankDrivers([candidate('a', { at: 0 })], offer());
    expect(now?.eta.pickup?.from).toBe('2026-11-22T12:00:00.000Z');
    const readyAt = '2026-11-22T13:00:00.000Z';
    const [later] = rankDrivers([candidate('a', { at: 0 })], offer({ order: order('z', { readyAt }) }));
    expect(Date.parse(later?.eta.pickup?.to ?? '')).toBeGreaterThan(Date.parse(readyAt));
    // That delays every driver alike, and is no reason.
    expect(later?.score).toBe(now?.score);
  });

  test('of an order without a place are all but the way', () => {
    const unplaced = { order: order('z', { pickup: { address: 'x' } }), metres: null };
    expect(Object.keys(reasonsOf(candidate('a'), unplaced))).toEqual(['location_age', 'available']);
    const busy = candidate('a', {}, { orders: [order('a'), order('b')] });
    expect(reasonsOf(busy, unplaced).active_orders).toEqual({ count: 2, carried: 0, seconds: 2400 });
  });

  test('add up to the score, by which they are ranked, whoever comes first', () => {
    const change = fc.record({
      at: fc.option(fc.integer({ min: 0, max: 50_000 })),
      age: fc.integer({ min: 0, max: 100_000 }),
      vehicleType: fc.constantFrom<VehicleType>('foot', 'bicycle', 'motorcycle', 'car', 'van'),
      status: fc.constantFrom<DriverRecord['status']>('available', 'offline'),
    });
    const one = fc.tuple(change, fc.boolean(), fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 12 }),
        fc.integer({ min: 0, max: 99_999 }),
        (changes, metres) => {
          const candidates = changes.map(([change, declined, count], index) => {
            const orders = Array.from({ length: count }, (_, n) => order(`a${index}${n}`));
            return candidate(`d${index}`, change, { declined, orders });
          });
          const suggestions = rankDrivers(candidates, offer({ metres }));
          for (const { score, reasons } of suggestions) {
            expect(reasons.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(score);
            for (const { seconds } of reasons) expect(Number.isInteger(seconds) && seconds >= 0).toBe(true);
          }
          const scores = suggestions.map(({ score }) => score);
          expect(scores).toEqual(scores.toSorted((a, b) => a - b));
          expect(rankDrivers(candidates.toReversed(), offer({ metres }))).toEqual(suggestions);
        },
      ),
    );
  });
});
