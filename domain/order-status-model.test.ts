import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isActive, isLegal, legalSteps, type OrderStatus, STATUSES, UNDO } from './order-status.ts';

/** One attempt of somebody: where they want the order to go, and how long after the last step. */
const attempt = fc.record({
  to: fc.constantFrom(...STATUSES),
  waitMs: fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 0, max: 3_600_000 })),
});
const walk = fc.array(attempt, { minLength: 1, maxLength: 60 });

type Taken = { from: OrderStatus; to: OrderStatus; waitMs: number };

/** Tries each attempt on an order that was just created; what is illegal is refused and leaves it as it is. */
function take(attempts: readonly { to: OrderStatus; waitMs: number }[]): Taken[] {
  const taken: Taken[] = [];
  let status: OrderStatus = 'created';
  let since = Date.parse('2026-11-22T12:00:00.000Z');
  for (const { to, waitMs } of attempts) {
    const now = since + waitMs;
    if (!isLegal({ from: status, to, since: new Date(since), now: new Date(now) })) continue;
    taken.push({ from: status, to, waitMs });
    status = to;
    since = now;
  }
  return taken;
}

/** The line of a delivery, as numbers that a step may only raise unless it is one of the ways back. */
const PLACE: Record<OrderStatus, number> = {
  created: 0,
  assigned: 1,
  enroute_to_pickup: 2,
  arrived_at_pickup: 3,
  picked_up: 4,
  enroute_to_dropoff: 5,
  arrived_at_dropoff: 6,
  delivered: 7,
  cancelled: 7,
  failed: 7,
  enroute_to_return: 8,
  returned: 9,
};

test('an order only moves forward, but for declining, another driver, another attempt and undo', () => {
  fc.assert(
    fc.property(walk, (attempts) => {
      for (const { from, to } of take(attempts)) {
        if (PLACE[to] > PLACE[from]) continue;
        const unassigned = (to === 'created' || to === 'assigned') && PLACE[from] >= 1 && PLACE[from] <= 3;
        const again = from === 'failed' && to === 'enroute_to_dropoff';
        const undone = (from === 'delivered' || from === 'failed') && to === 'arrived_at_dropoff';
        expect({ from, to, wayBack: unassigned || again || undone }).toEqual({ from, to, wayBack: true });
      }
    }),
  );
});

test('nothing is delivered, failed or returned that was not picked up, and nothing carried is cancelled', () => {
  fc.assert(
    fc.property(walk, (attempts) => {
      let carried = false;
      for (const { to } of take(attempts)) {
        if (to === 'picked_up') carried = true;
        if (to === 'cancelled') expect(carried).toBe(false);
        if (PLACE[to] > 4 && to !== 'cancelled') expect(carried).toBe(true);
        if (PLACE[to] < 4) expect(carried).toBe(false);
      }
    }),
  );
});

test('an end is final, but for the ten minutes of a mis-tap', () => {
  fc.assert(
    fc.property(walk, (attempts) => {
      for (const { from, to, waitMs } of take(attempts)) {
        if (isActive(from)) continue;
        expect({ from, to }).toEqual({ from: 'delivered', to: 'arrived_at_dropoff' });
        expect(waitMs).toBeLessThanOrEqual(UNDO.seconds * 1000);
      }
    }),
  );
});

test('wherever an order got to, it can still be brought to an end', () => {
  fc.assert(
    fc.property(walk, (attempts) => {
      const reached = take(attempts).at(-1)?.to ?? 'created';
      expect(endIsReachable(reached)).toBe(true);
    }),
  );
});

test('the walks visit every status', () => {
  // Without this the properties above could be true of nothing.
  const visited = new Set<OrderStatus>(['created']);
  for (const attempts of fc.sample(walk, { numRuns: 3000, seed: 7 })) {
    for (const { to } of take(attempts)) visited.add(to);
  }
  expect([...visited].sort()).toEqual([...STATUSES].sort());
});

/** By steps that are open at any time, so without an undo. */
function endIsReachable(start: OrderStatus): boolean {
  const long = { since: new Date(0), now: new Date('2026-11-22T12:00:00.000Z') };
  const seen = new Set<OrderStatus>([start]);
  for (const from of seen) {
    if (!isActive(from)) return true;
    for (const to of legalSteps({ from, ...long })) seen.add(to);
  }
  return false;
}
