import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeFunctions, SECRET } from './conformance/fake-functions.ts';
import { Merchant } from './conformance/merchant.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

let functions: FakeFunctions;
beforeAll(async () => {
  functions = await new FakeFunctions().start();
});
afterAll(() => functions.stop());

type Process = { child: ChildProcess; output: () => string };

function run(env: Record<string, string>): Process {
  const child = fork(here('./main.ts'), {
    execArgv: ['--import', here('./host/register.ts')],
    env: { HOST: '127.0.0.1', PORT: '0', PUBLIC_URL: 'http://localhost', DROPMATE_SECRET: SECRET, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  return { child, output: () => output };
}

async function listening({ child }: Process): Promise<string> {
  const [message] = await once(child, 'message');
  return `http://127.0.0.1:${message.port}`;
}

test('serves rooms, and on SIGTERM drains and ends with 0, with no token in its log', async () => {
  const process = run({ FUNCTIONS_URL: functions.origin });
  const origin = await listening(process);
  const shop = new Merchant(functions, { origin, stop: async () => {}, errors: [] });
  const manager = await shop.manager();
  await manager.nth('snapshot');
  await shop.post({ type: 'order', order: shop.unknownOrder() });
  await manager.nth('order');
  process.child.kill('SIGTERM');
  await manager.closedWith(1012);
  const [code] = await once(process.child, 'exit');
  expect(code).toBe(0);
  const lines = process.output().trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).msg)).toContain('realtime has stopped');
  expect(process.output()).toContain('"route":"/parties/:party/:room"');
  expect(process.output()).not.toMatch(/eyJ|token/);
});

test('ends when its parent is gone', async () => {
  const process = run({ FUNCTIONS_URL: functions.origin });
  await listening(process);
  process.child.disconnect();
  const [code] = await once(process.child, 'exit');
  expect(code).toBe(0);
});

test('a wrong environment is one clear line and exit code 1', async () => {
  const process = run({ FUNCTIONS_URL: 'not a url' });
  const [code] = await once(process.child, 'exit');
  expect(code).toBe(1);
  expect(process.output().trim().split('\n')).toHaveLength(1);
  expect(process.output()).toContain('FUNCTIONS_URL');
});

test('a taken port is one clear line and exit code 1', async () => {
  const port = new URL(functions.origin).port;
  const process = run({ FUNCTIONS_URL: functions.origin, PORT: port });
  const [code] = await once(process.child, 'exit');
  expect(code).toBe(1);
  expect(process.output().trim()).toMatch(/^realtime: .*EADDRINUSE.*$/);
});
