import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** Having run this long, a program that ends starts again at the shortest pause. */
const STEADY_MS = 30_000;
const DRAIN_MS = 30_000;

/** One of the programs beside the supervisor, kept running. */
export interface Child {
  /** How often in a row it has ended soon after its start. */
  failures(): number;
  /** Asks it to drain (SIGTERM) and waits for its end; kills it when it takes too long. */
  stop(): Promise<void>;
  kill(): void;
}

/**
 * Runs `<folder>/<name>.js` and starts it again whenever it ends, after a growing pause. It gets a process group of its own,
 * so that Ctrl-C in the terminal reaches only us, who know the order; and it ends with us, see exit-with-parent.ts.
 */
export function keepRunning(
  name: string,
  options: { folder: string; env: Record<string, string | undefined> },
): Child {
  let stopping = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let current = start();

  function start(): ChildProcess {
    const started = performance.now();
    const guard = pathToFileURL(join(options.folder, 'exit-with-parent.js')).href;
    const child = fork(join(options.folder, `${name}.js`), [], {
      env: options.env,
      execArgv: ['--import', guard],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    child.on('error', (error) => console.error(`${name}: ${error.message}`));
    child.once('exit', (code, signal) => {
      if (stopping) return;
      failures = performance.now() - started > STEADY_MS ? 1 : failures + 1;
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
      console.error(`${name} ended (${signal ?? `code ${code}`}); it starts again in ${pause / 1000} s.`);
      timer = setTimeout(() => {
        current = start();
      }, pause);
    });
    return child;
  }

  return {
    failures: () => failures,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      if (current.exitCode !== null || current.signalCode !== null) return;
      const patience = setTimeout(() => current.kill('SIGKILL'), DRAIN_MS);
      current.kill('SIGTERM');
      await once(current, 'exit');
      clearTimeout(patience);
    },
    kill() {
      stopping = true;
      clearTimeout(timer);
      current.kill('SIGKILL');
    },
  };
}
