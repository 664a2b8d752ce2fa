import { describe, expect, test } from 'vitest';
import { CHAT_MS_AFTER_END, mayWrite, NewMessage } from './messages.ts';
import { ACTIVE_STATUSES, isActive, STATUSES } from './order-status.ts';
import { AUDIENCES } from './room-messages.ts';

const ID = '0198a000-0000-7000-8000-000000000001';
const statusAt = new Date('2026-11-22T12:00:00.000Z');
const later = (ms: number) => new Date(statusAt.getTime() + ms);

describe('who may write', () => {
  test.each([...ACTIVE_STATUSES])('everybody, however long the order has been %s', (status) => {
    for (const from of AUDIENCES) {
      expect(mayWrite(from, { status, statusAt }, later(CHAT_MS_AFTER_END * 30))).toBe(true);
    }
  });

  test.each(STATUSES.filter((status) => !isActive(status)))(
    'once it is %s: customer and managers for a day, the driver not',
    (status) => {
      const may = (ms: number) => AUDIENCES.filter((from) => mayWrite(from, { status, statusAt }, later(ms)));
      expect(may(0)).toEqual(['customer', 'manager']);
      expect(may(CHAT_MS_AFTER_END)).toEqual(['customer', 'manager']);
      expect(may(CHAT_MS_AFTER_END + 1)).toEqual([]);
    },
  );
});

describe('a message for storing', () => {
  const message = { orderId: ID, id: ID, text: 'I am at the door' };

  test.each([
    { from: 'customer' },
    { from: 'driver', senderId: ID, driverId: ID },
    { from: 'manager', senderId: ID },
  ])('of $from', (speaker) => {
    expect(NewMessage.parse({ ...message, speaker })).toEqual({ ...message, speaker });
  });

  test.each([
    { from: 'driver', senderId: ID },
    { from: 'manager' },
    { from: 'shop', senderId: ID },
    undefined,
  ])('not of %o', (speaker) => {
    expect(NewMessage.safeParse({ ...message, speaker }).success).toBe(false);
  });

  test.each(['', '   ', 'x'.repeat(1001), 'a\0b', '\ud800', 7])('not with the text %j', (text) => {
    expect(NewMessage.safeParse({ ...message, text, speaker: { from: 'customer' } }).success).toBe(false);
  });

  test('is trimmed', () => {
    expect(NewMessage.parse({ ...message, text: ' hi\n', speaker: { from: 'customer' } }).text).toBe('hi');
  });
});
