import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createAdaptorServer } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildClient } from '../scripts/client.ts';
import { createTestApp, type TestApp } from './support/app.ts';

// The package as it would be published, in a project that has nothing else of ours.

const ROOT = resolve(import.meta.dirname, '..');
const run = promisify(execFile);
let folder: string;
let app: TestApp;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dropmate-client-'));
  [app] = await Promise.all([createTestApp(), install()]);
  // Of node:http, as it is asked for.
  server = createAdaptorServer({ fetch: app.app.fetch, createServer }) as Server;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  url = `http://127.0.0.1:${address.port}`;
}, 180_000);
afterAll(async () => {
  server?.close();
  await app?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Packs the client and puts it where npm would, beside what it and its readers need. */
async function install(): Promise<void> {
  const built = join(folder, 'built');
  await buildClient(built);
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: built });
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@dropmate'), { recursive: true });
  const { version } = JSON.parse(readFileSync(join(built, 'package.json'), 'utf8'));
  await run('tar', ['-xzf', `dropmate-client-${version}.tgz`], { cwd: folder });
  renameSync(join(folder, 'package'), join(modules, '@dropmate/client'));
  for (const name of ['hono', 'partysocket', '@types', 'undici-types']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  rmSync(built, { recursive: true });
  write('package.json', JSON.stringify({ type: 'module' }));
}

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

/** The compiler's complaints, its own libraries' types checked as well. */
async function compile(file: string): Promise<string> {
  const compilerOptions = {
    ...{ target: 'ES2022', module: 'NodeNext', strict: true, noEmit: true, skipLibCheck: false },
    ...{ lib: ['ES2022', 'DOM'], types: ['node'] },
  };
  write('tsconfig.json', JSON.stringify({ compilerOptions, files: [file] }));
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  return run(process.execPath, [compiler, '-p', '.'], { cwd: folder }).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
}

const [example = '', live = ''] = [
  ...readFileSync(join(ROOT, 'client/README.md'), 'utf8').matchAll(/```ts\n(.*?)```/gs),
].map(([, code]) => code);

test('the README’s example compiles, and does what it says', { timeout: 60_000 }, async () => {
  const merchant = await app.addMerchant();
  const { token } = await app.addApiKey(merchant.id, ['orders:read', 'orders:write']);
  write('example.ts', example + live);
  expect(await compile('example.ts')).toBe('');
  write('run.ts', example);
  const { stdout, stderr } = await run(process.execPath, ['run.ts'], {
    cwd: folder,
    env: { DROPMATE_URL: url, DROPMATE_API_KEY: token },
  });
  expect(stdout).toMatch(
    /^Order 1 is created: http:\/\/dropmate\.test\/t\/\S+\n400 invalid \[\s*\{\s*path: 'reason'/,
  );
  expect(stderr).toBe('');
});

test('what a route does not take does not compile, nor is an answer anything', {
  timeout: 60_000,
}, async () => {
  write(
    'wrong.ts',
    `import { createClient, read } from '@dropmate/client';
    const { v1 } = createClient({ url: 'http://x' });
    const order = await read(v1.orders.$post({ json: { dropof: { address: 'x', contact: { name: 'y' } } } }));
    order.stauts;
    order.status === 'deliverd';`,
  );
  const complaints = await compile('wrong.ts');
  expect(complaints).toContain("'dropof' does not exist");
  expect(complaints).toContain("'stauts'");
  expect(complaints).toContain('have no overlap');
});

test('nothing of the server but its types is in the package', () => {
  const code = readFileSync(join(folder, 'node_modules/@dropmate/client/index.js'), 'utf8');
  expect(code.length).toBeLessThan(20_000);
  expect([...code.matchAll(/from ["']([^"']+)["']/g)].map(([, name]) => name)).toEqual(['hono/client']);
});
