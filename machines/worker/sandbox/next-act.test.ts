import { expect, test } from 'vitest';
import type { OrderStatus } from '../../../domain/order-status.ts';
import { LEGAL_STEPS, STATUSES } from '../../../domain/order-status.ts';
import { SANDBOX_OUTCOMES, type SandboxOutcome } from '../../../domain/sandbox.ts';
import { FIXES_A_LEG, nextAct } from './next-act.ts';

const pickup = { lat: -34.9, lng: -56.2 };
const dropoff = { lat: -34.91, lng: -56.19 };

/** All statuses that an order comes to, and how many fixes were sent. */
function play(
  outcome: SandboxOutcome,
  stops = { pickup, dropoff } as Partial<Record<'pickup' | 'dropoff', typeof pickup>>,
) {
  const steps: OrderStatus[] = ['created'];
  let fixes = 0;
  for (let tick = 0; ; ) {
    const status = steps.at(-1) ?? 'created';
    const act = nextAct({ status, outcome, pickup: stops.pickup, dropoff: stops.dropoff }, tick);
    if (act.do === 'rest') return { steps, fixes };
    if (act.do === 'drive') {
      fixes++;
      tick++;
      continue;
    }
    steps.push(act.do === 'take' ? 'assigned' : act.to);
    tick = 0;
  }
}

const WAY: OrderStatus[] = [
  'created',
  'assigned',
  'enroute_to_pickup',
  'arrived_at_pickup',
  'picked_up',
  'enroute_to_dropoff',
  'arrived_at_dropoff',
];

test.each([
  ['delivered', [...WAY, 'delivered'], 2],
  ['failed', [...WAY, 'failed'], 2],
  ['returned', [...WAY, 'failed', 'enroute_to_return', 'returned'], 3],
  ['cancelled', ['created', 'assigned', 'cancelled'], 0],
] as const)('an order that is to be %s goes its whole way there', (outcome, steps, legs) => {
  expect(play(outcome)).toEqual({ steps, fixes: legs * FIXES_A_LEG });
});

test('every step is a legal one', () => {
  for (const outcome of SANDBOX_OUTCOMES) {
    const { steps } = play(outcome);
    for (const [index, to] of steps.slice(1).entries()) {
      expect(LEGAL_STEPS[steps[index] ?? 'created'], `${steps[index]} → ${to}`).toContain(to);
    }
  }
});

test('a stop that is not on the map is reached without a drive', () => {
  expect(play('delivered', { pickup })).toEqual({ steps: [...WAY, 'delivered'], fixes: FIXES_A_LEG });
  expect(play('delivered', {}).fixes).toBe(0);
});

test('a leg ends where it leads to, and no fix lies beyond the earth', () => {
  const order = { status: 'enroute_to_dropoff', outcome: 'delivered', pickup, dropoff } as const;
  const last = nextAct(order, FIXES_A_LEG - 1);
  expect(last).toEqual({ do: 'drive', at: { lat: expect.closeTo(-34.91), lng: expect.closeTo(-56.19) } });
  for (const edge of [
    { lat: 90, lng: -180 },
    { lat: -90, lng: 180 },
  ]) {
    for (let tick = 0; tick < FIXES_A_LEG; tick++) {
      const act = nextAct({ ...order, status: 'enroute_to_pickup', pickup: edge }, tick);
      if (act.do !== 'drive') throw new Error('It does not drive.');
      expect(Math.abs(act.at.lat)).toBeLessThanOrEqual(90);
      expect(Math.abs(act.at.lng)).toBeLessThanOrEqual(180);
    }
  }
});

test('what somebody else did to the order is gone on from', () => {
  for (const status of STATUSES) {
    expect(nextAct({ status, outcome: 'delivered', pickup, dropoff }, 0)).toHaveProperty('do');
  }
});
