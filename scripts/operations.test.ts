import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');

test('the table of environment variables has every variable of every process', () => {
  const files = globSync(
    [
      '{functions,machines/*,realtime}/{environment,config}.ts',
      'machines/demo/main.ts',
      'scripts/start/settings.ts',
    ],
    { cwd: ROOT },
  );
  expect(files.length).toBeGreaterThan(4);
  for (const file of files) {
    const names = readFileSync(join(ROOT, file), 'utf8').matchAll(/^ +([A-Z][A-Z0-9_]{2,}):/gm);
    for (const [, name] of names) expect(page, `${name} of ${file}`).toContain(`\`${name}\``);
  }
});

test('what the page links to is there', () => {
  for (const [, path = ''] of page.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)) {
    // Pages of others, written beside this one.
    expect(globSync(join('docs', path), { cwd: ROOT }), path).toHaveLength(1);
  }
});

test('compose knows every variable that the programs need, and none that they do not', () => {
  const compose = readFileSync(join(ROOT, 'machines/compose.yaml'), 'utf8');
  const made = readFileSync(join(ROOT, 'scripts/one-server'), 'utf8');
  for (const [, name] of compose.matchAll(/\$\{(\w+):\?\}/g)) expect(made, name).toContain(`${name}=`);
  for (const name of ['DATABASE_URL', 'DROPMATE_SECRET', 'SIGNING_KEYS', 'PUBLIC_URL', 'FUNCTIONS_URL'])
    expect(compose).toContain(`${name}:`);
});
