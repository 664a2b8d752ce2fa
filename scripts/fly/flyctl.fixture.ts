import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import flags from './flyctl-flags.json' with { type: 'json' };

// Stands in for flyctl: writes down how it was called and plays a small Fly from a file, which it changes as Fly would.
// STAND_IN names the folder with state.json and calls.jsonl.

export type Machine = { id: string; name: string; state: string; config?: { init: { cmd: string[] } } };
export type State = {
  apps: string[];
  machines: Record<string, Machine[]>;
  volumes: Record<string, { id: string; name: string; size_gb: number }[]>;
  /** Their values, which the real one would never tell. */
  secrets: Record<string, Record<string, string>>;
  releases: { Version: number; Status: string; ImageRef: string }[];
  /** A call whose words, joined by spaces, hold this fails. */
  failing: string | null;
};
export type Call = { words: string[]; stdin: string };

if (process.env.STAND_IN) play(process.env.STAND_IN, process.argv.slice(2));

function play(folder: string, words: string[]): void {
  const file = `${folder}/state.json`;
  const state: State = JSON.parse(readFileSync(file, 'utf8'));
  const stdin = process.stdin.isTTY ? '' : readFileSync(0, 'utf8');
  appendFileSync(`${folder}/calls.jsonl`, `${JSON.stringify({ words, stdin } satisfies Call)}\n`);
  if (state.failing && words.join(' ').includes(state.failing)) {
    process.stderr.write('Error: it was to fail\n');
    process.exit(1);
  }
  process.stdout.write(answer(state, words, stdin));
  writeFileSync(file, JSON.stringify(state));
}

function answer(state: State, words: string[], stdin: string): string {
  const option = (name: string): string => words[words.indexOf(name) + 1] ?? '';
  const app = option('--app');
  const json = (value: unknown): string => `${JSON.stringify(value ?? [])}\n`;
  const [first, second, third = ''] = words;
  if (first === 'version') return 'flyctl v0.0.0 stand-in\n';
  if (words.includes('--help')) return help(words.slice(0, -1).join(' '));
  if (first === 'deploy' && !words.includes('--build-only')) addMachine(state, app, 'started', '');
  switch (`${first} ${second}`) {
    case 'apps list':
      return json(state.apps.map((name) => ({ Name: name })));
    case 'apps create':
      state.apps.push(third);
      break;
    case 'apps destroy':
      state.apps = state.apps.filter((name) => name !== third);
      break;
    case 'machine list':
      return json(state.machines[app]);
    case 'machine run':
      state.machines[app] = [{ id: `m-${app}`, name: option('--name'), state: 'stopped' }];
      break;
    case 'volumes list':
      return json(state.volumes[app]);
    case 'volumes create':
      state.volumes[app] = [{ id: `vol-${app}`, name: third, size_gb: Number(option('--size')) }];
      break;
    case 'secrets list':
      return json(Object.keys(state.secrets[app] ?? {}).map((Name) => ({ Name })));
    case 'secrets import':
      for (const line of stdin.trim().split('\n')) {
        const [name = '', ...value] = line.split('=');
        state.secrets[app] = { ...state.secrets[app], [name]: value.join('=') };
      }
      break;
    case 'releases --app':
      return json(state.releases);
    case 'tokens create':
      return 'FlyV1 token\n';
    case 'ssh console':
      return onMachine(state, app, option('--command'));
  }
  return '';
}

/** As flyctl prints it: a short form before some flags, what it takes after them. */
function help(command: string): string {
  const known = new Map<string, string[]>(Object.entries(flags.commands));
  const lines = (known.get(command) ?? []).map((flag) => `      ${flag} string   What --this is`);
  return ['Usage:', ...lines, '  -h, --help   help', ''].join('\n');
}

function addMachine(state: State, app: string, machineState: string, name: string): void {
  const machines = state.machines[app] ?? [];
  if (machines.length === 0) state.machines[app] = [{ id: `m-${app}`, name, state: machineState }];
}

/** The one program that the scripts read an answer of runs for real. */
function onMachine(state: State, app: string, command: string): string {
  if (command.startsWith('df')) return 'Use%\n 42%\n';
  const [, step] = /signing-keys\.js (\w+)/.exec(command) ?? [];
  if (step === undefined) return '';
  const script = fileURLToPath(new URL('../signing-keys.ts', import.meta.url));
  const env = { ...process.env, STAND_IN: '', SIGNING_KEYS: state.secrets[app]?.SIGNING_KEYS ?? '' };
  return execFileSync(process.execPath, [script, step], { env, encoding: 'utf8' });
}
