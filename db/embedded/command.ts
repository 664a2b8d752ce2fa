import { spawn } from 'node:child_process';
import type { Account } from './account.ts';

/** What a finished program said. `code` is null when it was ended by a signal. */
export interface Outcome {
  code: number | null;
  output: string;
}

/**
 * Runs one of Postgres' programs to its end, as `account` when given (only root may do that). It gets a session of its
 * own, so that Ctrl-C in our terminal does not reach it, and none of our environment: secrets may be in there.
 * Rejects only when the program cannot be started at all.
 */
export function run(
  file: string,
  args: string[],
  options: { cwd: string; account: Account | null },
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: bareEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      ...(options.account ? { uid: options.account.uid, gid: options.account.gid } : {}),
    });
    const said: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    child.on('error', reject);
    // 'exit' and not 'close': on Windows the server inherits our pipes and keeps them open.
    child.on('exit', (code) => setImmediate(() => resolve({ code, output: said.join('') })));
  });
}

function bareEnvironment(): Record<string, string> {
  const kept = ['PATH', 'TMPDIR', 'SystemRoot', 'TEMP', 'TMP'];
  const environment: Record<string, string> = { LC_ALL: 'C' };
  for (const name of kept) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
