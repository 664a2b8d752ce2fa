import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

describe('turns', () => {
  it('let so many work at a time, in the order they came', async () => {
    const inTurn = createTurns(2, 10);
    const order: number[] = [];
    let working = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        inTurn(async () => {
          order.push(i);
          most = Math.max(most, ++working);
          await new Promise((resolve) => setImmediate(resolve));
          working--;
        }),
      ),
    );
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('refuse who finds the queue full, and take others again after it', async () => {
    const inTurn = createTurns(1, 1);
    const gate = Promise.withResolvers<void>();
    const first = inTurn(() => gate.promise);
    const second = inTurn(async () => 'second');
    await expect(inTurn(async () => 'third')).rejects.toMatchObject({ code: 'unavailable' });
    gate.resolve();
    await first;
    expect(await second).toBe('second');
    expect(await inTurn(async () => 'fourth')).toBe('fourth');
  });

  it('pass on when the work fails', async () => {
    const inTurn = createTurns(1, 1);
    const failing = inTurn(() => Promise.reject(new Error('no')));
    const next = inTurn(async () => 'next');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('next');
  });
});
