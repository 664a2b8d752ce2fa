import { afterEach, expect, test, vi } from 'vitest';
import { newKey } from '../scripts/signing-keys/rotate.ts';
import { createMetrics, observePools, observeSigningKeys } from './metrics.ts';

afterEach(() => void vi.useRealTimers());

const DAY = 86_400;

async function lines(metrics: ReturnType<typeof createMetrics>, name: string): Promise<string[]> {
  return (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(name));
}

test('a key’s age is told from the day in its id, and which of them signs', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-07-04T12:00:00Z') });
  const metrics = createMetrics({ ordersByStatus: async () => [] });
  const keys = [newKey(new Date('2026-07-01T23:59:00Z')), newKey(new Date('2026-01-05T00:00:00Z'))] as const;
  observeSigningKeys(metrics, keys);
  const ages = [
    `dropmate_signing_key_age_seconds{kid="${keys[0].kid}",use="signs"} ${3.5 * DAY}`,
    `dropmate_signing_key_age_seconds{kid="${keys[1].kid}",use="verifies"} ${180.5 * DAY}`,
  ];
  expect(await lines(metrics, 'dropmate_signing_key_age_seconds')).toEqual(ages);
  vi.setSystemTime(new Date('2026-07-05T12:00:00Z'));
  expect((await lines(metrics, 'dropmate_signing_key_age_seconds'))[0]).toContain(` ${4.5 * DAY}`);
});

test.for(['dGVzdGtleQ', '2026-13-45-abcdefgh', '2026', '2026-01-05', 'x2026-01-05-abcdefgh'])(
  'a key named %s has no age, since its id does not say when it was made',
  async (kid) => {
    const metrics = createMetrics({ ordersByStatus: async () => [] });
    observeSigningKeys(metrics, [{ kid }]);
    expect(await lines(metrics, 'dropmate_signing_key_age_seconds')).toEqual([]);
  },
);

test('the pools are asked at each scrape', async () => {
  const metrics = createMetrics({ ordersByStatus: async () => [] });
  let inUse = 0;
  observePools(metrics, () => [{ pool: 'hot', inUse: ++inUse, waiting: 2, max: 8 }]);
  await metrics.registry.metrics();
  const found = await lines(metrics, 'dropmate_database_pool_');
  expect(found).toContain('dropmate_database_pool_max{pool="hot"} 8');
  expect(found).toContain('dropmate_database_pool_waiting{pool="hot"} 2');
  expect(found.find((line) => line.includes('in_use'))).toMatch(/ [4-9]$/);
});

test('what the process may hold is told, and is no more than the machine has', async () => {
  const [line = ''] = await lines(
    createMetrics({ ordersByStatus: async () => [] }),
    'dropmate_memory_limit_bytes',
  );
  expect(Number(line.split(' ')[1])).toBeGreaterThan(1e7);
  expect(Number(line.split(' ')[1])).toBeLessThan(1e15);
});
