import { expect, test } from 'vitest';
import { Outlet, SLOW_BYTES, STALLED_BYTES, STALLED_MS } from './outlet.ts';

function fakeReader() {
  const reader = {
    bufferedAmount: 0,
    sent: [] as string[],
    closed: [] as number[],
    send: (text: string) => void reader.sent.push(text),
    close: (code: number) => void reader.closed.push(code),
  };
  return reader;
}

test('a slow reader gets only the newest location of each driver once it has caught up', () => {
  const reader = fakeReader();
  const outlet = new Outlet(reader);
  outlet.offer('ana', 'a1', 0);
  reader.bufferedAmount = SLOW_BYTES + 1;
  const sent = [
    outlet.offer('ana', 'a2', 1),
    outlet.offer('ana', 'a3', 2),
    outlet.offer('beto', 'b1', 3),
    outlet.offer('ana', 'a4', 4),
  ];
  outlet.send('status');
  expect(reader.sent).toEqual(['a1', 'status']);
  expect(sent).toEqual([true, false, true, false]);
  outlet.drain(5);
  expect(reader.sent).toEqual(['a1', 'status']);
  reader.bufferedAmount = 0;
  outlet.drain(6);
  expect(reader.sent).toEqual(['a1', 'status', 'a4', 'b1']);
  expect(outlet.slow).toBe(false);
});

test('a newer location never overtakes one that is held', () => {
  const reader = fakeReader();
  const outlet = new Outlet(reader);
  reader.bufferedAmount = SLOW_BYTES + 1;
  outlet.offer('ana', 'a1', 0);
  reader.bufferedAmount = 0;
  outlet.offer('ana', 'a2', 1);
  outlet.drain(2);
  expect(reader.sent).toEqual(['a2']);
});

test('a reader that stays slow, or is far behind, is closed with an invitation to come back', () => {
  const patient = fakeReader();
  const outlet = new Outlet(patient);
  patient.bufferedAmount = SLOW_BYTES + 1;
  outlet.offer('ana', 'a1', 0);
  outlet.drain(STALLED_MS - 1);
  expect(patient.closed).toEqual([]);
  outlet.drain(STALLED_MS);
  expect(patient.closed).toEqual([1013]);

  const flooded = fakeReader();
  flooded.bufferedAmount = STALLED_BYTES + 1;
  new Outlet(flooded).send('status');
  expect(flooded.closed).toEqual([1013]);
  expect(flooded.sent).toEqual([]);
});
