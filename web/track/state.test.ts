import { expect, test } from 'vitest';
import type { TrackMessage } from './read-message.ts';
import { at, NOON, sampleView } from './sample.ts';
import {
  initialState,
  reduce,
  shownLocation,
  showsMap,
  type TrackingEvent,
  type TrackingState,
} from './state.ts';

const DRIVER = '019aab00-0000-7000-8000-000000000003';
const start = initialState(sampleView('enroute_to_dropoff'));
const envelope = (seq: number, epoch = 'one') => ({ v: 1 as const, epoch, seq, at: at(0) });
const fix = (lat: number, minute: number) => ({
  driverId: DRIVER,
  lat,
  lng: -56.19,
  accuracy: 5,
  heading: 90,
  speed: 4,
  fixedAt: at(minute),
  source: 'app' as const,
});
const location = (seq: number, lat: number, minute: number, epoch?: string): TrackMessage => ({
  ...envelope(seq, epoch),
  type: 'location',
  ...fix(lat, minute),
});
const status = (seq: number, to: Parameters<typeof sampleView>[0], version: number): TrackMessage => {
  const { order, driver } = sampleView(to, { version });
  return { ...envelope(seq), type: 'status', order, driver, location: driver && fix(-34.9, 1) };
};
const receive = (state: TrackingState, ...messages: TrackMessage[]): TrackingState =>
  messages.reduce((now, message) => reduce(now, { type: 'message', message, receivedAt: NOON }), state);
const answer = (view: TrackingState | ReturnType<typeof sampleView>): TrackingEvent => ({
  type: 'view',
  view,
  answeredAt: NOON,
  receivedAt: NOON,
});

test('a newer position moves the driver, an older one does not', () => {
  const moved = receive(start, location(1, -34.901, 1), location(2, -34.95, 0.5));
  expect(moved.location).toEqual({ lat: -34.901, lng: -56.19, heading: 90, fixedAt: at(1) });
});

test('a straggler of the same epoch changes nothing', () => {
  const state = receive(start, location(7, -34.901, 1));
  expect(receive(state, location(6, -34.95, 2))).toBe(state);
  expect(receive(state, location(7, -34.95, 2))).toBe(state);
});

test('a room that started anew counts from the beginning', () => {
  const state = receive(start, location(7, -34.901, 1), location(1, -34.95, 2, 'two'));
  expect(state).toMatchObject({ epoch: 'two', seq: 1, location: { lat: -34.95 } });
});

test('a snapshot may repeat the last number', () => {
  const { order, driver } = sampleView('arrived_at_dropoff', { version: 6 });
  const snapshot: TrackMessage = {
    ...envelope(7),
    type: 'snapshot',
    order,
    driver,
    location: null,
    messages: [],
    recovered: false,
  };
  const state = receive(start, location(7, -34.901, 1), snapshot);
  expect(state.order.status).toBe('arrived_at_dropoff');
  expect(state.location).toBeNull();
});

test('a new status is applied and announced, an older version is neither', () => {
  const arrived = receive(start, status(1, 'arrived_at_dropoff', 6));
  expect(arrived).toMatchObject({ announced: 'arrived_at_dropoff', order: { version: 6 } });
  const late = receive(arrived, status(2, 'picked_up', 4));
  expect(late).toMatchObject({ order: { version: 6, status: 'arrived_at_dropoff' } });
});

test('a position is not announced', () => {
  expect(receive(start, location(1, -34.901, 1)).announced).toBeNull();
});

test('the driver and the map go with the delivery', () => {
  const done = receive(start, status(1, 'delivered', 6), location(2, -34.901, 2));
  expect(shownLocation(done)).toBeNull();
  expect(showsMap(done)).toBe(false);
  expect(showsMap(start)).toBe(true);
});

test('no position is shown once the driver is withdrawn', () => {
  const { order } = sampleView('picked_up', { version: 6 });
  const withdrawn: TrackMessage = { ...envelope(1), type: 'status', order, driver: null, location: null };
  const state = receive(start, withdrawn, location(2, -34.901, 2));
  expect(shownLocation(state)).toBeNull();
  expect(showsMap(state)).toBe(true);
});

test('an estimate comes alone, for customers or for all', () => {
  const range = { from: at(30), to: at(40) };
  const one = receive(start, { ...envelope(1), type: 'eta', eta: range });
  const both = receive(start, { ...envelope(1), type: 'eta', eta: { pickup: null, dropoff: range } });
  expect(one.order.eta).toEqual(range);
  expect(both.order.eta).toEqual(range);
});

test('messages tell how far this clock is off', () => {
  const state = reduce(start, { type: 'message', message: location(1, -34.9, 1), receivedAt: NOON - 90_000 });
  expect(state.clockOffset).toBe(90_000);
});

test('an answer of the API counts while no room is heard, unless it is older', () => {
  const delivered = sampleView('delivered', { version: 6 });
  expect(reduce(start, answer(delivered)).order.status).toBe('delivered');
  const live = reduce(start, { type: 'connection', connection: 'live' });
  expect(reduce(live, answer(sampleView('enroute_to_dropoff')))).toBe(live);
  expect(reduce(start, answer(sampleView('assigned', { version: 2 })))).toBe(start);
});

test('the same connection again is the same state', () => {
  expect(reduce(start, { type: 'connection', connection: 'quiet' })).toBe(start);
});
