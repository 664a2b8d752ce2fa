import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

// `npm run check`: types, lint and formatting, and that the migrations say what the schema says. Changes nothing.

const ROOT = resolve(import.meta.dirname, '..');

interface Result {
  ok: boolean;
  output: string;
}

const checks: Record<string, () => Promise<Result>> = {
  types: () => run('tsc', ['--noEmit', '-p', '.']),
  'lint and format': () => run('biome', ['check', '--error-on-warnings', '.']),
  'migrations match the schema': checkDrift,
};

const results = await Promise.all(
  Object.entries(checks).map(async ([name, check]) => ({ name, ...(await check()) })),
);
for (const { name, ok, output } of results) {
  if (!ok) console.log(`${output.trim()}\n`);
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`);
}
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;

// drizzle-kit writes a migration for whatever is missing: into a copy, where there must be none. It takes the folder
// relative to where it runs only, and asks about renames when it has a terminal, so it gets none.
async function checkDrift(): Promise<Result> {
  const copy = mkdtempSync(join(tmpdir(), 'dropmate-drift-'));
  try {
    cpSync(join(ROOT, 'db/migrations'), copy, { recursive: true });
    const before = migrationsIn(copy);
    const out = relative(ROOT, copy);
    const args = ['generate', '--dialect', 'postgresql', '--schema', './db/schema/*.ts', '--out', out];
    const { ok, output } = await run('drizzle-kit', args);
    const added = migrationsIn(copy).filter((file) => !before.includes(file));
    if (ok && added.length === 0) return { ok: true, output };
    return {
      ok: false,
      output: `${output}\nThe schema has changes without a migration: npm run db:generate`,
    };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function migrationsIn(folder: string): string[] {
  return readdirSync(folder).filter((file) => file.endsWith('.sql'));
}

function run(command: string, args: string[]): Promise<Result> {
  return new Promise((done) => {
    const file = join(ROOT, 'node_modules/.bin', command);
    const child = spawn(file, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.on('error', (error) => done({ ok: false, output: error.message }));
    child.on('close', (code) => done({ ok: code === 0, output }));
  });
}
