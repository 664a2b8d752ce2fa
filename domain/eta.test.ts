import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type EtaOrder,
  estimateArrivals,
  estimateQuote,
  type QuoteTimes,
  travelSeconds,
  usualSeconds,
} from './eta.ts';
import { inStopOrder } from './next-stop.ts';
import { isBeforePickup, isCarried, type OrderStatus, STATUSES } from './order-status.ts';
import { type TimeRange, VEHICLE_TYPES } from './orders.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const MINUTE = 60_000;
const SHOP = { lat: -34.9, lng: -56.2 };
/** North of the shop by so many metres. */
const north = (metres: number) => ({ lat: SHOP.lat + metres / 111_195, lng: SHOP.lng });

type Change = Partial<Omit<EtaOrder, 'pickup' | 'dropoff'>> & {
  dropoffAt?: number | null;
  windowFrom?: string;
};

/** An order from the shop to a door that many metres north of it. */
function order(
  id: string,
  status: OrderStatus,
  { dropoffAt = 1000, windowFrom, ...change }: Change = {},
): EtaOrder {
  return {
    id,
    status,
    stopSequence: null,
    statusAt: '2026-11-22T11:00:00.000Z',
    pickup: { address: 'Shop', location: SHOP },
    dropoff: {
      address: 'Door',
      ...(dropoffAt === null ? {} : { location: north(dropoffAt) }),
      ...(windowFrom === undefined ? {} : { window: { from: windowFrom, to: '2026-11-22T23:00:00.000Z' } }),
    },
    readyAt: null,
    eta: { pickup: null, dropoff: null },
    ...change,
  };
}

const atShop = { location: SHOP, vehicleType: 'bicycle' } as const;
const minutes = (iso: string): number => (Date.parse(iso) - NOW) / MINUTE;
const rangeOf = (range: TimeRange | null | undefined) =>
  range ? [minutes(range.from), minutes(range.to)] : range;

/** The estimate within a range, in minutes from now: before it is widened and rounded it lies in the middle. */
function within(range: TimeRange | null | undefined, minute: number): boolean {
  const bounds = rangeOf(range);
  return Array.isArray(bounds) && (bounds[0] ?? Infinity) <= minute && minute <= (bounds[1] ?? -Infinity);
}

test('a slower vehicle takes longer, and streets are longer than the straight line', () => {
  const seconds = VEHICLE_TYPES.map(
    (vehicle) => [vehicle, travelSeconds(SHOP, north(3900), vehicle)] as const,
  );
  expect(seconds.toSorted((a, b) => b[1] - a[1]).map(([vehicle]) => vehicle)).toEqual([
    'foot',
    'bicycle',
    'van',
    'car',
    'motorcycle',
  ]);
  // 3,900 m at 3.9 m/s are 1,000 s as the crow flies.
  expect(travelSeconds(SHOP, north(3900), 'bicycle')).toBeCloseTo(1350, 0);
  expect(travelSeconds(SHOP, SHOP, 'foot')).toBe(0);
});

describe('the arrivals of one order', () => {
  test('a carried order has a dropoff and no pickup', () => {
    const eta = estimateArrivals(atShop, [order('a', 'picked_up', { dropoffAt: 3800 })], NOW).get('a');
    expect(eta?.pickup).toBeNull();
    // 21.9 minutes of cycling, give or take a fifth.
    expect(rangeOf(eta?.dropoff)).toEqual([17, 27]);
  });

  test('an order still to be fetched has both, two minutes at the counter between them', () => {
    const driver = { location: north(-3800), vehicleType: 'bicycle' } as const;
    const eta = estimateArrivals(driver, [order('a', 'assigned', { dropoffAt: 0 })], NOW).get('a');
    expect(rangeOf(eta?.pickup)).toEqual([17, 27]);
    expect(rangeOf(eta?.dropoff)).toEqual([19, 29]);
  });

  test('a range is never narrower than three minutes each way, and does not begin before now', () => {
    const eta = estimateArrivals(atShop, [order('a', 'arrived_at_dropoff', { dropoffAt: 0 })], NOW).get('a');
    expect(rangeOf(eta?.dropoff)).toEqual([0, 3]);
  });

  test('a pickup does not come before the food is ready, nor the dropoff with it', () => {
    const readyAt = '2026-11-22T12:30:00.000Z';
    const eta = estimateArrivals(atShop, [order('a', 'assigned', { readyAt, dropoffAt: 0 })], NOW).get('a');
    expect(within(eta?.pickup, 30)).toBe(true);
    expect(within(eta?.dropoff, 32)).toBe(true);
    expect(minutes(eta?.dropoff?.from ?? '')).toBeGreaterThan(20);
  });

  test('food that is ready already holds nobody up', () => {
    const readyAt = '2026-11-22T11:00:00.000Z';
    const with_ = estimateArrivals(atShop, [order('a', 'assigned', { readyAt })], NOW);
    expect(with_).toEqual(estimateArrivals(atShop, [order('a', 'assigned')], NOW));
  });

  test('a dropoff does not come before its window', () => {
    const windowFrom = '2026-11-22T13:00:00.000Z';
    const orders = [order('a', 'picked_up', { windowFrom })];
    expect(within(estimateArrivals(atShop, orders, NOW).get('a')?.dropoff, 60)).toBe(true);
  });
});

describe('what cannot be told', () => {
  test('without a fix nothing can', () => {
    const eta = estimateArrivals({ location: null, vehicleType: 'car' }, [order('a', 'assigned')], NOW);
    expect(eta.get('a')).toEqual({ pickup: null, dropoff: null });
  });

  test('a stop without a location hides itself and all behind it, not what is before it', () => {
    const orders = [
      order('a', 'picked_up', { stopSequence: 1 }),
      order('b', 'picked_up', { stopSequence: 2, dropoffAt: null }),
      order('c', 'picked_up', { stopSequence: 3 }),
    ];
    const etas = estimateArrivals(atShop, orders, NOW);
    expect(etas.get('a')?.dropoff).not.toBeNull();
    expect(etas.get('b')?.dropoff).toBeNull();
    expect(etas.get('c')?.dropoff).toBeNull();
  });

  test.each(STATUSES.filter((status) => !isBeforePickup(status) && !isCarried(status)))(
    'an order that is %s has no arrival',
    (status) => {
      expect(estimateArrivals(atShop, [order('a', status)], NOW).get('a')).toEqual({
        pickup: null,
        dropoff: null,
      });
    },
  );
});

test('whoever waits behind an order that goes back waits for that way too', () => {
  const driver = { location: north(3900), vehicleType: 'bicycle' } as const;
  const next = order('b', 'picked_up', { dropoffAt: 3900 });
  const direct = estimateArrivals(driver, [next], NOW).get('b');
  const after = estimateArrivals(driver, [order('a', 'enroute_to_return'), next], NOW).get('b');
  expect(rangeOf(direct?.dropoff)).toEqual([0, 3]);
  // There and back: 45 minutes, and two at the counter.
  expect(within(after?.dropoff, 47)).toBe(true);
});

const anyOrders = fc
  .array(
    fc.record({
      status: fc.constantFrom(
        'assigned',
        'enroute_to_pickup',
        'picked_up',
        'enroute_to_dropoff',
        'failed' as const,
      ),
      dropoffAt: fc.option(fc.integer({ min: 0, max: 9000 }), { freq: 8 }),
      stopSequence: fc.option(fc.integer({ min: 0, max: 5 })),
      readyIn: fc.option(fc.integer({ min: -60, max: 90 })),
      windowIn: fc.option(fc.integer({ min: -60, max: 90 })),
    }),
    { maxLength: 7 },
  )
  .map((specs) =>
    specs.map(({ status, dropoffAt, stopSequence, readyIn, windowIn }, index) =>
      order(`order-${index}`, status, {
        dropoffAt,
        stopSequence,
        statusAt: new Date(NOW - index * MINUTE).toISOString(),
        readyAt: readyIn === null ? null : new Date(NOW + readyIn * MINUTE).toISOString(),
        ...(windowIn === null ? {} : { windowFrom: new Date(NOW + windowIn * MINUTE).toISOString() }),
      }),
    ),
  );

test('along the stops arrivals only get later, respect what they wait for, and stay untold once one is', () => {
  fc.assert(
    fc.property(anyOrders, fc.constantFrom(...VEHICLE_TYPES), (orders, vehicleType) => {
      const etas = estimateArrivals({ location: SHOP, vehicleType }, orders, NOW);
      expect([...etas.keys()].sort()).toEqual(orders.map(({ id }) => id).sort());
      let before: TimeRange | null = null;
      let untold = false;
      for (const each of inStopOrder(orders)) {
        const eta = etas.get(each.id);
        const legs = [
          ...(isBeforePickup(each.status) ? [{ range: eta?.pickup, notBefore: each.readyAt }] : []),
          ...(each.status === 'failed'
            ? []
            : [{ range: eta?.dropoff, notBefore: each.dropoff.window?.from }]),
        ];
        for (const { range, notBefore } of legs) {
          if (!range) {
            untold = true;
            continue;
          }
          expect(untold).toBe(false);
          expect(Date.parse(range.from)).toBeGreaterThanOrEqual(NOW);
          expect(Date.parse(range.to)).toBeGreaterThan(Date.parse(range.from));
          if (notBefore) expect(Date.parse(range.to)).toBeGreaterThanOrEqual(Date.parse(notBefore));
          if (before) {
            expect(Date.parse(range.from)).toBeGreaterThanOrEqual(Date.parse(before.from));
            expect(Date.parse(range.to)).toBeGreaterThanOrEqual(Date.parse(before.to));
          }
          before = range;
        }
      }
    }),
  );
});

test('nothing is picked up before its window', () => {
  const window = { from: '2026-11-22T13:00:00.000Z', to: '2026-11-22T14:00:00.000Z' };
  const waiting = order('a', 'assigned', { readyAt: '2026-11-22T12:30:00.000Z' });
  const early = estimateArrivals(atShop, [waiting], NOW).get('a');
  expect(within(early?.pickup, 30)).toBe(true);
  const windowed = { ...waiting, pickup: { ...waiting.pickup, window } };
  expect(within(estimateArrivals(atShop, [windowed], NOW).get('a')?.pickup, 60)).toBe(true);
});

describe('a quote', () => {
  const quote = (change: Partial<QuoteTimes> = {}) =>
    estimateQuote({ metres: 3200, readyAt: NOW, notBefore: NOW, window: undefined, now: NOW, ...change });
  const told = (change: Partial<QuoteTimes> = {}) => {
    const eta = quote(change);
    if ('tooSoon' in eta) throw new Error('It is told to be too soon.');
    return { pickup: rangeOf(eta.pickup), dropoff: rangeOf(eta.dropoff) };
  };
  const at = (minute: number) => new Date(NOW + minute * MINUTE).toISOString();
  const window = (from: number, to: number) => ({ window: { from: at(from), to: at(to) } });

  test('counts ten minutes until a driver is there, two at the pickup, and the way', () => {
    // 3,200 m, 1.35 times as far through streets at 7.2 m/s: ten minutes.
    expect(usualSeconds(3200)).toBe(720);
    expect(told()).toEqual({ pickup: [7, 13], dropoff: [17, 27] });
    expect(told({ readyAt: NOW + 60 * MINUTE })).toEqual({ pickup: [60, 63], dropoff: [67, 77] });
    expect(told({ notBefore: NOW + 60 * MINUTE })).toEqual({ pickup: [45, 51], dropoff: [60, 65] });
  });

  test('with a window is told the part of it that can be kept', () => {
    expect(told(window(60, 120))).toEqual({ pickup: [48, 108], dropoff: [60, 120] });
    expect(told(window(-60, 120))).toEqual({ pickup: [10, 108], dropoff: [17, 120] });
    expect(told({ ...window(60, 120), readyAt: NOW + 80 * MINUTE })).toEqual({
      pickup: [80, 108],
      dropoff: [87, 120],
    });
    expect(told({ ...window(60, 120), notBefore: NOW + 90 * MINUTE })).toEqual({
      pickup: [78, 108],
      dropoff: [90, 120],
    });
  });

  test('that no part of the window can keep tells the earliest arrival', () => {
    expect(told(window(0, 22)).dropoff).toEqual([17, 22]);
    expect(quote(window(0, 21))).toEqual({ tooSoon: NOW + 22 * MINUTE });
  });

  test('is never upside down, nor before it is asked for', () => {
    const minute = fc.integer({ min: -600, max: 6000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50_000 }),
        minute,
        minute,
        fc.option(fc.tuple(minute, minute)),
        (metres, ready, opens, bounds) => {
          const [from = 0, to = 0] = (bounds ?? []).toSorted((a, b) => a - b);
          const eta = quote({
            ...{ metres, readyAt: NOW + ready * MINUTE, notBefore: NOW + opens * MINUTE },
            ...(bounds && window(from, to)),
          });
          if ('tooSoon' in eta) {
            expect(eta.tooSoon).toBeGreaterThan(NOW + to * MINUTE);
            return;
          }
          for (const range of [eta.pickup, eta.dropoff]) {
            expect(Date.parse(range.from)).toBeLessThanOrEqual(Date.parse(range.to));
            expect(Date.parse(range.from)).toBeGreaterThanOrEqual(NOW);
          }
          expect(Date.parse(eta.pickup.to)).toBeLessThanOrEqual(Date.parse(eta.dropoff.to));
          if (bounds) expect(eta.dropoff.to).toBe(at(to));
        },
      ),
    );
  });
});
