import { expect, test } from 'vitest';
import { createTokens } from '../../functions/tokens.ts';
import { drop, type Key, type Keys, newKey, OVERLAP_MS, promote, publish } from './rotate.ts';

const at = (minutes: number): Date => new Date(Date.UTC(2026, 0, 5, 12, minutes));
const first: Keys = [newKey(at(0))];
const actor = { type: 'manager', merchantId: crypto.randomUUID(), userId: crypto.randomUUID() } as const;

test('a published key comes last and signs nothing, so the processes that know it not yet lose nothing', async () => {
  const published = publish(first, at(1));
  expect(published).toHaveLength(2);
  const token = await (await createTokens(published)).signAccess(actor);
  await expect((await createTokens(first)).verifyAccess(token)).resolves.toEqual(actor);
});

test('a promoted key signs what processes that only have it published accept, and old tokens stay good', async () => {
  const published = publish(first, at(1));
  const promoted = promote(published, at(2));
  expect(promoted[0].kid).toBe(published.at(-1)?.kid);
  const fresh = await (await createTokens(promoted)).signAccess(actor);
  const old = await (await createTokens(first)).signAccess(actor);
  await expect((await createTokens(published)).verifyAccess(fresh)).resolves.toEqual(actor);
  await expect((await createTokens(promoted)).verifyAccess(old)).resolves.toEqual(actor);
  await expect((await createTokens(first)).verifyAccess(fresh)).rejects.toThrow();
});

test('each step done twice is done once', () => {
  const published = publish(first, at(1));
  expect(publish(published, at(2))).toEqual(published);
  const promoted = promote(published, at(3));
  expect(promote(promoted, at(4))).toEqual(promoted);
  const later = new Date(at(3).getTime() + OVERLAP_MS);
  const dropped = drop(promoted, later);
  expect(dropped).toEqual([promoted[0]]);
  expect(drop(dropped, later)).toEqual(dropped);
});

test('an old key is dropped 70 minutes after the new one began to sign, however old the new one is', () => {
  const promoted = promote(publish(first, at(0)), at(300));
  expect(() => drop(promoted, new Date(at(300).getTime() + OVERLAP_MS - 1))).toThrow('2026-01-05T18:10:00');
  expect(drop(promoted, new Date(at(300).getTime() + OVERLAP_MS))).toHaveLength(1);
});

test('nothing is dropped while a key waits, nor when it is unknown since when the first one signs', () => {
  expect(() => drop(publish(first, at(0)), at(600))).toThrow('promoted');
  const foreign: Keys = [newKey(at(0)), newKey(at(0))];
  expect(() => drop(foreign, at(600))).toThrow('70 minutes');
});

test('a key’s id names its day and no two are alike', () => {
  const ids = Array.from({ length: 20 }, (): Key['kid'] => newKey(at(0)).kid);
  expect(new Set(ids).size).toBe(20);
  expect(ids[0]).toMatch(/^2026-01-05-[\w-]{8}$/);
});
