import { expect, test } from 'vitest';
import { at, sampleView } from './sample.ts';
import { shownSteps } from './steps.ts';

const states = (order: Parameters<typeof shownSteps>[0]) =>
  shownSteps(order).map(({ status, state }) => `${status} ${state}`);

test('shows what is done, where it is, and what is to come', () => {
  expect(states(sampleView('enroute_to_dropoff').order)).toEqual([
    'created done',
    'assigned done',
    'picked_up current',
    'arrived_at_dropoff later',
    'delivered later',
  ]);
});

test('a skipped step is done without a time', () => {
  const { order } = sampleView('delivered', { steps: { created: at(-20), delivered: at(-1) } });
  expect(shownSteps(order)[2]).toEqual({ status: 'picked_up', at: null, state: 'done' });
});

test('a step that was taken back is to come again, without its old time', () => {
  const { order } = sampleView('created', { steps: { created: at(-20), assigned: at(-10) } });
  expect(shownSteps(order).slice(0, 2)).toEqual([
    { status: 'created', at: at(-20), state: 'current' },
    { status: 'assigned', at: null, state: 'later' },
  ]);
});

test('an order that ended otherwise shows what happened and how it ended', () => {
  expect(states(sampleView('cancelled').order)).toEqual([
    'created done',
    'assigned done',
    'cancelled current',
  ]);
});
