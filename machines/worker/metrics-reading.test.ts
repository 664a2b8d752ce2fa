import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createReading } from './metrics-reading.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

test('who asks at the same time shares one query, and the next asks anew', async () => {
  let asked = 0;
  const read = createReading(async () => ++asked);
  expect(await Promise.all([read(), read(), read()])).toEqual([1, 1, 1]);
  expect(await read()).toBe(2);
});

test('a query that does not come back is not asked again beside it, and nobody waits for it for ever', async () => {
  let asked = 0;
  let answer: (value: number) => void = () => {};
  const read = createReading(() => {
    asked++;
    return new Promise<number>((resolve) => {
      answer = resolve;
    });
  });
  expect(await read()).toBeUndefined();
  const late = read();
  expect(asked).toBe(1);
  answer(7);
  expect(await late).toBe(7);
  void read();
  expect(asked).toBe(2);
});

test('a failure is told as nothing, and tried again, whether thrown at once or later', async () => {
  let asked = 0;
  const read = createReading((): Promise<number> => {
    asked++;
    if (asked === 1) throw new Error('at once');
    return asked === 2 ? Promise.reject(new Error('later')) : Promise.resolve(asked);
  });
  expect(await read()).toBeUndefined();
  expect(await read()).toBeUndefined();
  expect(await read()).toBe(3);
});

test('what is fresh is told again until its time is over', async () => {
  let asked = 0;
  const read = createReading(async () => ++asked, 15_000);
  expect(await read()).toBe(1);
  vi.advanceTimersByTime(14_999);
  expect(await read()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await read()).toBe(2);
});
