import { onTestFinished } from 'vitest';
import { findFreePort } from '../../db/embedded/port.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { type Client, createClient, eventually } from './client.ts';
import { clusterEnvironments } from './cluster-environments.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { type Program, startProgram } from './process.ts';

export type Copy = { url: string; program: Program; start: () => Program };

export type Rollout = {
  /** Speaks through the proxy. */
  api: Client;
  proxy: Balancer;
  functions: [Copy, Copy];
  realtime: Copy;
  workers: [Copy, Copy];
  database: TestDatabase;
};

/**
 * Two copies of the API behind a proxy that heeds readiness, two workers and the rooms, all as processes of their own.
 * Sockets go through the proxy too. Copies say "not ready" for 3 s before they refuse connections. Ends with the test.
 */
export async function startRollout(): Promise<Rollout> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const [one = '', two = '', realtime = '', first = '', second = ''] = await freeUrls(5);
  const proxy = await startBalancer([one, two], { everyMs: 50 });
  onTestFinished(() => proxy.end());
  const env = await clusterEnvironments({
    databaseUrl: database.ownerUrl,
    secret: database.secret,
    publicUrl: proxy.url,
    functions: [one, two],
    realtime,
    workers: [first, second],
  });
  const run = (name: string, url: string, env: Record<string, string> = {}): Copy => {
    const start = () => startProgram(name, { env });
    return { url, start, program: start() };
  };
  const [envOne, envTwo] = env.functions.map((env) => ({ ...env, DRAIN_DELAY_MS: '3000' }));
  const [envFirst, envSecond] = env.workers;
  const rollout: Rollout = {
    api: createClient(proxy.url),
    proxy,
    functions: [run('functions', one, envOne), run('functions', two, envTwo)],
    realtime: run('realtime', realtime, env.realtime),
    workers: [run('worker', first, envFirst), run('worker', second, envSecond)],
    database,
  };
  const all = [...rollout.functions, rollout.realtime, ...rollout.workers];
  await Promise.all(all.map(({ program, url }) => program.answers(`${url}/readyz`)));
  await Promise.all([one, two].map((url) => looked(proxy, url, 200)));
  return rollout;
}

/** Waits until that is what the proxy saw last. */
export async function looked(proxy: Balancer, url: string, look: number | 'refused'): Promise<void> {
  await eventually(async () => proxy.looks(url).at(-1) === look || undefined);
}

async function freeUrls(count: number): Promise<string[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await findFreePort());
  return [...ports].map((port) => `http://127.0.0.1:${port}`);
}
