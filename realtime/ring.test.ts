import { expect, test } from 'vitest';
import { Ring } from './ring.ts';

function filled(size: number, count: number): Ring {
  const ring = new Ring(size);
  for (let seq = 1; seq <= count; seq++) {
    ring.push({ seq, to: seq % 2 ? 'customer' : 'manager', text: `m${seq}` });
  }
  return ring;
}

test('gives a group what it missed, in order, and nothing of the others', () => {
  expect(
    filled(10, 6)
      .since(2, 'customer', 6)
      ?.map((m) => m.text),
  ).toEqual(['m3', 'm5']);
  expect(filled(10, 6).since(6, 'customer', 6)).toEqual([]);
});

test('says that it cannot tell when something was thrown away or the seq is not of this room', () => {
  expect(filled(4, 6).since(1, 'customer', 6)).toBeNull();
  expect(
    filled(4, 6)
      .since(2, 'customer', 6)
      ?.map((m) => m.text),
  ).toEqual(['m3', 'm5']);
  expect(filled(4, 6).since(7, 'customer', 6)).toBeNull();
});
