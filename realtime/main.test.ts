import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FakeFunctions, SECRET } from './conformance/fake-functions.ts';
import { Merchant } from './conformance/merchant.ts';
import { PATIENCE } from './conformance/room-client.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

let functions: FakeFunctions;
beforeAll(async () => {
  functions = await new FakeFunctions().start();
});
afterAll(() => functions.stop());

type Process = { child: ChildProcess; output: () => string };

function run(env: Record<string, string>): Process {
  const child = spawn(process.execPath, ['--import', here('./host/register.ts'), here('./main.ts')], {
    env: { HOST: '127.0.0.1', PORT: '0', PUBLIC_URL: 'http://localhost', DROPMATE_SECRET: SECRET, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  return { child, output: () => output };
}

/** The lines of the log so far. */
const linesOf = ({ output }: Process): Record<string, unknown>[] =>
  output()
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line));

async function listening(process: Process): Promise<string> {
  return vi.waitFor(() => {
    const line = linesOf(process).find(({ msg }) => msg === 'realtime listens');
    if (line === undefined) throw new Error(`It does not listen: ${process.output()}`);
    return `http://127.0.0.1:${line.port}`;
  }, PATIENCE);
}

test('serves rooms, and on SIGTERM drains and ends with 0, with no token in its log', async () => {
  const process = run({ FUNCTIONS_URL: functions.origin, LOG_LEVEL: 'debug' });
  const origin = await listening(process);
  const shop = new Merchant(functions, { origin, stop: async () => {}, errors: [] });
  const manager = await shop.manager();
  await manager.nth('snapshot');
  await shop.post({ type: 'order', order: shop.unknownOrder() });
  await manager.nth('order');
  // Asked for before it can happen: the process may end before the socket's close is heard.
  const closed = once(process.child, 'close');
  process.child.kill('SIGTERM');
  await manager.closedWith(1012);
  const [code] = await closed;
  expect(code).toBe(0);
  const lines = linesOf(process);
  expect(lines.map(({ msg }) => msg)).toContain('realtime has stopped');
  expect(lines.find(({ msg }) => msg === 'request')).toEqual({
    level: 20,
    time: expect.any(Number),
    service: 'realtime',
    method: 'POST',
    route: '/parties/:party/:room',
    status: 200,
    ms: expect.any(Number),
    msg: 'request',
  });
  expect(process.output()).not.toMatch(/eyJ|token/);
});

test('says nothing of its inner requests unless asked to', async () => {
  const process = run({ FUNCTIONS_URL: functions.origin });
  const origin = await listening(process);
  const shop = new Merchant(functions, { origin, stop: async () => {}, errors: [] });
  await shop.post({ type: 'order', order: shop.unknownOrder() });
  for (const path of ['healthz', 'readyz', 'metrics']) {
    expect((await fetch(`${origin}/${path}`)).status).toBe(200);
  }
  process.child.kill('SIGTERM');
  await once(process.child, 'close');
  // What is written while the process ends may come in another order.
  const messages = new Set(linesOf(process).map(({ msg }) => msg));
  expect(messages).toEqual(new Set(['realtime listens', 'realtime drains', 'realtime has stopped']));
});

test('a wrong environment is one clear line and exit code 1', async () => {
  const process = run({ FUNCTIONS_URL: 'not a url' });
  const [code] = await once(process.child, 'close');
  expect(code).toBe(1);
  expect(process.output().trim().split('\n')).toHaveLength(1);
  expect(process.output()).toContain('FUNCTIONS_URL');
});

test('a taken port is one clear line and exit code 1', async () => {
  const port = new URL(functions.origin).port;
  const process = run({ FUNCTIONS_URL: functions.origin, PORT: port });
  const [code] = await once(process.child, 'close');
  expect(code).toBe(1);
  expect(process.output().trim()).toMatch(/^realtime: .*EADDRINUSE.*$/);
});
