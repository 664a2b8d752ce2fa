import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { type Installation, install } from './installation.ts';
import type { Assignment, Result } from './load-generator.ts';
import { median } from './median.ts';
import { scrape } from './scrape.ts';
import { openShop, type Shop } from './shop.ts';

const COPIES = [1, 2, 4];
const WORKERS = 2;

type Round = Result & {
  /** The requests that each copy answered, and the jobs that each worker did. */
  answered: number[];
  jobs: number[];
  /** CPU milliseconds of all copies together, by request. */
  cpu: number;
  /** What the relay and the room jobs still had to do when the load ended, and in how many milliseconds it was done. */
  left: number;
  drained: number;
};

/**
 * One, two and four copies of functions and two workers, behind a proxy: requests a second, latency, errors, how evenly
 * the copies and the workers share. README.md says how to read it.
 */
export async function scaling(args: string[]): Promise<void> {
  const options = readOptions(args);
  const installation = await install({ copies: COPIES, workers: WORKERS, extra: options.extra });
  const sql = postgres(installation.databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const url = installation.proxies.get(Math.max(...COPIES))?.url ?? '';
    const shops: Shop[] = [];
    for (let i = 0; i < options.clients; i++) shops.push(await openShop(url, i));
    const rounds = new Map(COPIES.map((copies) => [copies, [] as Round[]]));
    // Once unmeasured: compilers and caches are cold. Then in turns, so that what else the machine does hits all alike.
    for (let i = 0; i <= options.rounds; i++) {
      for (const copies of COPIES) {
        const round = await measure(installation, copies, { shops, seconds: options.seconds, sql });
        if (i > 0) rounds.get(copies)?.push(round);
      }
    }
    print(rounds, options);
  } finally {
    await sql.end();
    await installation.end();
  }
}

type Options = { rounds: number; seconds: number; clients: number; extra: Record<string, string> };

function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '6' },
      clients: { type: 'string', default: '16' },
      env: { type: 'string', multiple: true, default: [] },
    },
  });
  const extra = Object.fromEntries(values.env.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  const { rounds, seconds, clients } = values;
  return { rounds: Number(rounds), seconds: Number(seconds), clients: Number(clients), extra };
}

async function measure(
  { functions, workers, proxies }: Installation,
  copies: number,
  { shops, seconds, sql }: { shops: Shop[]; seconds: number; sql: postgres.Sql },
): Promise<Round> {
  const figures = async () => {
    const at = functions.slice(0, copies);
    return {
      answered: await Promise.all(at.map((url) => scrape(url, 'dropmate_http_requests_total', isWork))),
      cpu: sum(await Promise.all(at.map((url) => scrape(url, 'process_cpu_seconds_total')))),
      jobs: await Promise.all(workers.map((url) => scrape(url, 'dropmate_jobs_total', isDone))),
    };
  };
  const before = await figures();
  const result = await load({ url: proxies.get(copies)?.url ?? '', seconds, shops });
  const waiting = await finishWork(sql);
  const after = await figures();
  return {
    ...result,
    ...waiting,
    answered: after.answered.map((value, i) => value - (before.answered[i] ?? 0)),
    jobs: after.jobs.map((value, i) => value - (before.jobs[i] ?? 0)),
    cpu: ((after.cpu - before.cpu) * 1000) / result.requests,
  };
}

/** Not the proxy's looks, the scrapes, or what the rooms ask. */
const isWork = (labels: string): boolean => labels.includes('route="/v1/');
const isDone = (labels: string): boolean => labels.includes('outcome="done"');

async function load(assignment: Assignment): Promise<Result> {
  const generator = fork(fileURLToPath(new URL('./load-generator.ts', import.meta.url)));
  generator.send(assignment);
  // It answers an Assignment with a Result.
  const [result] = (await once(generator, 'message')) as [Result];
  generator.disconnect();
  return result;
}

/** Rows of the outbox and jobs for rooms: how many there are now, and how long until there are none. */
async function finishWork(sql: postgres.Sql): Promise<{ left: number; drained: number }> {
  const count = async (): Promise<number> => {
    const [row] = await sql<{ count: number }[]>`select (
      (select count(*) from outbox) +
      (select count(*) from pgboss.job where name = 'room' and state < 'completed'))::int as count`;
    return row?.count ?? 0;
  };
  const started = performance.now();
  const left = await count();
  for (let now = left; now > 0; now = await count()) await delay(10);
  return { left, drained: left === 0 ? 0 : performance.now() - started };
}

function print(rounds: ReadonlyMap<number, Round[]>, { clients, seconds, rounds: count }: Options): void {
  const [cpu] = cpus();
  console.log(
    `\nFunctions behind a proxy, ${clients} clients; medians of ${count} rounds of ${seconds} s, interleaved.`,
  );
  console.log(
    `${cpus().length} cores (${cpu?.model}), shared by Postgres, proxy, load generator and all else.\n`,
  );
  const rows = [...rounds].map(([copies, all]) => {
    const of = (value: (round: Round) => number): number => median(all.map(value));
    return [
      copies,
      of(({ requests, seconds }) => requests / seconds).toFixed(0),
      of(({ p50 }) => p50).toFixed(1),
      of(({ p99 }) => p99).toFixed(1),
      errorsOf(all),
      sharesOf(all.map(({ answered }) => answered)),
      of(({ cpu }) => cpu).toFixed(2),
      sharesOf(all.map(({ jobs }) => jobs)),
      of(({ left }) => left),
      of(({ drained }) => drained).toFixed(0),
    ].join(' | ');
  });
  console.log(
    '| copies | requests/s | p50 ms | p99 ms | errors | requests by copy, % | CPU ms a request | jobs by worker, % | left at the end | done after ms |',
  );
  console.log(`|${' - |'.repeat(10)}`);
  for (const row of rows) console.log(`| ${row} |`);
}

function errorsOf(rounds: readonly Round[]): string {
  const errors = new Map<string, number>();
  for (const round of rounds) {
    for (const [what, count] of Object.entries(round.errors))
      errors.set(what, (errors.get(what) ?? 0) + count);
  }
  return [...errors].map(([what, count]) => `${count} × ${what}`).join(', ') || '0';
}

/** What each had of the whole, over all rounds. */
function sharesOf(rounds: readonly number[][]): string {
  const each = (rounds[0] ?? []).map((_, i) => sum(rounds.map((round) => round[i] ?? 0)));
  return each.map((value) => ((100 * value) / sum(each)).toFixed(1)).join(' / ');
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
