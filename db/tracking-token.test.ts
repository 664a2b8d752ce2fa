import { describe, expect, test } from 'vitest';
import { hashToken, trackingKey, trackingToken } from './tracking-token.ts';

const secret = Buffer.alloc(32, 1).toString('base64url');
const order = '0198a000-0000-7000-8000-000000000001';

describe('a tracking token', () => {
  const token = trackingToken(trackingKey(secret), order, 0);

  test('is 128 bits in base64url', () => {
    expect(token).toMatch(/^[\w-]{22}$/);
    expect(Buffer.from(token, 'base64url')).toHaveLength(16);
  });

  test('is the same for the same order, and stays so over releases, or all links would die', () => {
    expect(trackingToken(trackingKey(secret), order, 0)).toBe(token);
    expect(token).toBe('8VdZBoATD3c4RvBFug-avw');
    expect(hashToken(token)).toBe('gEs79_8GhdL_hU7S8t-U6_ncqjja_429H19yU2m26ho');
  });

  test.each([
    ['revision', trackingToken(trackingKey(secret), order, 1)],
    ['order', trackingToken(trackingKey(secret), order.replace(/1$/, '2'), 0)],
    ['secret', trackingToken(trackingKey(Buffer.alloc(32, 2).toString('base64url')), order, 0)],
  ])('is another for another %s', (_, other) => {
    expect(other).not.toBe(token);
  });
});
