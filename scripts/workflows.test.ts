import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const workflows = globSync('.github/workflows/*.yml', { cwd: ROOT });
const texts = workflows.map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
// Where `go install` puts it, which need not be on PATH.
const PATH = [process.env.PATH, join(homedir(), 'go/bin')].join(delimiter);
const has = (tool: string, argument: string) =>
  spawnSync(tool, [argument], { env: { ...process.env, PATH } }).error === undefined;

test('there are workflows to look at', () => {
  expect(workflows.length).toBeGreaterThan(2);
});

test('every action is pinned by the hash of a commit, with its version beside it', () => {
  for (const { file, text } of texts) {
    for (const [line, action] of text.matchAll(/uses: (\S+).*/g)) {
      if (action?.startsWith('./')) continue;
      expect(line, file).toMatch(/uses: [\w./-]+@[0-9a-f]{40} # v?\d+(\.\d+)*$/);
    }
  }
});

test('one action has one pin everywhere', () => {
  const pins = new Map<string, Set<string>>();
  for (const { text } of texts) {
    for (const [, name = '', hash = ''] of text.matchAll(/uses: ([\w./-]+)@(\w+)/g)) {
      pins.set(name, (pins.get(name) ?? new Set()).add(hash));
    }
  }
  for (const [name, hashes] of pins) expect([...hashes], name).toHaveLength(1);
});

test('a workflow may nothing, a job only what it says, and no checkout keeps a token', () => {
  for (const { file, text } of texts) {
    expect(text, file).toMatch(/^permissions: \{\}$/m);
    expect(text, file).not.toMatch(/: write/);
    const checkouts = text.match(/actions\/checkout@/g)?.length ?? 0;
    expect(text.match(/persist-credentials: false/g)?.length ?? 0, file).toBe(checkouts);
  }
});

test('what others write never becomes a part of a script', () => {
  for (const { file, text } of texts) {
    expect(text, file).not.toMatch(/\$\{\{[^}]*github\.(event\.(?!_name)|head_ref)/);
    expect(text, file).not.toContain('pull_request_target');
  }
});

test('actionlint has nothing to say', ({ skip }) => {
  skip(
    !has('actionlint', '-version'),
    'actionlint is not installed (go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12)',
  );
  const { stdout, status } = spawnSync('actionlint', ['-no-color'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, PATH },
  });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
