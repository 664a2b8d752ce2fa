import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test, vi } from 'vitest';

// shellcheck reads the library anew for each script that sources it: 11 s on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const ROOT = resolve(import.meta.dirname, '..');
const scripts = globSync(['scripts/**/*', 'machines/**/*', '.ci/*'], { cwd: ROOT })
  .filter((file) => statSync(join(ROOT, file)).isFile())
  .filter((file) => /^#(!.*(bash|\/sh)\b|\s*shellcheck shell)/.test(readFileSync(join(ROOT, file), 'utf8')))
  .sort();

test('the shell understands every script', () => {
  expect(scripts.length).toBeGreaterThan(15);
  for (const script of scripts) {
    const { status, stderr } = spawnSync('bash', ['-n', script], { cwd: ROOT, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  }
});

test('every bash script stops at the first error', () => {
  for (const script of scripts) {
    const text = readFileSync(join(ROOT, script), 'utf8');
    expect(text, script).toMatch(/^(set -euo? ?(pipefail)?|source .*\/lib\.sh")$/m);
  }
});

test('every script but the library can be run', () => {
  for (const script of scripts) {
    if (script.endsWith('/lib.sh')) continue;
    expect(statSync(join(ROOT, script)).mode & 0o111, script).not.toBe(0);
  }
});

test('shellcheck has nothing to say', ({ skip }) => {
  skip(
    spawnSync('shellcheck', ['--version']).error !== undefined,
    'shellcheck is not installed (apt-get install shellcheck)',
  );
  const { stdout, status } = spawnSync(
    'shellcheck',
    ['--external-sources', '--source-path=SCRIPTDIR', '--color=never', ...scripts],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
