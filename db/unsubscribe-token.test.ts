import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { trackingKey } from './tracking-token.ts';
import { readUnsubscribeToken, unsubscribeToken } from './unsubscribe-token.ts';

const key = trackingKey(Buffer.alloc(32, 1).toString('base64url'));
const other = trackingKey(Buffer.alloc(32, 2).toString('base64url'));

test('a token tells whose it is, the same each time', () => {
  const whose = { merchantId: uuidv7(), customerId: uuidv7() };
  const token = unsubscribeToken(key, whose);
  expect(token).toBe(unsubscribeToken(key, whose));
  expect(token).toMatch(/^[\w-]{64}$/);
  expect(readUnsubscribeToken(key, token)).toEqual(whose);
});

test('one that was changed, or made with another secret, is nobody’s', () => {
  const whose = { merchantId: uuidv7(), customerId: uuidv7() };
  const token = unsubscribeToken(key, whose);
  expect(readUnsubscribeToken(other, token)).toBeUndefined();
  const bytes = Buffer.from(token, 'base64url');
  for (const at of [0, 20, 47]) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(readUnsubscribeToken(key, changed.toString('base64url'))).toBeUndefined();
  }
  for (const wrong of ['', 'x', `${token}AAAA`, `${token}=`, token.slice(1)]) {
    expect(readUnsubscribeToken(key, wrong)).toBeUndefined();
  }
});
