import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { isPortFree } from '../db/embedded/port.ts';
import { stopLeftover } from '../db/embedded/start.ts';
import { startScript } from '../tests/support/process.ts';

// Disks under load take their time; no test here is about speed.
vi.setConfig({ testTimeout: 180_000 });

// The real supervisor, with stand-ins for the programs that it keeps running.
const DIST = resolve(import.meta.dirname, '../dist');
const STAND_IN = `
  import { createServer } from 'node:http';
  const name = process.argv[1].match(/(\\w+)\\.js$/)[1];
  console.log(name, 'runs as', process.pid, 'knows', ['DATABASE_URL', 'DROPMATE_SECRET', 'SIGNING_KEYS'].filter((it) => process.env[it]).join());
  const port = process.env.PORT ?? process.env.METRICS_PORT;
  createServer((_, response) => response.end('{}')).listen(port, '127.0.0.1');
  process.on('SIGTERM', () => { console.log(name, 'drained'); process.exit(); });
  process.on('SIGINT', () => console.log(name, 'got SIGINT'));
`;

let folder: string;
const dataFolders: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(DIST, '.stand-ins-'));
  for (const name of ['start.js', 'exit-with-parent.js', 'migrations', 'sql']) {
    cpSync(join(DIST, name), join(folder, name), { recursive: true });
  }
  for (const name of ['functions', 'realtime', 'worker', 'demo']) {
    writeFileSync(join(folder, `${name}.js`), STAND_IN);
  }
});

afterEach(async () => {
  for (const dataFolder of dataFolders.splice(0)) {
    await stopLeftover(dataFolder);
    rmSync(dataFolder, { recursive: true, force: true });
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function newDataFolder(): string {
  const dataFolder = mkdtempSync(join(tmpdir(), 'dropmate-test-'));
  dataFolders.push(dataFolder);
  return dataFolder;
}

function start(dataFolder: string, env: Record<string, string> = {}) {
  return startScript(join(folder, 'start.js'), { env: { DROPMATE_DATA: dataFolder, PORT: '0', ...env } });
}

test('starts all, says so, drains in order on SIGINT and exits with 0', async () => {
  const dataFolder = newDataFolder();
  const dropmate = start(dataFolder);
  await dropmate.printed(/^DropMate is ready$/m);
  const { demo } = JSON.parse(readFileSync(join(dataFolder, 'secrets.json'), 'utf8'));
  expect(dropmate.log()).toContain(`${demo.email}  password ${demo.password}`);
  expect(statSync(join(dataFolder, 'secrets.json')).mode & 0o777).toBe(0o600);
  expect(await dropmate.end('SIGINT')).toBe(0);
  expect(dropmate.log().match(/^\w+ (drained|got SIGINT)$/gm)).toEqual([
    'demo drained',
    'realtime drained',
    'functions drained',
    'worker drained',
  ]);
});

test('each program gets the secrets that it needs and no other', async () => {
  const dropmate = start(newDataFolder());
  await dropmate.printed(/^DropMate is ready$/m);
  const known = Object.fromEntries(
    [...dropmate.log().matchAll(/^(\w+) runs as \d+ knows (.*)$/gm)].map(([, name, what]) => [name, what]),
  );
  expect(known).toEqual({
    functions: 'DATABASE_URL,DROPMATE_SECRET,SIGNING_KEYS',
    realtime: 'DROPMATE_SECRET',
    worker: 'DATABASE_URL,DROPMATE_SECRET',
    demo: '',
  });
  await dropmate.end();
});

test('starts a killed program and a killed Postgres again', async () => {
  const dataFolder = newDataFolder();
  const dropmate = start(dataFolder, { DROPMATE_DEMO: 'off' });
  const [, pid] = await dropmate.printed(/^worker runs as (\d+)/m);
  await dropmate.printed(/^DropMate is ready$/m);
  process.kill(Number(pid), 'SIGKILL');
  await dropmate.printed(/^worker ended \(SIGKILL\); it starts again in 0\.2 s\.\n[\s\S]*^worker runs as/m);

  const postmaster = () =>
    Number(readFileSync(join(dataFolder, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0]);
  const killed = postmaster();
  process.kill(killed, 'SIGKILL');
  await dropmate.printed(/^Postgres ended; it starts again\.$/m);
  await expect.poll(postmaster, { timeout: 60_000 }).not.toBe(killed);
  expect(await dropmate.end()).toBe(0);
});

test('a killed supervisor takes its programs along, and the next start takes over its Postgres', async () => {
  const dataFolder = newDataFolder();
  const killed = start(dataFolder);
  await killed.printed(/^DropMate is ready$/m);
  const port = Number(new URL(killed.log().match(/Start page +(\S+)/)?.[1] ?? '').port);
  await killed.end('SIGKILL');
  await expect.poll(() => isPortFree(port), { timeout: 60_000 }).toBe(true);
  const next = start(dataFolder, { PORT: String(port) });
  await next.printed(/^Postgres was still running and is taken over\.$/m);
  await next.printed(/^DropMate is ready$/m);
  expect(await next.end()).toBe(0);
});

test('a second start on a data folder in use says so and exits with 1', async () => {
  const dataFolder = newDataFolder();
  const first = start(dataFolder, { DROPMATE_DEMO: 'off' });
  await first.printed(/^DropMate is ready$/m);
  const second = start(dataFolder);
  expect(await second.ended).toBe(1);
  expect(second.log()).toBe(
    `DropMate already runs on the data folder ${dataFolder} (process ${first.pid}).\n`,
  );
  await first.end();
});

test('a taken port, an unreachable database and a wrong setting are one line and exit code 1', async () => {
  const taken = createServer();
  await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening));
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const cases: [Record<string, string>, RegExp][] = [
    [{ PORT: String(port) }, /^Port \d+ is taken by another program: set PORT to a free one\.\n$/],
    [
      { DATABASE_URL: 'postgres://owner:hidden@127.0.0.1:1/shop' },
      /^The database 127\.0\.0\.1:1\/shop cannot be used: connect ECONNREFUSED 127\.0\.0\.1:1\n$/,
    ],
    [{ DROPMATE_SIGNUP: 'maybe' }, /^DROPMATE_SIGNUP is not usable: .*\n$/],
    [{ DROPMATE_DATA: join(folder, 'start.js') }, /^The data folder .* cannot be written to \(EEXIST\)\.\n$/],
  ];
  for (const [env, line] of cases) {
    const dataFolder = newDataFolder();
    const program = start(dataFolder, env);
    expect(await program.ended).toBe(1);
    expect(program.log()).toMatch(line);
    expect(readdirSync(dataFolder)).not.toContain('postgres');
  }
  taken.close();
});
