import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { findFreePort } from '../../db/embedded/port.ts';
import { stopLeftover } from '../../db/embedded/start.ts';
import { type Program, startProgram } from './process.ts';

export type System = {
  url: string;
  dataFolder: string;
  /** Starts (again) and waits for "DropMate is ready". */
  start: () => Promise<Program>;
  /** kill -9 on the supervisor, everything it started, and Postgres. */
  killAll: (program: Program) => Promise<void>;
};

/** The real program on a free port with a data folder of its own, without the demo. Removed with the test. */
export async function createSystem(env: Record<string, string> = {}): Promise<System> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'dropmate-system-'));
  const port = await findFreePort();
  onTestFinished(async () => {
    await stopLeftover(dataFolder);
    rmSync(dataFolder, { recursive: true, force: true });
  });
  return {
    url: `http://localhost:${port}`,
    dataFolder,
    start: async () => {
      const program = startProgram('start', {
        env: {
          DROPMATE_DATA: dataFolder,
          DROPMATE_DEMO: 'off',
          PORT: String(port),
          LOG_LEVEL: 'warn',
          ...env,
        },
      });
      await program.printed(/DropMate is ready/);
      return program;
    },
    killAll: async (program) => {
      const victims = [...descendants(program.pid), postmasterOf(dataFolder)];
      await program.end('SIGKILL');
      for (const pid of victims) kill(pid);
    },
  };
}

/** The processes below that one, by the parents that Linux shows in /proc (man proc_pid_stat). */
function descendants(pid: number): number[] {
  const children = globSync('/proc/[0-9]*/stat').flatMap((file) => {
    try {
      const stat = readFileSync(file, 'utf8');
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(parent) === pid ? [Number(file.split('/')[2])] : [];
    } catch {
      return [];
    }
  });
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function postmasterOf(dataFolder: string): number {
  const [file] = globSync(join(dataFolder, '**/postmaster.pid'));
  if (file === undefined) throw new Error('Postgres does not run.');
  return Number(readFileSync(file, 'utf8').split('\n')[0]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went with its parent.
  }
}
