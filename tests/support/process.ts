import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A program of ours that runs as a process of its own. */
export interface Program {
  pid: number;
  /** All it has printed so far, stdout and stderr in the order they came. */
  log(): string;
  /** Resolves with the match once the log holds `pattern`; rejects when the program ends first or after 60 s. */
  printed(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Resolves once `url` answers 2xx; rejects when the program ends first or after 60 s. */
  answers(url: string): Promise<void>;
  /** Sends a signal (SIGKILL is kill -9) and waits for the end. Returns the exit code, null for a signal. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  /** The exit code once it has ended by itself. */
  ended: Promise<number | null>;
}

const running = new Set<Program>();

/**
 * Starts `dist/<name>.js` (built by npm test) on this Node, with no environment but PATH and what is given. It is
 * ended (SIGKILL) with the test that started it, or with the test file when started in beforeAll.
 */
export function startProgram(
  name: string,
  options: { env?: Record<string, string>; args?: string[]; cwd?: string } = {},
): Program {
  const file = fileURLToPath(new URL(`../../dist/${name}.js`, import.meta.url));
  if (!existsSync(file))
    throw new Error(`dist/${name}.js is missing: run it through npm test, which builds.`);
  return startScript(file, options);
}

/** As startProgram, for any script that this Node can run. */
export function startScript(
  file: string,
  options: { env?: Record<string, string>; args?: string[]; cwd?: string } = {},
): Program {
  const child = spawn(process.execPath, ['--enable-source-maps', file, ...(options.args ?? [])], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const program = watch(child, file);
  running.add(program);
  program.ended.then(() => running.delete(program));
  const stop = () => program.end('SIGKILL').then(() => {});
  try {
    onTestFinished(stop);
  } catch {
    // Not within a test: setup.ts calls endPrograms after the file.
  }
  return program;
}

/** Ends all programs that still run. For setup.ts. */
export async function endPrograms(): Promise<void> {
  await Promise.all([...running].map((program) => program.end('SIGKILL')));
}

process.once('exit', () => {
  for (const program of running) process.kill(program.pid, 'SIGKILL');
});

const PATIENCE_MS = 60_000;

function watch(child: ChildProcess, file: string): Program {
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
  }
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} could not be started.`);

  async function until<T>(what: string, look: () => Promise<T | null> | T | null): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = await look();
      if (found !== null) return found;
      const over = child.exitCode !== null || child.signalCode !== null;
      if (over || performance.now() > deadline) {
        throw new Error(`${file} ${over ? 'ended' : 'waited 60 s'} without ${what}. Its log:\n${log}`);
      }
      await delay(20);
    }
  }

  return {
    pid,
    ended,
    log: () => log,
    printed: (pattern) => until(`printing ${pattern}`, () => log.match(pattern)),
    answers: (url) => until(`answering ${url}`, async () => ((await succeeds(url)) ? undefined : null)),
    async end(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

async function succeeds(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
