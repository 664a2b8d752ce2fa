import { expect, test } from 'vitest';
import { DeliveryMessage } from '../../domain/room-messages.ts';
import { readMessage, readRoom, readView } from './read-message.ts';
import { at, sampleView } from './sample.ts';

const envelope = { v: 1, epoch: 'one', seq: 3, at: at(0) };
const fix = {
  driverId: '019aab00-0000-7000-8000-000000000003',
  lat: -34.9,
  lng: -56.19,
  accuracy: null,
  heading: null,
  speed: null,
  fixedAt: at(0),
  source: 'app',
};
const { order, driver } = sampleView('delivered');
const state = {
  order: { ...order, eta: { from: at(0), to: at(1) } },
  driver: { name: 'Ana', vehicleType: 'van' },
};
const MESSAGES = [
  { ...envelope, type: 'snapshot', ...state, location: fix, messages: [], recovered: true },
  { ...envelope, type: 'status', order, driver, location: null },
  { ...envelope, type: 'location', ...fix },
  { ...envelope, type: 'eta', eta: { from: at(0), to: at(1) } },
  { ...envelope, type: 'eta', eta: { pickup: null, dropoff: { from: at(0), to: at(1) } } },
  { ...envelope, type: 'eta', eta: null },
  { ...envelope, type: 'pong' },
  { ...envelope, type: 'error', code: 'too_fast', detail: 'Slow down.' },
];

test.each(MESSAGES)('reads what the schema allows: $type', (message) => {
  expect(DeliveryMessage.safeParse(message).success).toBe(true);
  expect(readMessage(JSON.stringify(message))).toEqual(message);
});

/** What the page does not read, and so does not check. */
const UNREAD = new Set([
  'driverId',
  'accuracy',
  'speed',
  'source',
  'fee',
  'promisedAt',
  'messages',
  'recovered',
  'detail',
]);

test.each(MESSAGES)('refuses what the schema refuses, whichever field of $type is wrong', (message) => {
  const wrong = paths(message).flatMap((path) => [undefined, {}, true].map((value) => ({ path, value })));
  for (const { path, value } of wrong) {
    if (path.some((key) => UNREAD.has(key))) continue;
    const broken = replaced(message, path, value);
    const allowed = DeliveryMessage.safeParse(broken).success;
    expect([path, value, readMessage(JSON.stringify(broken)) !== null]).toEqual([path, value, allowed]);
  }
});

test.each(['', 'not json', '[]', 'null', '{"v":2}', '{"v":1,"type":"__proto__"}'])('refuses %j', (text) => {
  expect(readMessage(text)).toBeNull();
  expect(readMessage(new ArrayBuffer(2))).toBeNull();
});

test('the chat, which this page has not, and a type of a newer server are passed over', () => {
  const id = '019aab00-0000-7000-8000-000000000009';
  const chat = [
    { ...envelope, type: 'message', id, from: 'driver', text: 'At the door' },
    { ...envelope, type: 'read', by: 'driver', upTo: at(0) },
  ];
  for (const message of chat) {
    expect(DeliveryMessage.parse(message)).toEqual(message);
    expect(readMessage(JSON.stringify(message))).toBeNull();
  }
  expect(readMessage(JSON.stringify({ ...envelope, type: 'rating' }))).toBeNull();
});

test('reads answers of the API, and no problem documents', () => {
  const view = sampleView('enroute_to_dropoff');
  expect(readView(view)).toEqual(view);
  expect(readView({ type: 'about:blank', status: 500 })).toBeNull();
  expect(readRoom({ status: 404 })).toBeNull();
});

function paths(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [key],
    ...paths(inner).map((path) => [key, ...path]),
  ]);
}

function replaced(value: unknown, [key, ...rest]: string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, i) => (String(i) === key ? replaced(item, rest, by) : item));
  const fields = Object.entries(typeof value === 'object' && value !== null ? value : {});
  return Object.fromEntries(
    fields.map(([name, item]) => [name, name === key ? replaced(item, rest, by) : item]),
  );
}
