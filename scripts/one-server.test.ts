import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Keys } from './signing-keys/rotate.ts';

/** A server with a checkout, and a docker that only says how it was called. */
function createServer() {
  const folder = mkdtempSync(join(tmpdir(), 'dropmate-one-server-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ['scripts', 'bin']) mkdirSync(join(folder, part));
  copyFileSync(join(import.meta.dirname, 'one-server'), join(folder, 'scripts/one-server'));
  writeFileSync(join(folder, 'bin/docker'), '#!/bin/sh\necho "docker $*"\n', { mode: 0o755 });
  return {
    file: join(folder, '.data/one-server.env'),
    run: (...args: string[]) => {
      const env = { PATH: `${folder}/bin:${process.env.PATH}` };
      const { status, stdout, stderr } = spawnSync(join(folder, 'scripts/one-server'), args, {
        env,
        encoding: 'utf8',
      });
      return { status, stdout, stderr };
    },
  };
}

const UP =
  'docker compose --env-file .data/one-server.env --file machines/compose.yaml up --detach --build --remove-orphans\n';

test('the first time makes secrets for one alone to read; later they stay', () => {
  const { file, run } = createServer();
  expect(run('shop.example', '--email', 'me@shop.example')).toEqual({ status: 0, stdout: UP, stderr: '' });
  const made = readFileSync(file, 'utf8');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const values = Object.fromEntries(
    made
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/).slice(0, 2)),
  );
  expect(values).toMatchObject({ DOMAIN: 'shop.example', ACME_EMAIL: 'me@shop.example' });
  expect(values.DROPMATE_SECRET).toMatch(/^[\w-]{43}$/);
  expect(Keys.parse(JSON.parse(values.SIGNING_KEYS.slice(1, -1)))).toHaveLength(1);
  expect(run().stdout).toBe(UP);
  expect(run('shop.example').stdout).toBe(UP);
  expect(run('--', 'logs', '-f').stdout).toMatch(/compose\.yaml logs -f\n$/);
  expect(readFileSync(file, 'utf8')).toBe(made);
});

test('another domain than the server’s is refused, and what is none', () => {
  const { run } = createServer();
  expect(run()).toMatchObject({ status: 2, stdout: '' });
  expect(run('no domain')).toMatchObject({ status: 2, stdout: '' });
  run('shop.example');
  expect(run('other.example')).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('shop.example'),
  });
});

test('a dry run says what it would do and makes nothing', () => {
  const { file, run } = createServer();
  const { status, stdout } = run('shop.example', '--dry-run');
  expect(status).toBe(0);
  expect(stdout).toBe(`would make secrets in .data/one-server.env for shop.example\nwould run: ${UP}`);
  expect(existsSync(file)).toBe(false);
  expect(run('--help').stdout).toContain('scripts/one-server');
});

test('no settings are kept when a key cannot be made', () => {
  const { file, run } = createServer();
  const broken = join(file, '../../bin/openssl');
  writeFileSync(broken, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  expect(run('shop.example').status).not.toBe(0);
  expect(existsSync(file)).toBe(false);
});
