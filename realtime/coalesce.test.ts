import { expect, test } from 'vitest';
import { Coalescer, newSlot } from './coalesce.ts';

function fakeClock() {
  let time = 1_000;
  let timers: { at: number; run: () => void }[] = [];
  return {
    now: () => time,
    after: (ms: number, run: () => void) => void timers.push({ at: time + ms, run }),
    pending: () => timers.length,
    advance(ms: number) {
      time += ms;
      const due = timers.filter((timer) => timer.at <= time);
      timers = timers.filter((timer) => timer.at > time);
      for (const timer of due) timer.run();
    },
  };
}

test('the first of a subject goes at once and a steady slow one never waits', () => {
  const clock = fakeClock();
  const emitted: string[] = [];
  const coalescer = new Coalescer<string>(250, (subject) => emitted.push(subject), clock);
  const ana = newSlot();
  for (let second = 0; second < 3; second++) {
    coalescer.touch('ana', ana);
    clock.advance(1000);
  }
  expect(emitted).toEqual(['ana', 'ana', 'ana']);
  expect(clock.pending()).toBe(0);
});

test('what comes too soon goes together, once a subject', () => {
  const clock = fakeClock();
  const emitted: string[] = [];
  const coalescer = new Coalescer<string>(250, (subject) => emitted.push(subject), clock);
  const [ana, beto] = [newSlot(), newSlot()];
  for (let i = 0; i < 10; i++) {
    coalescer.touch('ana', ana);
    coalescer.touch('beto', beto);
  }
  expect(emitted).toEqual(['ana', 'beto']);
  expect(clock.pending()).toBe(1);
  clock.advance(250);
  expect(emitted).toEqual(['ana', 'beto', 'ana', 'beto']);
  expect(clock.pending()).toBe(0);
});
