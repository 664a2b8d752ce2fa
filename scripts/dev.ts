import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build, listSources } from './build.ts';

// `npm run dev`: as `npm start`, built and started again whenever a source changes. Data and ports stay.

const ROOT = resolve(import.meta.dirname, '..');
const LOOK_MS = 500;

let program: ChildProcess | undefined;
let stopping = false;

// The terminal's Ctrl-C reaches the program as well, which drains; here it ends the watching once that is over.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopping = true;
    if (signal === 'SIGTERM') program?.kill('SIGTERM');
  });
}

let seen = '';
while (!stopping) {
  // Looking costs some milliseconds; fs.watch loses a file on Linux when an editor replaces it.
  const now = fingerprint();
  if (now !== seen) {
    seen = now;
    await renew();
  }
  await delay(LOOK_MS);
}
if (isRunning() && program) await once(program, 'exit');

// With an error in the sources the program is left running until the next change.
async function renew(): Promise<void> {
  try {
    if (!(await build({ ifChanged: true })) && isRunning()) return;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return;
  }
  if (program && isRunning()) {
    const ended = once(program, 'exit');
    program.kill('SIGTERM');
    await ended;
  }
  if (stopping) return;
  const file = join(ROOT, 'dist/start.js');
  program = spawn(process.execPath, ['--enable-source-maps', file], { stdio: 'inherit' });
}

function isRunning(): boolean {
  return program !== undefined && program.exitCode === null && program.signalCode === null;
}

function fingerprint(): string {
  const times = listSources().map((file) => {
    const found = statSync(join(ROOT, file), { throwIfNoEntry: false });
    return `${file} ${found?.mtimeMs} ${found?.size}`;
  });
  return times.join('\n');
}
