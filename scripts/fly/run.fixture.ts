import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Call, State } from './flyctl.fixture.ts';
import flags from './flyctl-flags.json' with { type: 'json' };

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export type Run = { code: number | null; stdout: string; stderr: string; calls: Call[] };
export type Operator = {
  folder: string;
  state: () => State;
  change: (change: Partial<State>) => void;
  /** Runs one of the scripts. Each call of flyctl is checked against the flags that flyctl has. */
  run: (script: string, args?: string[], options?: { stdin?: string; env?: Record<string, string> }) => Run;
};

const NOTHING: State = { apps: [], machines: {}, volumes: {}, secrets: {}, releases: [], failing: null };

// What the stand-in compiles to is the same each time.
const cache = mkdtempSync(join(tmpdir(), 'dropmate-fly-cache-'));
const folders: string[] = [cache];

/** For afterAll. */
export function removeOperators(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** An operator with an empty organisation, flyctl's stand-in on PATH, and a checkout's scripts. */
export function createOperator(state: Partial<State> = {}): Operator {
  const folder = mkdtempSync(join(tmpdir(), 'dropmate-fly-'));
  folders.push(folder);
  mkdirSync(join(folder, 'bin'));
  const command = `#!/bin/sh\nexec "${process.execPath}" "${here('./flyctl.fixture.ts')}" "$@"\n`;
  writeFileSync(join(folder, 'bin/flyctl'), command, { mode: 0o755 });
  const stateFile = join(folder, 'state.json');
  const callsFile = join(folder, 'calls.jsonl');
  writeFileSync(stateFile, JSON.stringify({ ...NOTHING, ...state }));
  const read = (): State => JSON.parse(readFileSync(stateFile, 'utf8'));

  return {
    folder,
    state: read,
    change: (change) => writeFileSync(stateFile, JSON.stringify({ ...read(), ...change })),
    run: (script, args = [], { stdin = '', env = {} } = {}) => {
      rmSync(callsFile, { force: true });
      const done = spawnSync(here(`./${script}`), args, {
        input: stdin,
        encoding: 'utf8',
        env: {
          PATH: `${folder}/bin:${process.env.PATH}`,
          STAND_IN: folder,
          NODE_COMPILE_CACHE: cache,
          DROPMATE_FLY_SETTINGS: join(folder, 'fly.env'),
          DROPMATE_FLY_SECRETS: join(folder, 'secrets'),
          ...env,
        },
      });
      const lines = existsSync(callsFile) ? readFileSync(callsFile, 'utf8').trim().split('\n') : [];
      const calls = lines.map((line): Call => JSON.parse(line));
      for (const { words } of calls) checkFlags(words);
      return { code: done.status, stdout: done.stdout, stderr: done.stderr, calls };
    },
  };
}

/** That the command exists and has each of these flags. */
function checkFlags(words: string[]): void {
  if (words[0] === 'version' || words.at(-1) === '--help') return;
  const name = Object.keys(flags.commands)
    .filter((command) => `${words.join(' ')} `.startsWith(`${command} `))
    .sort((a, b) => b.length - a.length)[0];
  expect(name, `flyctl ${words.join(' ')}`).toBeDefined();
  const known = new Map<string, string[]>(Object.entries(flags.commands)).get(name ?? '');
  for (const word of words) {
    if (word.startsWith('--')) expect(known, `flyctl ${name}`).toContain(word.split('=')[0]);
    else expect(word, `flyctl ${name}: a short flag`).not.toMatch(/^-[a-zA-Z]$/);
  }
}

const READING = ['apps list', 'auth whoami', 'machine list', 'releases', 'secrets list', 'volumes list'];

/** The calls that change something, as text. */
export function changes({ calls }: Run): string[] {
  const texts = calls.map(({ words }) => words.join(' '));
  return texts.filter((text) => !READING.some((reading) => text.startsWith(reading)));
}
