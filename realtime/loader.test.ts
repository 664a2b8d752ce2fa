import { expect, test } from 'vitest';
import { Loader } from './loader.ts';

function fakeLoad() {
  const state = { up: true, count: 0, now: 10_000 };
  const loader = new Loader(
    async () => {
      state.count++;
      await Promise.resolve();
      if (!state.up) throw new Error('down');
    },
    () => state.now,
  );
  return { state, loader };
}

test('loads once, however many ask', async () => {
  const { state, loader } = fakeLoad();
  expect(await Promise.all([loader.ready(), loader.ready()])).toEqual(['loaded', 'loaded']);
  await loader.ready();
  expect(state.count).toBe(1);
});

test('waits twice as long after each failure and then tries again', async () => {
  const { state, loader } = fakeLoad();
  state.up = false;
  expect(await loader.ready()).toBe('unavailable');
  expect(await loader.ready()).toBe('unavailable');
  expect(state.count).toBe(1);
  state.now += 500;
  await loader.ready();
  state.now += 500;
  await loader.ready();
  expect(state.count).toBe(2);
  state.up = true;
  state.now += 500;
  expect(await loader.ready()).toBe('loaded');
});

test('loads again on wish, but not more than once a second', async () => {
  const { state, loader } = fakeLoad();
  await loader.ready();
  expect(await loader.refresh(loader.starts)).toBe('unavailable');
  state.now += 1_000;
  expect(await loader.refresh(loader.starts)).toBe('loaded');
  expect(state.count).toBe(2);
});

test('a load that began after the wish fulfils it', async () => {
  const { state, loader } = fakeLoad();
  const before = loader.starts;
  await loader.ready();
  expect(await loader.refresh(before)).toBe('loaded');
  expect(state.count).toBe(1);
});

test('a failed reload leaves what is loaded', async () => {
  const { state, loader } = fakeLoad();
  await loader.ready();
  state.up = false;
  state.now += 1_000;
  expect(await loader.refresh(loader.starts)).toBe('unavailable');
  expect(await loader.ready()).toBe('loaded');
});
