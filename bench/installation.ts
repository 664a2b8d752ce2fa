import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findPlace } from '../db/embedded/place.ts';
import { findFreePort } from '../db/embedded/port.ts';
import { startEmbeddedPostgres } from '../db/embedded/start.ts';
import { migrate } from '../db/migrate.ts';
import { type Balancer, startBalancer } from '../tests/support/balancer.ts';
import { clusterEnvironments } from '../tests/support/cluster-environments.ts';

export type Installation = {
  databaseUrl: string;
  /** Where each process is, to be asked for its metrics. */
  functions: string[];
  workers: string[];
  realtime: string;
  /** For each of the numbers asked for, a proxy before so many of the copies. */
  proxies: Map<number, Balancer>;
  end: () => Promise<void>;
};

const EVERY_MS = 1000;

/**
 * A whole DropMate on this machine, of the built programs and with a Postgres of its own that writes to the disk: as
 * many copies of functions as the largest of `copies`, and a proxy before each of those numbers of them. `extra` goes
 * into the environment of functions.
 */
export async function install(options: {
  copies: readonly number[];
  workers: number;
  extra: Record<string, string>;
}): Promise<Installation> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'dropmate-bench-'));
  const postgres = await startEmbeddedPostgres({ dataFolder });
  const children: ChildProcess[] = [];
  const proxies = new Map<number, Balancer>();
  // The server is detached: a bench that is interrupted takes it along.
  const atExit = () => {
    for (const child of children) child.kill('SIGKILL');
    process.kill(postgres.pid, 'SIGQUIT');
    remove(dataFolder);
  };
  process.once('exit', atExit);
  const end = async () => {
    process.off('exit', atExit);
    // Whoever asks goes before whoever answers, as in scripts/start.ts.
    for (const child of children) await stop(child);
    for (const proxy of proxies.values()) await proxy.end();
    await postgres.stop('immediate');
    remove(dataFolder);
  };
  try {
    const secret = randomBytes(32).toString('base64url');
    await migrate({ databaseUrl: postgres.url, secret });
    const most = Math.max(...options.copies);
    const [realtime = '', ...others] = await freeUrls(1 + most + options.workers);
    const functions = others.slice(0, most);
    const workers = others.slice(most);
    for (const count of options.copies) {
      proxies.set(count, await startBalancer(functions.slice(0, count), { everyMs: EVERY_MS }));
    }
    const env = await clusterEnvironments({
      databaseUrl: postgres.url,
      secret,
      publicUrl: proxies.get(most)?.url ?? '',
      functions,
      realtime,
      workers,
    });
    children.push(run('realtime', env.realtime));
    children.push(...env.workers.map((each) => run('worker', each)));
    children.push(...env.functions.map((each) => run('functions', { ...each, ...options.extra })));
    for (const url of [realtime, ...others]) await untilReady(url);
    // Each proxy has looked since.
    await delay(2 * EVERY_MS);
    return { databaseUrl: postgres.url, functions, workers, realtime, proxies, end };
  } catch (error) {
    await end();
    throw error;
  }
}

function remove(dataFolder: string): void {
  const place = findPlace(dataFolder);
  for (const folder of [place?.home, dataFolder]) {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function run(name: string, env: Record<string, string>): ChildProcess {
  const file = fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));
  return spawn(process.execPath, [file], { env: { ...env }, stdio: ['ignore', 'inherit', 'inherit'] });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function untilReady(url: string): Promise<void> {
  for (const deadline = performance.now() + 30_000; ; ) {
    const ready = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    if (performance.now() > deadline) throw new Error(`${url} was not ready within 30 s.`);
    await delay(50);
  }
}

async function freeUrls(count: number): Promise<string[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await findFreePort());
  return [...ports].map((port) => `http://127.0.0.1:${port}`);
}
