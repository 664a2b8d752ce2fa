import { type DestinationStream, pino } from 'pino';
import { backup } from './backup.ts';
import { type Command, HELP, parseCommand } from './command.ts';
import type { Context } from './context.ts';
import { drill } from './drill.ts';
import { readEnvironment } from './environment.ts';
import { BackupError, describe, EXIT_CODES } from './failure.ts';
import { list } from './list.ts';
import { copyOffsite } from './offsite/copy.ts';
import { prune } from './prune.ts';
import { restore } from './restore.ts';
import { verify } from './verify.ts';
import { openVolume, sweepPassing } from './volume.ts';
import { switchArchive } from './wal/archive.ts';
import { makeBase } from './wal/base.ts';
import { drillWal } from './wal/drill.ts';
import { recover } from './wal/recover.ts';
import { streamWal } from './wal/stream.ts';

interface Surroundings {
  signal: AbortSignal;
  /** Where the log goes; stdout by default. */
  log?: DestinationStream;
  print?(text: string): void;
  complain?(line: string): void;
}

/** Does what a command line says, to its end, and says in one line what went wrong. Returns the exit code. */
export async function perform(
  args: string[],
  env: Record<string, string | undefined>,
  surroundings: Surroundings,
): Promise<number> {
  const {
    print = (text) => void process.stdout.write(text),
    complain = (line) => void process.stderr.write(line),
  } = surroundings;
  try {
    const command = parseCommand(args);
    if (command.verb === 'help') print(HELP);
    else await run(command, createContext(env, surroundings), print);
    return 0;
  } catch (error) {
    complain(`${describe(error)}\n`);
    return EXIT_CODES[error instanceof BackupError ? error.kind : 'failed'];
  }
}

function createContext(
  variables: Record<string, string | undefined>,
  { signal, log }: Surroundings,
): Context {
  const env = readEnvironment(variables);
  const options = { level: env.LOG_LEVEL, base: { service: 'backup' } };
  const volume = openVolume(env.BACKUP_DIR);
  sweepPassing(volume);
  return { env, log: log ? pino(options, log) : pino(options), volume, signal };
}

async function run(
  command: Exclude<Command, { verb: 'help' }>,
  context: Context,
  print: (text: string) => void,
): Promise<void> {
  switch (command.verb) {
    case 'backup':
      return backup(context, command);
    case 'drill':
      return drill(context, command);
    case 'restore':
      return restore(context, command);
    case 'verify':
      return verify(context, command);
    case 'prune':
      return prune(context, command);
    case 'list':
      print(await list(context, command));
      return;
    case 'offsite':
      return copyOffsite(context);
    case 'wal-archive':
      return switchArchive(context, command.on);
    case 'wal-stream':
      return streamWal(context);
    case 'base':
      return makeBase(context);
    case 'recover':
      return recover(context, command);
    case 'wal-drill':
      return drillWal(context, command);
  }
}
