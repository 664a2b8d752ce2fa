import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../tests/support/client.ts';
import { type Cluster, startCluster } from '../tests/support/cluster.ts';
import { startScript } from '../tests/support/process.ts';
import { openShop } from '../tests/support/shop.ts';

const script = fileURLToPath(new URL('./smoke.ts', import.meta.url));
let cluster: Cluster;
let api: Client;

beforeAll(async () => {
  cluster = await startCluster({ functions: 1, workers: 1 });
  const [first] = cluster.apis;
  if (first === undefined) throw new Error('There is one.');
  api = first;
});
afterAll(() => cluster.end());

const smoke = (env: Record<string, string>) => startScript(script, { env });

test('follows an order through a shop that works, to its end, and leaves none open', async () => {
  const { apiKey } = await openShop(api);
  const run = smoke({ SMOKE_URL: api.url, SMOKE_API_KEY: apiKey });
  expect(await run.ended, run.log()).toBe(0);
  expect(run.log()).toContain('ok     hear of it in the room');
  const { data } = await api.call<{ data: { status: string }[] }>('GET', '/v1/orders', { token: apiKey });
  expect(data.map(({ status }) => status)).toEqual(['cancelled']);
});

test('says at which step a shop does not work, without showing the key', async () => {
  const run = smoke({ SMOKE_URL: api.url, SMOKE_API_KEY: 'dm_live_wrong_SECRET' });
  expect(await run.ended).toBe(1);
  expect(run.log()).toMatch(/FAILED create an order: answered 401/);
  expect(run.log()).not.toContain('SECRET');
});

test('fails when nothing answers, and when it is not told where', async () => {
  const nowhere = smoke({ SMOKE_URL: 'http://127.0.0.1:9', SMOKE_API_KEY: 'k' });
  expect(await nowhere.ended).toBe(1);
  expect(nowhere.log()).toContain('FAILED ready');
  expect(await smoke({}).ended).toBe(2);
});
