import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Account } from '../../db/embedded/account.ts';
import { BackupError } from './failure.ts';

/** What a finished program said: all of stdout, and the last 64 kB of stderr. */
export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Added to the little that each program gets (PATH, TMPDIR): secrets go here, since arguments are for all to see. */
  env?: Record<string, string>;
  account?: Account | null;
  cwd?: string;
  /** Ends the program when aborted; with force when it has not ended 10 s later. */
  signal?: AbortSignal;
}

const KILL_AFTER_MS = 10_000;

/** Runs a program to its end, without a shell. Rejects only when it cannot be started at all. */
export function run(file: string, args: string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: { ...bareEnvironment(), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd ? { cwd: options.cwd } : {}),
      ...(options.account ? { uid: options.account.uid, gid: options.account.gid } : {}),
    });
    const outcome: Outcome = { code: null, stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        outcome[name] += chunk;
        if (name === 'stderr') outcome.stderr = outcome.stderr.slice(-65_536);
      });
    }
    let patience: NodeJS.Timeout | undefined;
    const end = () => {
      child.kill('SIGTERM');
      patience ??= setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    };
    options.signal?.addEventListener('abort', end, { once: true });
    if (options.signal?.aborted) end();
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(patience);
      options.signal?.removeEventListener('abort', end);
      resolve({ ...outcome, code });
    });
  });
}

/** As `run`, but anything other than exit code 0 throws a BackupError with the program's own reason. */
export async function mustRun(file: string, args: string[], options: RunOptions = {}): Promise<string> {
  const name = file.split('/').at(-1);
  const outcome = await run(file, args, options).catch((error: NodeJS.ErrnoException) => {
    throw new BackupError('failed', `${name} could not be started (${error.code}): is it installed?`);
  });
  options.signal?.throwIfAborted();
  if (outcome.code === 0) return outcome.stdout;
  const how = outcome.code === null ? 'was killed' : `ended with ${outcome.code}`;
  throw new BackupError('failed', `${name} ${how}: ${reason(outcome.stderr)}`);
}

// Postgres' tools say what went wrong in lines with "error"; lines with details may quote a row and are left out.
function reason(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /error|fatal/i.test(line)) ?? lines.at(-1) ?? 'it said nothing').trim();
}

function bareEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { LC_ALL: 'C' };
  for (const name of ['PATH', 'TMPDIR', 'HOME']) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

/** The folder of Postgres' programs whose `needed` ones are all there and of this major. */
export type PostgresTools = (program: string) => string;

/**
 * Finds Postgres' programs of exactly this major: in `folder` (PG_BIN) if given, else where Debian keeps them, else on
 * PATH. Throws a BackupError (refused) that says what was found instead.
 */
export async function findPostgresTools(
  major: number,
  needed: string[],
  folder: string | undefined,
): Promise<PostgresTools> {
  const folders = folder
    ? [folder]
    : [`/usr/lib/postgresql/${major}/bin`, ...(process.env.PATH ?? '').split(delimiter).filter(Boolean)];
  const seen = new Set<string>();
  for (const candidate of folders) {
    if (!needed.every((program) => existsSync(join(candidate, program)))) continue;
    const found = await Promise.all(needed.map((program) => majorOf(join(candidate, program))));
    if (found.every((other) => other === major)) return (program) => join(candidate, program);
    for (const other of found) seen.add(String(other));
  }
  const what = seen.size > 0 ? `those found are of ${[...seen].join(', ')}` : 'none were found';
  throw new BackupError(
    'refused',
    `The server is Postgres ${major} and needs ${needed.join(', ')} of the same major, but ${what}: install ` +
      `postgresql-client-${major} (for drills postgresql-${major}), or set PG_BIN to their folder.`,
  );
}

async function majorOf(program: string): Promise<number> {
  const { stdout } = await run(program, ['--version']).catch(() => ({ stdout: '' }));
  return Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1] ?? Number.NaN);
}
