import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSeal } from './seal.ts';

const secret = randomBytes(32).toString('base64url');

test('opens what was sealed, and seals the same text otherwise each time', () => {
  const { seal, open } = createSeal(secret, 'pin');
  expect(open(seal('0417'))).toBe('0417');
  expect(seal('0417')).not.toBe(seal('0417'));
});

test('opens nothing of another secret, of another purpose, or that was changed', () => {
  const sealed = createSeal(secret, 'pin').seal('0417');
  const other = randomBytes(32).toString('base64url');
  expect(() => createSeal(other, 'pin').open(sealed)).toThrow();
  expect(() => createSeal(secret, 'webhook').open(sealed)).toThrow();
  const bytes = Buffer.from(sealed, 'base64url');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  expect(() => createSeal(secret, 'pin').open(bytes.toString('base64url'))).toThrow();
  expect(() => createSeal(secret, 'pin').open('')).toThrow();
});
