import { expect, test } from 'vitest';
import { frameOf } from './frame.ts';

test('the same text is encoded once, another one anew', () => {
  const first = frameOf('one broadcast');
  expect(frameOf('one broadcast')).toBe(first);
  expect(frameOf('another').toString('latin1')).toContain('another');
  expect(frameOf('one broadcast')).not.toBe(first);
});

test('the length is written in 1, 3 or 9 bytes as RFC 6455 has it', () => {
  expect([...frameOf('x'.repeat(125)).subarray(0, 2)]).toEqual([0x81, 125]);
  expect([...frameOf('x'.repeat(126)).subarray(0, 4)]).toEqual([0x81, 126, 0, 126]);
  expect([...frameOf('x'.repeat(65_536)).subarray(0, 10)]).toEqual([0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
  expect([...frameOf(new Uint8Array([7]))]).toEqual([0x82, 1, 7]);
});
